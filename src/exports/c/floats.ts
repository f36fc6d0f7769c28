import type { Packed } from "../packed.ts";
import type { PortableNetwork } from "../portable.ts";
import { activationText, identifier, inputText, weightIdentifier } from "./expressions.ts";
import { arrayText } from "./literals.ts";

/** The weights and biases of a network, in single precision. */
export function floatArrays({ tensors }: Packed): string {
  return tensors.map((t) => arrayText("float", identifier(t.name), t.shape, t.data)).join("");
}

/** The statements of `copy_run`, in single precision. */
export function floatBody(net: PortableNetwork): string {
  const { sizes, layers } = net.network;
  const last = layers.length;
  const state = (l: number) => (l === last ? "output" : `s${l}`);
  return [
    ...sizes.slice(0, -1).map((n, l) => `  float s${l}[${n}];`),
    "  int i;",
    "  int j;",
    `  for (i = 0; i < ${sizes[0]}; i++) s0[i] = ${inputText(net)};`,
    ...layers.map((layer, i) =>
      [
        `  for (j = 0; j < ${sizes[i + 1]}; j++) {`,
        `    float u = ${identifier(`layers.${i}.bias`)}[j];`,
        ...layer.incoming.map(({ from }) => {
          const weight = weightIdentifier(i, from);
          const n = sizes[from];
          return `    for (i = 0; i < ${n}; i++) u += ${weight}[j * ${n} + i] * s${from}[i];`;
        }),
        `    ${state(i + 1)}[j] = ${activationText(layer, i)};`,
        "  }",
      ].join("\n"),
    ),
  ].join("\n");
}
