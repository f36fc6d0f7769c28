import { copyWeightName, leak } from "../../learning/copy-network.ts";
import type { CopyLayer } from "../../learning/copy-network.ts";
import type { PortableNetwork } from "../portable.ts";
import { sameWalls } from "../quantise.ts";
import { floatLiteral } from "./literals.ts";

/** The C identifier of a tensor: `layers.0.weight` is `copy_layers_0_weight`. */
export function identifier(tensor: string): string {
  return `copy_${tensor.replaceAll(".", "_")}`;
}

/** The C identifier of the weights into `layers[i]` from layer `from`. */
export function weightIdentifier(i: number, from: number): string {
  return identifier(copyWeightName(i, from));
}

/** Whether a map of inputs is the same for all. */
export function isEven(values: Float32Array): boolean {
  return values.every((v) => v === values[0]);
}

/** What a network sees of `raw[i]`, as an expression. */
export function inputText({ inputs }: Pick<PortableNetwork, "inputs">): string {
  if (!inputs) return "raw[i]";
  const term = (name: "offset" | "factor") =>
    isEven(inputs[name]) ? floatLiteral(inputs[name][0]) : `copy_inputs_${name}[i]`;
  const shifted = inputs.offset.every((o) => o === 0) ? "raw[i]" : `(raw[i] - ${term("offset")})`;
  const x = `${shifted} * ${term("factor")}`;
  return inputs.low === -Infinity && inputs.high === Infinity
    ? x
    : `copy_clip(${x}, ${floatLiteral(inputs.low)}, ${floatLiteral(inputs.high)})`;
}

/** ρ(u) of unit j of a layer, as an expression. */
export function activationText({ activation, walls }: CopyLayer, i: number): string {
  const even = sameWalls({ walls });
  const wall = (end: "low" | "high", usual: number) =>
    walls && !even
      ? `${identifier(`layers.${i}.${end}`)}[j]`
      : floatLiteral(walls ? walls[end].data[0] : usual);
  const clipped = `copy_clip(u, ${wall("low", 0)}, ${wall("high", 1)})`;
  switch (activation) {
    case "hard":
      return clipped;
    case "leaky":
      return `${clipped} + u * ${floatLiteral(leak)}`;
    case "sigmoid":
      return "1.0f / (1.0f + expf(-u))";
    case "step":
      return "u > 0.5f ? 1.0f : 0.0f";
    case "linear":
      return "u";
    default:
      return activation satisfies never;
  }
}
