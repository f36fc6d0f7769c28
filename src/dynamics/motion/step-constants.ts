import { curvature, type Ties } from "../../energy/hopfield.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { UnitArrays } from "../units/mismatch.ts";
import type { Layout } from "../layout.ts";
import type { StepArrays } from "./propagation.ts";
import type { Load } from "../synapses/resistors/wiring.ts";
import type { SoftSteps } from "./soft-steps.ts";
import type { TieArrays } from "../units/ties.ts";

/** Per-unit constants that change with the ties and the step: [size] each, private to a thread. */
export interface Phase extends StepArrays {
  /** g + λ l (+ 2β n): ∂²E/∂s² of a unit by itself. */
  readonly curvature: Slot<Vec>;
  tie(ties: Ties): void;
  /** Standard deviation of the noise that one step adds. */
  readonly kick: Slot<Vec>;
  /** Readies `constants` and `kick` for steps of `dt`, in τ. */
  step(dt: number): void;
  /** Says that the noise's amplitude changed. */
  rekick(): void;
}

/**
 * @param amplitude [size]: of the white noise, per √τ.
 * @param load what resistors load the units with; none where synapses do not.
 */
export function phaseArrays(
  memory: Arena,
  at: Layout,
  units: UnitArrays,
  { link, nudge }: Pick<TieArrays, "link" | "nudge">,
  amplitude: Vec,
  soft: SoftSteps | null,
  load?: () => Load,
): Phase {
  const reals = () => memory.privateReals(at.size);
  const constants = memory.privateReals(4 * at.size);
  const curved = reals();
  const kick = reals();
  const lanes = 16 / memory.bytes;
  let tied: Ties | null = null;
  let loaded: Load | undefined;
  let stepped = NaN;
  return {
    constants,
    curvature: curved,
    kick,
    tie(ties) {
      const now = load?.();
      if (tied && tied.lambda === ties.lambda && tied.beta === ties.beta && now === loaded) return;
      const to = curved.array;
      const leak = units.leak.array;
      const below = now?.below;
      const above = now?.above;
      const l = link.array;
      const n = nudge.array;
      const firstOutput = at.offset.at(-1)!;
      for (let i = 0; i < at.size; i++) {
        to[i] = below && above ? leak[i] + below[i] + above[i] : leak[i];
        to[i] = curvature(
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
    rekick() {
      stepped = NaN;
    },
    step(dt) {
      if (dt === stepped) return;
      const c = curved.array;
      const fast = units.rate.array;
      const low = units.low.array;
      const high = units.high.array;
      const to = constants.array;
      const z = kick.array;
      for (let i = 0; i < at.size; i++) {
        const k = 4 * i - 3 * (i % lanes);
        to[k] = 1 - dt * fast[i] * c[i];
        to[k + lanes] = dt * fast[i];
        to[k + 2 * lanes] = low[i];
        to[k + 3 * lanes] = high[i];
        z[i] = Math.sqrt(dt) * amplitude[i];
      }
      soft?.stepping(dt);
      stepped = dt;
    },
  };
}
