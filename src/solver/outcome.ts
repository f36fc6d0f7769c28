import type { Vec } from "../numerics/vec.ts";

/** How a settling run ended: a value with advice, not an exception. */
export type Outcome = "settled" | "max-steps" | "limit-cycle" | "non-finite";

/** What each outcome means and what to try. */
export const advice: Record<Outcome, string> = {
  "settled": "The natural residual is below the tolerance in every sample.",
  "max-steps": "The steps ran out above the tolerance. Allow more steps, or read the residual as the distance left.",
  "limit-cycle": "The state alternates between two points: the Euler step is too long for this λ. Use a smaller step.",
  "non-finite": "A state is NaN or infinite: weights or step have blown up. Use a smaller step or lower learning rates.",
};

/** Where a chip settled, and how sure we are. */
export interface Equilibrium {
  /** [batch × size], the flat state. */
  readonly state: Vec;
  readonly outcome: Outcome;
  /** The natural residual max |s − clip(s + F(s))|, in units of the state; 0 at an exact equilibrium. */
  readonly residual: number;
  /** Simulated time, in units of τ. */
  readonly time: number;
  readonly stats: { readonly steps: number; readonly driftCalls: number };
}
