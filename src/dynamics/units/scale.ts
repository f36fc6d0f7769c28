import type { Circuit } from "../../circuit/circuit.ts";
import { familyOf } from "../../circuit/families/families.ts";
import type { Graph } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import { power } from "../../numerics/power.ts";

/**
 * Volts and states of a network with bidirectional amplifiers. Kirchhoff's law at a hidden node of
 * layer l,
 *
 *   Σ g (A v_{l−1} − v_l) + (1/A) Σ g (v_{l+1} − A v_l) = 0,
 *
 * is that of plain resistors, Σ g (u_{l−1} − u_l) + Σ g (u_{l+1} − u_l) = 0, in u_l = A^{L−l} v_l:
 * amplifiers are a gain of A^{L−1} of the inputs, and walls, offsets and noise of layer l are
 * A^{L−l} times as far apart. States are u, over the rails; those of the output are its volts.
 */
export interface Scale {
  /** State of an input terminal at x = 1. */
  readonly input: number;
  /** A^{L−l} of each layer; [0] is unused. */
  readonly layer: readonly number[];
}

/**
 * @throws InputError for amplifiers in a graph that is no chain: what skips a layer would see
 *   another voltage.
 */
export function scaleOf(circuit: Circuit, { sizes, blocks }: Graph): Scale {
  const A = familyOf(circuit).amplification(circuit);
  const top = sizes.length - 1;
  if (A !== 1 && blocks.some(({ from, to }) => to !== from + 1))
    throw new InputError(
      `circuit ${circuit.name}: amplifier.gain is ${A}, but the network has blocks inside a ` +
        "layer or past one; amplifiers stand between layers of a chain: remove those blocks, or " +
        "the amplifiers",
    );
  return {
    input: familyOf(circuit).drivers(circuit).gain * power(A, top - 1),
    layer: sizes.map((_, l) => layerScale(circuit, l, sizes.length)),
  };
}

/** A^{L−l}: what a state of one rail span at a node of layer l is to the chip. */
export function layerScale(circuit: Circuit, l: number, layers: number): number {
  return power(familyOf(circuit).amplification(circuit), layers - 1 - l);
}

/**
 * @throws InputError for blocks that lead one way, which resistors cannot, and for a node that
 *   nothing leads a charge to or from: no leak, and no synapse.
 */
export function refuseImpossible(
  { name, neuron }: Circuit,
  { sizes, blocks, directed }: Graph,
): void {
  if (directed)
    throw new InputError(
      `circuit ${name}: resistors conduct alike both ways, and the network is asymmetric; ` +
        "leave network.asymmetric out, or choose transconductors",
    );
  if (neuron.leak > 0) return;
  for (let l = 1; l < sizes.length; l++)
    for (let i = 0; i < sizes[l]; i++) {
      const joined = blocks.some(({ from, to, mask }) => {
        const n = sizes[from];
        const m = sizes[to];
        if (
          to === l &&
          (!mask || Array.from({ length: n }, (_, k) => mask[k * m + i]).some(Boolean))
        )
          return n > 1 || from !== to;
        return (
          from === l &&
          (!mask || mask.subarray(i * m, (i + 1) * m).some(Boolean)) &&
          (m > 1 || from !== to)
        );
      });
      if (!joined)
        throw new InputError(
          `circuit ${name}: node ${i} of layer ${l} floats: no synapse of the network reaches ` +
            "it, and neuron.leak is zero; give neurons a leak, or the network more synapses",
        );
    }
}

/** Sources of the inputs: one for each input, and its mirror image where they are complementary. */
export function sourcesOf(circuit: Circuit, inputs: number): number {
  return familyOf(circuit).drivers(circuit).complementary ? 2 * inputs : inputs;
}
