import type { PairScore } from "../learning/score.ts";

/** How well copy and chip do on each part of the data; null the part that was not asked for. */
export interface Scores {
  readonly test: PairScore;
  /** On the first min(10 000, all) training samples. */
  readonly train: PairScore;
  readonly validation: PairScore | null;
}

/** Mean, standard deviation and largest magnitude of the weights of one block. */
export interface WeightStatistics {
  readonly block: string;
  readonly mean: number;
  readonly std: number;
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
  readonly epoch: number;
  readonly step: number;
  readonly testErrorCopy: number | null;
  readonly testErrorChip: number | null;
  /** On the first min(10 000, all) training samples. */
  readonly trainErrorCopy: number | null;
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
   * Evaluations of F that learning has cost so far, per sample and phase; null before the first
   * step.
   */
  readonly freeEvaluations: number | null;
  readonly nudgedEvaluations: number | null;
  readonly chipWeights: readonly WeightStatistics[];
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
