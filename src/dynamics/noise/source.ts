import type { Vec } from "../../numerics/vec.ts";
import type { LinearStep } from "./steps.ts";

/**
 * One source of what moves a chip at random, under the chip's clock: ticks count the steps since
 * inputs were presented. All it draws is a function of seed, moment, tick, sample and element.
 */
export interface NoiseSource {
  /** Inputs are about to be presented: a new reading, states from their stationary law. */
  begin(): void;
  /**
   * Readies steps of `dt`, in τ, of a method that takes `linear` ones of a node by itself, for
   * which noise is scaled; null: what is added is what noise integrates.
   */
  step(dt: number, linear: LinearStep | null): void;
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

/** Conductances over G_L that hold units from outside, [size]; another object when they change. */
export interface Held {
  readonly by: Vec;
}

/** Every unit by itself, ds = −a s dt + …, as it is tied now. */
export interface NodesAlone {
  /** [size]: a = rate · curvature, in 1/τ. */
  rates(): Vec;
  held(): Held;
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
  /**
   * Follows what the synapses conduct, the biases and what ties the units, whose conductances are
   * as warm as leaks; whether anything was to do.
   */
  renew(held: Held): boolean;
  /** Says that this member's team changed weights or biases: every member says so. */
  adjusted(): void;
  /** Says that one member programmed them for all. */
  programmed(): void;
}
