import type { CopyLayer } from "../../learning/copy-network.ts";
import type { PortableNetwork, Quantisation, Quantum } from "../portable.ts";
import { activationTable, biasInt32, productScale, sameWalls, weightInt8 } from "../quantise.ts";
import { activationText, identifier, inputText, weightIdentifier } from "./expressions.ts";
import { arrayText, floatLiteral } from "./literals.ts";

/** Rounds to the nearest whole number, of two to the even one, in eight bits about a zero. */
export const integerHelpers = `static inline int8_t copy_int8(float x, int32_t zero)
{
  int32_t q;
  float part;
  if (!(x > -512.0f)) return -128;
  if (x > 512.0f) return 127;
  q = (int32_t)x;
  part = x - (float)q;
  if (part > 0.5f || (part == 0.5f && (q & 1))) q++;
  if (part < -0.5f || (part == -0.5f && (q & 1))) q--;
  q += zero;
  return (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
}
`;

/** Weights [out * in] and biases as whole numbers, scales of their products, tables of ρ. */
export function integerArrays({ network }: PortableNetwork, q: Quantisation): string {
  const { sizes, layers } = network;
  return layers
    .map((layer, i) => {
      const n = sizes[i + 1];
      const scales = layer.incoming.map(({ from }, k) =>
        q.weights[i][k].map((s) => productScale(q.states[from], s)),
      );
      return [
        ...layer.incoming.map(({ from, weight }, k) => {
          const m = sizes[from];
          const whole = Int8Array.from({ length: n * m }, (_, at) => {
            const j = Math.floor(at / m);
            return weightInt8(weight.data[(at % m) * n + j], q.weights[i][k][j]);
          });
          return arrayText("int8_t", weightIdentifier(i, from), [n, m], whole);
        }),
        ...layer.incoming.map(({ from }, k) =>
          arrayText("float", scaleIdentifier(i, from), [n], scales[k]),
        ),
        arrayText(
          "int32_t",
          identifier(`layers.${i}.bias`),
          [n],
          Array.from(layer.bias.data, (b, j) => biasInt32(b, scales[0][j])),
        ),
        ...unitArrays(layer, i, q),
      ].join("");
    })
    .join("");
}

function scaleIdentifier(i: number, from: number): string {
  return `${weightIdentifier(i, from)}_scale`;
}

/** The table of a hidden layer whose units are alike; the walls of any other. */
function unitArrays(layer: CopyLayer, i: number, q: Quantisation): readonly string[] {
  const isLast = i === q.states.length - 1;
  if (!sameWalls(layer))
    return (["low", "high"] as const).map((end) =>
      arrayText(
        "float",
        identifier(`layers.${i}.${end}`),
        layer.walls![end].shape,
        layer.walls![end].data,
      ),
    );
  if (isLast) return [];
  const table = activationTable(layer, q.sums[i], q.states[i + 1]);
  return [arrayText("int8_t", tableIdentifier(i), [256], table)];
}

function tableIdentifier(i: number): string {
  return identifier(`layers.${i}.table`);
}

/** The statements of `copy_run`, in whole numbers. */
export function integerBody(net: PortableNetwork, q: Quantisation): string {
  const { sizes, layers } = net.network;
  return [
    ...layers.map((_, l) => `  int8_t s${l}[${sizes[l]}];`),
    "  int i;",
    "  int j;",
    `  for (i = 0; i < ${sizes[0]}; i++) {`,
    `    float x = ${inputText(net)};`,
    `    s0[i] = ${wholeText("x", q.states[0])};`,
    "  }",
    ...layers.map((layer, i) => integerLayerText(layer, i, sizes, q)),
  ].join("\n");
}

function wholeText(x: string, { scale, zero }: Quantum): string {
  return `copy_int8(${x} / ${floatLiteral(scale)}, ${zero})`;
}

function integerLayerText(
  layer: CopyLayer,
  i: number,
  sizes: readonly number[],
  q: Quantisation,
): string {
  const sums = layer.incoming.flatMap(({ from }, k) => {
    const n = sizes[from];
    const { zero } = q.states[from];
    const product = `${weightIdentifier(i, from)}[j * ${n} + i] * (s${from}[i] - (${zero}))`;
    return [
      k === 0 ? `    sum = ${identifier(`layers.${i}.bias`)}[j];` : "    sum = 0;",
      `    for (i = 0; i < ${n}; i++) sum += ${product};`,
      `    u ${k === 0 ? "=" : "+="} (float)sum * ${scaleIdentifier(i, from)}[j];`,
    ];
  });
  return [
    `  for (j = 0; j < ${sizes[i + 1]}; j++) {`,
    "    int32_t sum;",
    "    float u;",
    ...sums,
    ...stateText(layer, i, q).map((line) => `    ${line}`),
    "  }",
  ].join("\n");
}

/** From the sum u of unit j to its state. */
function stateText(layer: CopyLayer, i: number, q: Quantisation): readonly string[] {
  if (i === q.states.length - 1) return [`output[j] = ${activationText(layer, i)};`];
  const sum = q.sums[i];
  const whole = wholeText("u", sum);
  if (sameWalls(layer)) return [`s${i + 1}[j] = ${tableIdentifier(i)}[${whole} + 128];`];
  return [
    `u = (float)(${whole} - (${sum.zero})) * ${floatLiteral(sum.scale)};`,
    `u = ${activationText(layer, i)};`,
    `s${i + 1}[j] = ${wholeText("u", q.states[i + 1])};`,
  ];
}
