import type { Vec } from "../../numerics/vec.ts";

/**
 * One source of what moves a chip at random, under the chip's clock: ticks count the steps since
 * inputs were presented. All it draws is a function of seed, moment, tick, sample and element.
 */
export interface NoiseSource {
  /** Inputs are about to be presented: a new reading, states from their stationary law. */
  begin(): void;
  /** Readies steps of `dt`, in τ. */
  step(dt: number): void;
  /**
   * Changes the circuit at the beginning of the step that draws `tick`, for all samples in focus at
   * once, which share it. `follow`: the drive of the chip's own states has to follow; otherwise it
   * is stale afterwards.
   */
  before?(tick: number, follow: boolean): void;
  /**
   * Adds to a state-shaped vector at address `to` what the step integrates, for samples first …
   * last−1, and moves on. White noise comes first of all sources and so writes.
   */
  add?(to: number, first: number, last: number, tick: number): void;
  /**
   * Whether a step's draw depends on its tick alone, so that steps nobody takes may be left out.
   */
  readonly memoryless: boolean;
}

/** The white noise of a chip's units. */
export interface WhiteNoise {
  /** `[size]`: of the state, per √τ, of all that a unit feels; as of the last `renew`. */
  readonly amplitude: Vec;
  /**
   * Where units share sources: makes what they feel of noise of these amplitudes, independent from
   * unit to unit, in samples first … last−1 of a state-shaped vector at address `at`.
   */
  readonly mix?: (at: number, first: number, last: number) => void;
  /** Whether any unit has noise. */
  readonly any: boolean;
  /** Follows what the synapses conduct and the biases; whether anything was to do. */
  renew(): boolean;
  /** Says that this member's team changed weights or biases: every member says so. */
  adjusted(): void;
  /** Says that one member programmed them for all. */
  programmed(): void;
}
