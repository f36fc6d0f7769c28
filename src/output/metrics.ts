import type { PairScore } from "../learning/score.ts";

/** How well copy and chip do on each part of the data; null the part that was not asked for. */
export interface Scores {
  /** On the test samples. */
  readonly test: PairScore;
  /** On the first min(10 000, all) training samples. */
  readonly train: PairScore;
  /** On the validation samples, where some are held back. */
  readonly validation: PairScore | null;
}

/** Mean, standard deviation and largest magnitude of the weights of one block. */
export interface WeightStatistics {
  /** The layers it joins, such as `0-1`. */
  readonly block: string;
  /** Their mean. */
  readonly mean: number;
  /** Their standard deviation. */
  readonly std: number;
  /** The largest magnitude. */
  readonly max: number;
}

/**
 * One evaluation of a training session. Errors are in percent, of the copy's guess sᶠ and of the
 * settled chip s⁻: samples named wrongly, or of real targets the variance left unexplained;
 * null where the rule has no copy (plain equilibrium propagation) or no chip settles
 * (backpropagation), and where weights or states of the one asked for are not numbers:
 * `finite` is false then.
 */
export interface Evaluation {
  /** Epochs learned. */
  readonly epoch: number;
  /** Minibatches learned. */
  readonly step: number;
  /** Test error of the copy's guess, percent. */
  readonly testErrorCopy: number | null;
  /** Test error of the settled chip, percent. */
  readonly testErrorChip: number | null;
  /** Of the copy on the first min(10 000, all) training samples, percent. */
  readonly trainErrorCopy: number | null;
  /** Of the chip on the same samples, percent. */
  readonly trainErrorChip: number | null;
  /** The same in full: balanced errors, or RMSE and R² of real targets. */
  readonly scores: Scores;
  /**
   * Largest natural residual at the end of the free phase over the test set; null where no chip
   * settles.
   */
  readonly residual: number | null;
  /** Percent of test samples on which copy and chip name the same class; null of real targets. */
  readonly agreement: number | null;
  /** λ at this step; null without a copy. */
  readonly lambda: number | null;
  /**
   * Evaluations of F that learning has cost so far, per sample and free phase; null before the
   * first step.
   */
  readonly freeEvaluations: number | null;
  /** Per sample and nudged phase. */
  readonly nudgedEvaluations: number | null;
  /** The chip's weights, block by block. */
  readonly chipWeights: readonly WeightStatistics[];
  /** The copy's weights, block by block. */
  readonly copyWeights: readonly WeightStatistics[];
  /** False as soon as any weight or state is NaN or infinite. */
  readonly finite: boolean;
}

/** A line of `metrics.jsonl`. `samplesPerSecond` counts training time only. */
export interface Metrics extends Evaluation {
  readonly samplesPerSecond: number;
  readonly trainSeconds: number;
}

/** How a training run ended. */
export type RunOutcome = "completed" | "diverged" | "interrupted";
