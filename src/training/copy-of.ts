import type { Circuit } from "../circuit/circuit.ts";
import { outputsOf, sideOf, type Outputs } from "../circuit/outputs.ts";
import { hasWalls, wallsOf } from "../dynamics/units/walls.ts";
import type { Tensor } from "../numerics/vec.ts";
import type { CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
import { networkOf } from "../experiment/network.ts";
import { rules, type RuleFacts } from "../experiment/rules.ts";
import type { Experiment } from "../experiment/schema.ts";
import { blockName, upward } from "../energy/graph.ts";
import { activationOf } from "../numerics/activation.ts";

/** Whose tensors a copy guesses with. */
const owners = { own: "copy", tied: "chip" } as const satisfies Readonly<
  Record<NonNullable<RuleFacts["copy"]>, string>
>;

/**
 * The digital copy in the tensors of a snapshot (`copy.block.0-1.weight` [from × to],
 * `copy.layer.1.bias`; those of the chip where they are tied), on the graph that the experiment
 * asks for, or undefined when the rule has none. Where outputs are differential a last, fixed layer
 * takes the differences, so that its largest output names the class.
 */
export function copyOf(
  experiment: Experiment,
  tensors: readonly Tensor[],
  circuit: Circuit,
): CopyNetwork | undefined {
  const { rule, copy } = experiment.learning;
  const { copy: weights } = rules[rule];
  if (weights === null) return undefined;
  const owner = owners[weights];
  const { sizes, blocks } = upward(networkOf(experiment));
  const last = sizes.length - 1;
  const walls = hasWalls(circuit) ? wallsOf(circuit, sizes) : null;
  const tensor = (name: string): Tensor => {
    const found = tensors.find((t) => t.name === name);
    if (!found) throw new Error(`snapshot without ${name}`);
    return found;
  };
  const layers = sizes.slice(1).map((n, i): CopyLayer => {
    const to = i + 1;
    const wall = (end: "low" | "high"): Tensor => ({
      name: `copy.layer.${to}.${end}`,
      shape: [n],
      data: Float32Array.from(walls![end][to]),
    });
    return {
      bias: tensor(`${owner}.layer.${to}.bias`),
      incoming: blocks
        .filter((b) => b.to === to)
        .map((b) => ({ from: b.from, weight: tensor(`${owner}.block.${blockName(b)}.weight`) })),
      activation: activationOf(copy.activation, to === last),
      ...(walls && { walls: { low: wall("low"), high: wall("high") } }),
    };
  });
  const outputs = outputsOf(circuit, sizes[last]);
  return outputs.differential
    ? { sizes: [...sizes, outputs.classes], layers: [...layers, differences(outputs, last)] }
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
