import type { Vec } from "../numerics/vec.ts";

/** How a settling run ended: a value with advice, not an exception. */
export type Outcome = "settled" | "max-steps" | "non-finite";

/** What each outcome means and what to try. */
export const advice: Readonly<Record<Outcome, string>> = {
  "settled": "The natural residual is within the tolerance in every sample.",
  "max-steps": "The steps ran out above the tolerance: allow more steps, or read the residual as the distance left.",
  "non-finite": "A state is NaN or infinite: weights or step have blown up; use a shorter step or lower learning rates.",
};

/** Where a chip settled, and how sure we are. */
export interface Equilibrium {
  /** [batch × size], the flat state. */
  readonly state: Vec;
  readonly outcome: Outcome;
  /** The natural residual max |s − clip(s + F(s))| over the batch, in units of the state; 0 exactly at an equilibrium. */
  readonly residual: number;
  /** Simulated time, mean over the samples, in units of τ and in seconds. */
  readonly time: { readonly tau: number; readonly seconds: number };
  /** Steps taken, mean over the samples. */
  readonly stats: { readonly steps: number };
}
