import { take, type Dataset } from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Parameters } from "../dynamics/synapses/parameters.ts";
import { allFinite } from "../numerics/vec.ts";
import { blockName } from "../energy/graph.ts";
import type { DigitalCopy } from "../learning/copy.ts";
import { errorOf, score, type PairScore } from "../learning/score.ts";
import type { Settler } from "../learning/survey.ts";
import type { Evaluation, WeightStatistics } from "../output/metrics.ts";
import { square } from "../numerics/power.ts";

/** Samples that the training error is measured on, at most. */
export const measured = 10_000;

/** The samples of a training set that the training error is measured on. */
export function measuredOn(train: Dataset): Dataset {
  return take(train, measured);
}

/** What is evaluated, and on which samples. */
interface Evaluated {
  readonly chip: Chip;
  readonly copy: DigitalCopy | null;
  readonly settler: Settler;
  /** Whether a chip settles and learns, or only shows its inputs to a copy that learns alone. */
  readonly settles: boolean;
  readonly train: Dataset;
  readonly test: Dataset;
  readonly validation?: Dataset;
}

/** How far a training is: the samples learned, and what settling them cost. */
interface Reached {
  readonly step: number;
  readonly epoch: number;
  readonly samples: number;
  readonly lambda: number;
  readonly evaluations: { readonly free: number; readonly nudged: number };
}

/** Errors of chip and copy in percent, and what their weights are like. */
export function evaluateNetworks(
  { chip, copy, settler, settles, train, test, validation }: Evaluated,
  { step, epoch, samples, lambda, evaluations }: Reached,
): Evaluation {
  const onTest = score(chip, settler, test);
  const onTrain = score(chip, settler, measuredOn(train));
  const onValidation = validation ? score(chip, settler, validation) : null;
  const chipWeights = settles ? statistics(chip.parameters) : [];
  const copyWeights = copy ? statistics(copy.parameters) : [];
  const sound = {
    chip: settles && isSound(chip.parameters) && onTest.chip !== null && onTrain.chip !== null,
    copy:
      copy !== null && isSound(copy.parameters) && onTest.copy !== null && onTrain.copy !== null,
  };
  const perSample = (total: number) => (settles && samples > 0 ? total / samples : null);
  const ofChip = <T>(value: T) => (sound.chip ? value : null);
  const ofCopy = <T>(value: T) => (sound.copy ? value : null);
  const pair = (s: PairScore): PairScore => ({ copy: ofCopy(s.copy), chip: ofChip(s.chip) });
  const scores = {
    test: pair(onTest),
    train: pair(onTrain),
    validation: onValidation && pair(onValidation),
  };
  return {
    epoch,
    step,
    testErrorCopy: errorOf(scores.test.copy),
    testErrorChip: errorOf(scores.test.chip),
    trainErrorCopy: errorOf(scores.train.copy),
    trainErrorChip: errorOf(scores.train.chip),
    scores,
    residual: onTest.residual,
    agreement: ofChip(ofCopy(onTest.agreement)),
    lambda: copy && settles ? lambda : null,
    freeEvaluations: perSample(evaluations.free),
    nudgedEvaluations: perSample(evaluations.nudged),
    chipWeights,
    copyWeights,
    finite: (sound.chip || !settles) && (sound.copy || !copy),
  };
}

/** Whether all weights and biases are numbers. */
function isSound({ weights, bias }: Parameters): boolean {
  return allFinite(bias.array) && weights.every((w) => allFinite(w.slot.array));
}

function statistics({ weights }: Parameters): WeightStatistics[] {
  return weights.map((w) => {
    let sum = 0;
    let squares = 0;
    let max = 0;
    const n = w.rows * w.cols;
    // Padding columns are zero and add nothing.
    for (const v of w.slot.array) {
      sum += v;
      squares += v * v;
      // NaN, once met, stays.
      if (!(Math.abs(v) <= max) && !Number.isNaN(max)) max = Math.abs(v);
    }
    return {
      block: blockName(w.block),
      mean: sum / n,
      std: Math.sqrt(Math.max(0, squares / n - square(sum / n))),
      max,
    };
  });
}
