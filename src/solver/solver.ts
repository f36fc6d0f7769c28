import type { Dynamics } from "../dynamics/dynamics.ts";
import type { Vec } from "../numerics/vec.ts";

/**
 * A *flow* follows ds = rate ⊙ F dt, so its path and its time mean something; a *minimiser* only
 * knows the equilibrium.
 */
export type SolverKind = "flow" | "minimiser";

/** Whether a step takes time of the circuit; an iteration does not. */
export const takesTime = { flow: true, minimiser: false } satisfies Record<SolverKind, boolean>;

/** A way from a state to where it settles: its claims as data, then one function. */
export interface Solver {
  readonly name: string;
  readonly kind: SolverKind;
  /** Global order of accuracy of a flow in its step. */
  readonly order?: number;
  readonly rails: Rails;
  /** BibTeX: see `cites.ts`. */
  readonly cites: readonly string[];
  /**
   * Allocates what a million steps need.
   * @throws InputError when the dynamics lack what the solver stands on (an energy, layers, noise).
   */
  prepare(d: Dynamics): Runner;
}

/**
 * How the rails are respected: the state is put back between them after each step (`projection`) or
 * after each stage (`stages`); every hit and release is located in time (`events`); a step that
 * leaves is mirrored (`reflection`); or the bounds are part of the minimisation (`exact`).
 */
export type Rails = "projection" | "stages" | "events" | "reflection" | "exact";

/**
 * A solver at work on one dynamics. Samples are settled independently: none sees what else is in
 * the batch.
 */
export interface Runner {
  /** Moves the samples in focus of `s` [batch × size] in place. */
  run(s: Vec, stop: Stop, see?: Observer): void;
  /** What the last run cost, one entry a sample. */
  readonly tally: Tally;
}

/** When a sample stops: whichever comes first. */
export interface Stop {
  /** Steps, sweeps or iterations, rejected ones included. */
  readonly steps: number;
  /** Natural residual. */
  readonly tolerance?: number;
  /** Time in τ, for flows. */
  readonly time?: number;
}

/** What a run has cost so far, [capacity] each: one number for every sample. */
export interface Tally {
  /** Accepted steps, sweeps or iterations. */
  readonly steps: Int32Array;
  readonly rejected: Int32Array;
  /** Of F; a product with the Jacobian or a sweep counts as one. */
  readonly evaluations: Int32Array;
  /** Simulated time in τ; 0 for minimisers. */
  readonly time: Vec;
}

/**
 * Is told of each accepted step of sample r, from time t to t + h (in τ; minimisers count
 * iterations). `interpolate` writes the sample's state [size] at t + θh, 0 ≤ θ ≤ 1, and is valid
 * during the call.
 */
export type Observer = (
  r: number,
  t: number,
  h: number,
  interpolate: (theta: number, out: Float64Array) => void,
) => void;

export function tally(capacity: number): Tally {
  return {
    steps: new Int32Array(capacity),
    rejected: new Int32Array(capacity),
    evaluations: new Int32Array(capacity),
    time: new Float64Array(capacity),
  };
}

/** Zeroes the entries first … last−1. */
export function clear(
  { steps, rejected, evaluations, time }: Tally,
  first: number,
  last: number,
): void {
  for (const column of [steps, rejected, evaluations, time]) column.fill(0, first, last);
}
