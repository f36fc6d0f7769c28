import type { Dataset } from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { DigitalCopy } from "../learning/copy.ts";
import type { Settler } from "../learning/survey.ts";
import type { RandomState } from "../numerics/random.ts";
import type { Tensor } from "../numerics/vec.ts";
import type { Evaluation } from "../output/metrics.ts";
import type { Chance } from "./divergence.ts";

/** All that a session needs to go on, bit for bit: parameters, counters and random streams. */
export interface Snapshot {
  /**
   * `chip.block.0-1.weight` [from × to], `chip.layer.1.bias`, `copy.block.0-1.weight`, …; with
   * persistent states `chip.states` [images × size].
   */
  readonly tensors: readonly Tensor[];
  readonly step: number;
  /**
   * How often the chip's synapses were programmed; what they hold besides weights is among the
   * tensors.
   */
  readonly programmings: number;
  /** Evaluations of F spent on learning so far, over all samples. */
  readonly evaluations: { readonly free: number; readonly nudged: number };
  readonly random: { readonly beta: RandomState };
}

/** Trained networks, and what settles them. */
export interface Trained {
  readonly chip: Chip;
  /** null for plain equilibrium propagation. */
  readonly copy: DigitalCopy | null;
  readonly settler: Settler;
  /** λ of the moment. */
  readonly lambda: number;
}

/** A training run in memory: no files, no clock, no console. */
export interface Session {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** The samples that it is evaluated on. */
  readonly test: Dataset;
  /** Minibatches learned so far. */
  readonly step: number;
  /**
   * Running training error of the chip (of the copy where no chip settles) over the last hundred or
   * so minibatches, percent: for progress displays. null before the first; NaN once a state was NaN
   * or infinite, and from then on.
   */
  readonly recentError: number | null;
  /** Training error of the minibatch learned last, likewise. */
  readonly minibatchError: number | null;
  /** What an error is compared with that is no better than guessing. */
  readonly chance: Chance;
  /** Learns one minibatch. */
  advance(): void;
  evaluate(): Evaluation;
  /**
   * How far the copy's local and distant gradients (eq. 9) point the same way, a cosine for every
   * layer above the input but the last, towards s⁻ of the first so many training samples. Empty
   * without a copy. Nothing of training is disturbed.
   */
  alignment(samples: number): readonly number[];
  snapshot(): Snapshot;
  restore(saved: Snapshot): void;
  /** The networks themselves, as they are now. */
  trained(): Trained;
  /** Sends the threads home; the session cannot go on. */
  close(): void;
}
