import type { nudgeKinds } from "../../circuit/elements.ts";
import { outputsOf, prediction, sideOf } from "../../circuit/outputs.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { DieParts } from "../parts.ts";
import { square } from "../../numerics/power.ts";

/**
 * What pulls a die's outputs to y, the one-hot of a label or targets of their own: conductances to
 * the targets,
 *
 *   E += Σ β n_i (s_i − y_i − q_i)²,
 *
 * or currents that the outputs set when the nudge comes on, the slope of the same cost there,
 *
 *   E −= Σ 2β n_i (e_i + q_i) s_i,     e_i = y_i − s_i⁰,  of a pair ±(y_k − ŷ_k⁰)
 *
 * (Kendall et al. 2020). Currents bend nothing: no β is too strong, and where nothing holds an
 * output β and −β are alike.
 */
export interface OutputNudge {
  /** `[size]`: what 2β adds to a unit's curvature, over 2β. */
  readonly stiffness: Slot<Vec>;
  /**
   * Takes e from the outputs in these states, for the samples in focus; null where nothing is
   * sampled.
   */
  readonly sample: ((state: Slot<Vec>) => void) | null;
  /** Adds what pulls at β to a state-shaped vector, for the samples in focus. */
  pull(to: Slot<Vec>, beta: number): void;
  /** What of the energy of sample r no state changes, over β. */
  constant(r: number): number;
  /** e of sample r, a value an output; null for conductances. */
  errors(r: number): Float64Array | null;
}

/** What a die's outputs have of their own: n and q, [size] each, and whether any q is not 0. */
interface NudgeColumns {
  readonly factor: Slot<Vec>;
  readonly offset: Slot<Vec>;
  readonly shifted: boolean;
}

export function nudge(
  parts: Pick<DieParts, "memory" | "at" | "circuit" | "inputs">,
  columns: NudgeColumns,
): OutputNudge {
  return makers[parts.circuit.nudge?.kind ?? "conductance"](parts, columns);
}

const makers = { conductance: conductances, current: currents } as const satisfies Record<
  (typeof nudgeKinds)[number],
  typeof nudge
>;

function conductances(
  { at: { size, offset, sizes }, inputs: x }: Pick<DieParts, "at" | "inputs">,
  { factor, offset: offsets, shifted }: NudgeColumns,
): OutputNudge {
  const output = offset.at(-1)!;
  const outputs = sizes.at(-1)!;
  return {
    stiffness: factor,
    sample: null,
    errors: () => null,
    pull(to, beta) {
      const n = factor.array;
      const q = offsets.array;
      for (let r = x.first; r < x.last; r++) {
        const first = r * size + output;
        // One-hot targets: 2βy is 2β at the label and nothing elsewhere.
        if (!shifted && x.presented.taught === "classes") {
          const label = x.labels.array[r];
          to.array[first + label] += 2 * beta * n[output + label];
        } else
          for (let i = 0; i < outputs; i++)
            to.array[first + i] += 2 * beta * n[output + i] * (x.target(r, i) + q[output + i]);
      }
    },
    constant(r) {
      const n = factor.array;
      const q = offsets.array;
      let push = 0;
      for (let i = 0; i < outputs; i++)
        push += n[output + i] * square(x.target(r, i) + q[output + i]);
      return push;
    },
  };
}

function currents(
  {
    memory,
    at: { size, offset, sizes },
    circuit,
    inputs: x,
  }: Pick<DieParts, "memory" | "at" | "circuit" | "inputs">,
  { factor, offset: offsets }: NudgeColumns,
): OutputNudge {
  const output = offset.at(-1)!;
  const nodes = sizes.at(-1)!;
  const outputs = outputsOf(circuit, nodes);
  const e = new Float64Array(x.capacity * nodes);
  const sides = Array.from({ length: nodes }, (_, i) => sideOf(outputs, i));
  return {
    stiffness: memory.reals(size),
    sample({ array }) {
      for (let r = x.first; r < x.last; r++)
        for (let i = 0; i < nodes; i++)
          e[r * nodes + i] =
            sides[i].sign *
            (x.target(r, sides[i].of) - prediction(outputs, array, r * size + output, sides[i].of));
    },
    pull(to, beta) {
      const n = factor.array;
      const q = offsets.array;
      for (let r = x.first; r < x.last; r++)
        for (let i = 0; i < nodes; i++)
          to.array[r * size + output + i] +=
            2 * beta * n[output + i] * (e[r * nodes + i] + q[output + i]);
    },
    constant: () => 0,
    errors: (r) => e.slice(r * nodes, (r + 1) * nodes),
  };
}
