import type { Vec } from "../numerics/vec.ts";

/**
 * What moves: ds = f(s) dt on one flat state, row-major [batch × size], time in units of τ, each unit
 * confined to its rails. Methods write into `out` and allocate nothing.
 */
export interface Dynamics {
  readonly batch: number;
  readonly size: number;
  /** Seconds in one τ. */
  readonly tauSeconds: number;
  /** out ← f(s), state per τ, before the rails act. */
  drift(s: Vec, out: Vec): void;
  /** Puts every unit between its rails. */
  project(s: Vec): void;
  /** Per sample, max |s − clip(s + F(s))| with F = −∂E/∂s: the natural residual, zero exactly at an equilibrium. */
  residual(s: Vec, out: Vec): void;
  /** Per sample, where an energy exists (reciprocal synapses). */
  energy?(s: Vec, out: Vec): void;
  /**
   * `steps` projected Euler(–Maruyama) steps of length `dt` (in τ) in place, fused in the kernels, with the noise of the
   * circuit. With `until`, a sample whose natural residual is within it (looked at every few steps) rests
   * from then on; `stepsTaken` counts.
   */
  relax?(s: Vec, dt: number, steps: number, until?: number): void;
  /** Per sample, the steps that `relax` took last. */
  readonly stepsTaken?: { readonly array: Int32Array };
}
