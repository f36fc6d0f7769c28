import type { Vec } from "../numerics/vec.ts";

/** How a settling run ended: a value with advice, not an exception. From the best to the worst. */
export const outcomes = [
  "settled",
  "end-time",
  "max-steps",
  "saddle",
  "limit-cycle",
  "non-finite",
] as const;
/** How a run ended: a value with advice, not an exception. */
export type Outcome = (typeof outcomes)[number];

/** What each outcome means and what to try. */
export const advice: Readonly<Record<Outcome, string>> = {
  settled: "The natural residual is within the tolerance.",
  "end-time":
    "The time ran out above the tolerance, or none was given: this is a point on the way, not an " +
    "equilibrium; allow more time, or give a tolerance, if one is wanted.",
  "max-steps":
    "The steps ran out above the tolerance, or none was given: allow more steps, or read the " +
    "residual as the distance left.",
  saddle:
    "The residual is within the tolerance, but the energy falls along some direction: the " +
    "slightest noise would leave; start elsewhere, or hand over from a flow.",
  "limit-cycle":
    "The state comes back to where it was two steps ago without settling: the step is too " +
    "long for the stiffest direction (ε < 2/λmax); take a shorter one, energy descent, " +
    "exponential Euler or a minimiser.",
  "non-finite":
    "A state is NaN or infinite: weights or step have blown up, or a current flows into a " +
    "node whose resistors are all open; use a shorter step or lower learning rates, and in a " +
    "crossbar a leak or a conductance.low above 0.",
};

/** Where a chip settled, and how sure we are. */
export interface Equilibrium {
  /** [batch × size], the flat state. */
  readonly state: Vec;
  /** The worst of the samples'. */
  readonly outcome: Outcome;
  /**
   * The natural residual max |s − clip(s + F(s))| over the batch, in units of the state; 0 exactly
   * at an equilibrium.
   */
  readonly residual: number;
  /** Simulated time, mean over the samples, in units of τ and in seconds; 0 for minimisers. */
  readonly time: { readonly tau: number; readonly seconds: number };
  /** Means over the samples. */
  readonly stats: {
    readonly steps: number;
    readonly rejected: number;
    readonly evaluations: number;
  };
  /** One entry a sample. */
  readonly samples: readonly Sample[];
}

/** How one sample ended. */
export interface Sample {
  readonly outcome: Outcome;
  readonly residual: number;
  readonly steps: number;
  readonly rejected: number;
  readonly evaluations: number;
  readonly tau: number;
}
