import { unitCurvature, type Ties } from "../../energy/hopfield.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { DieParts } from "../parts.ts";
import type { NodeLoad, Synapses } from "../synapses/contract.ts";
import type { TieArrays } from "../units/ties.ts";
import type { SoftSteps } from "./soft-steps.ts";

/** Per-unit constants that change with the ties and the step, private to a thread. */
export interface StepConstants {
  /**
   * `[4·size]`: of one projected Euler step, s ← clip(keep·s + rate·drive + noise), keep, rate, low
   * and high, a vector of 16 bytes each for one vector of units after another.
   */
  readonly constants: Slot<Vec>;
  /** `[size]`: g + λ l (+ 2β n), ∂²E/∂s² of a unit by itself. */
  readonly curvature: Slot<Vec>;
  /** Follows the ties, and what the synapses load the units with. */
  tie(ties: Ties): void;
  /** Readies `constants` for steps of `dt`, in τ. */
  step(dt: number): void;
}

/** What λ and β are multiplied by: [size] each. */
type TieFactors = Pick<TieArrays, "link" | "stiffness">;

export function stepConstants(
  { memory, at, units }: Pick<DieParts, "memory" | "at" | "units">,
  { link, stiffness }: TieFactors,
  load: Synapses["load"],
  soft: SoftSteps | null,
): StepConstants {
  const constants = memory.privateReals(4 * at.size);
  const curved = memory.privateReals(at.size);
  const lanes = 16 / memory.bytes;
  let tied: Ties | null = null;
  let loaded: NodeLoad | undefined;
  let stepped = NaN;
  return {
    constants,
    curvature: curved,
    tie(ties) {
      const now = load?.();
      if (tied && tied.lambda === ties.lambda && tied.beta === ties.beta && now === loaded) return;
      const to = curved.array;
      const leak = units.leak.array;
      const below = now?.below;
      const above = now?.above;
      const l = link.array;
      const n = stiffness.array;
      const firstOutput = at.offset.at(-1)!;
      for (let i = 0; i < at.size; i++) {
        to[i] = below && above ? leak[i] + below[i] + above[i] : leak[i];
        to[i] = unitCurvature(
          to[i],
          { lambda: ties.lambda * l[i], beta: ties.beta * n[i] },
          i >= firstOutput,
        );
      }
      soft?.tied(to);
      tied = ties;
      loaded = now;
      stepped = NaN;
    },
    step(dt) {
      if (dt === stepped) return;
      const c = curved.array;
      const fast = units.rate.array;
      const low = units.low.array;
      const high = units.high.array;
      const to = constants.array;
      for (let i = 0; i < at.size; i++) {
        const k = 4 * i - 3 * (i % lanes);
        to[k] = 1 - dt * fast[i] * c[i];
        to[k + lanes] = dt * fast[i];
        to[k + 2 * lanes] = low[i];
        to[k + 3 * lanes] = high[i];
      }
      soft?.stepping(dt);
      stepped = dt;
    },
  };
}
