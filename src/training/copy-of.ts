import type { Circuit } from "../circuit/circuit.ts";
import { outputsOf, sideOf, type Outputs } from "../circuit/outputs.ts";
import { hasWalls, wallsOf } from "../dynamics/units/walls.ts";
import type { Tensor } from "../numerics/vec.ts";
import type { CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
import { hasCopy } from "../experiment/rules.ts";
import type { Experiment } from "../experiment/schema.ts";

/**
 * The digital copy in the tensors of a snapshot (`copy.block.0-1.weight` [from × to],
 * `copy.layer.1.bias`; those of the chip where they are tied), or undefined when the rule has none.
 * Where outputs are differential a last, fixed layer takes the differences, so that its largest
 * output names the class.
 */
export function copyOf(
  { network, learning }: Experiment,
  tensors: readonly Tensor[],
  circuit: Circuit,
): CopyNetwork | undefined {
  if (!hasCopy(learning.rule)) return undefined;
  const sizes = network.layers;
  const walls = hasWalls(circuit) ? wallsOf(circuit, sizes) : null;
  const owner = learning.rule === "tied" ? "chip" : "copy";
  const pattern = new RegExp(`^${owner}\\.block\\.(\\d+)-(\\d+)\\.weight$`);
  const blocks = tensors.flatMap((weight) => {
    const match = pattern.exec(weight.name);
    return match ? [{ from: Number(match[1]), to: Number(match[2]), weight }] : [];
  });
  const layers = sizes.slice(1).map((_, i): CopyLayer => {
    const to = i + 1;
    const bias = tensors.find((t) => t.name === `${owner}.layer.${to}.bias`);
    if (!bias) throw new Error(`snapshot without ${owner}.layer.${to}.bias`);
    const incoming = blocks
      .filter((b) => b.to === to && b.from < to)
      .map(({ from, weight }) => ({ from, weight }));
    const wall = (end: "low" | "high"): Tensor => ({
      name: `copy.layer.${to}.${end}`,
      shape: [sizes[to]],
      data: Float32Array.from(walls![end][to]),
    });
    return {
      bias,
      incoming,
      activation:
        learning.copy.activation === "step" && to === sizes.length - 1
          ? "leaky"
          : learning.copy.activation,
      ...(walls && { walls: { low: wall("low"), high: wall("high") } }),
    };
  });
  const outputs = outputsOf(circuit, sizes.at(-1)!);
  return outputs.differential
    ? {
        sizes: [...sizes, outputs.classes],
        layers: [...layers, differences(outputs, sizes.length - 1)],
      }
    : { sizes, layers };
}

/** ŷ = V⁺ − V⁻ of the nodes of layer `from`. */
function differences(outputs: Outputs, from: number): CopyLayer {
  const { classes } = outputs;
  const weight = new Float32Array(2 * classes * classes);
  for (let i = 0; i < 2 * classes; i++) {
    const { of, sign } = sideOf(outputs, i);
    weight[i * classes + of] = sign;
  }
  return {
    bias: { name: "copy.differences.bias", shape: [classes], data: new Float32Array(classes) },
    activation: "linear",
    incoming: [
      {
        from,
        weight: { name: "copy.differences.weight", shape: [2 * classes, classes], data: weight },
      },
    ],
  };
}
