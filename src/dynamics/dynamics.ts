import type { LinearStep } from "./noise/steps.ts";
import type { SoftClamps } from "../energy/clamps.ts";
import type { Vec } from "../numerics/vec.ts";

/**
 * What moves: ds = rate ⊙ F(s) dt + amplitude dW (+ coloured noise dt) on one flat state, row-major
 * [batch × size], time in units of τ, each unit held by its rails. Methods work on the samples in
 * focus, write into `out`, allocate nothing, and leave every state but the one they are said to
 * move as it is.
 */
export interface Dynamics {
  /** Samples present, and the most there can be. */
  readonly batch: number;
  readonly capacity: number;
  /** The samples in focus: first … last−1. */
  readonly first: number;
  readonly last: number;
  readonly size: number;
  /** Seconds in one τ. */
  readonly tauSeconds: number;
  /** `[size]`: how fast a unit follows its force, 1/c with c = C_i/C. */
  readonly rate: Vec;
  /** `[size]`: the rails; of clamps that give, what nothing holds a unit beyond. */
  readonly low: Vec;
  readonly high: Vec;
  /**
   * How the rails hold a unit, s ← R(s + a F; a), where they give; absent: they are walls, s ←
   * clip(s + a F).
   */
  readonly clamps?: SoftClamps;
  /** `[size]`: −∂F_i/∂s_i of a unit by itself, g + λ (+ 2β on an output). */
  readonly curvature: Vec;
  /**
   * out ← F(s), before the rails act; where an energy exists F = −∂E/∂s between walls, and F − I(s)
   * = −∂E/∂s between clamps of current I. Samples whose `active` is 0 are left out.
   */
  force(s: Vec, out: Vec, active?: Uint8Array): void;
  /** out ← (∂F/∂s) v, at s. */
  jacobian(s: Vec, v: Vec, out: Vec, active?: Uint8Array): void;
  /**
   * Puts every unit between its rails. Whoever wrote to a state calls it before asking anything of
   * that state.
   */
  project(s: Vec): void;
  /**
   * Per sample, max |s − clip(s + F(s))|, or |s − R(s + F(s); 1)|: the natural residual, zero
   * exactly at an equilibrium.
   */
  residual(s: Vec, out: Vec): void;
  /** Per sample, where an energy exists (reciprocal synapses). */
  energy?(s: Vec, out: Vec): void;
  /** Absent: nothing moves at random. */
  readonly noise?: Noise;
  /**
   * `steps` projected Euler(–Maruyama) steps of length `dt` (in τ) in place, fused in the kernels,
   * with the noise of the circuit. With `until`, a sample whose natural residual is within it
   * (looked at every few steps) rests from then on; `stepsTaken` counts.
   */
  relax?(s: Vec, dt: number, steps: number, until?: number): void;
  /**
   * mean ← the mean of the states in focus over `steps` fused Euler steps of `dt`, which move them
   * on: by trapezoids, what was seen first counting less by a factor `keep` a step. Noise is as
   * strong as what it integrates to, not scaled for the variance at the end of a step: a mean asks
   * for its density at low frequencies.
   */
  average?(s: Vec, dt: number, steps: number, keep: number, mean: Vec): void;
  /**
   * `sweeps` of exact minimisation in place, one block of units after another, odd layers before
   * even ones (where an energy exists); `until` and `stepsTaken` as for `relax`.
   */
  sweep?(s: Vec, sweeps: number, until?: number): void;
  /** Per sample, the steps that `relax`, or the sweeps that `sweep` took last. */
  readonly stepsTaken?: { readonly array: Int32Array };
}

/**
 * Additive noise: white, independent from unit to unit but for what two of them share, and coloured
 * where the circuit has such sources.
 */
export interface Noise {
  /**
   * `[size]`: of the state, per √τ; a step Δt adds amplitude·√Δt·z, by a factor of the method's
   * (see `whiteFactor`).
   */
  readonly amplitude: Vec;
  /**
   * out ← numbers of one tick for the samples in focus, each standard normal, correlated where
   * units share a source: a pure function of tick, sample and unit.
   */
  normal(tick: number, out: Vec): void;
  /**
   * out ← what the coloured sources give the state over a step of `dt` (in τ) that draws `tick`, in
   * their exact law, or scaled for a method that takes `linear` steps of a node by itself, for the
   * samples in focus; moves them on by it. Whoever steps calls it once for
   * each step of each presentation, in their order, and for those that samples at rest no longer
   * take: what one meets next must not depend on the others. Absent: all is white.
   */
  coloured?(tick: number, dt: number, out: Vec, linear?: LinearStep): void;
  /**
   * The first tick that was not used yet: whoever draws moves it on, so that no noise comes twice
   * in one presentation.
   */
  clock: number;
}
