import type { Dynamics } from "../dynamics/dynamics.ts";
import type { SoftClamps } from "../energy/clamps.ts";
import { tally, type Tally } from "./solver.ts";

/**
 * One step at work: states and forces [capacity × size], the rest [capacity]. Only rows whose
 * `active` is 1 are in play.
 */
export interface Work {
  readonly d: Dynamics;
  /** Before the step, between the rails, and the force there, before the rails act. */
  readonly s: Float64Array;
  readonly f: Float64Array;
  /** After it, between the rails, and the force there. */
  readonly next: Float64Array;
  readonly nextForce: Float64Array;
  /** Length of the step, in τ. */
  readonly h: Float64Array;
  readonly active: Uint8Array;
  readonly cost: Tally;
  /**
   * [size], as they are in this run: the dynamics' own may move in memory, and curvatures change
   * with the ties.
   */
  readonly rate: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly curvature: Float64Array;
  readonly clamps: SoftClamps | undefined;
}

/** What makes a flow: from `s`, `f` and `h` to `next`. */
export interface Method {
  /**
   * Writes `next` of the active rows; for a row that it cannot step over so much, 0 into `w.h[r]`.
   */
  propose(w: Work): void;
  /** Writes the estimated error of row r into `out` [size]. */
  error?(w: Work, r: number, out: Float64Array): void;
  /** Whether `error` stands on the force after the step. */
  readonly errorNeedsForce?: boolean;
  /**
   * The state of row r within the step, before walls act; a cubic Hermite polynomial where left
   * out.
   */
  interpolate?(w: Work, r: number, theta: number, out: Float64Array): void;
}

/** A work's arrays, allocated once. */
export function workOn(d: Dynamics): Work {
  const room = () => new Float64Array(d.capacity * d.size);
  const units = () => new Float64Array(d.size);
  return {
    d,
    s: room(),
    f: room(),
    next: room(),
    nextForce: room(),
    h: new Float64Array(d.capacity),
    active: new Uint8Array(d.capacity),
    cost: tally(d.capacity),
    rate: units(),
    low: units(),
    high: units(),
    curvature: units(),
    clamps: d.clamps,
  };
}

/** out ← F(s) for the rows of `of`, and counts them. */
export function evaluate(
  { d, cost }: Work,
  s: Float64Array,
  out: Float64Array,
  of: Uint8Array,
): void {
  d.force(s, out, of);
  for (let r = d.first; r < d.last; r++) cost.evaluations[r] += of[r];
}
