import type { Answer } from "./answer.ts";
import type { Case } from "./case.ts";
import { energyAnswers } from "./energy.ts";
import { learningAnswers } from "./learning.ts";
import { noiseAnswers } from "./noise.ts";
import { partAnswers } from "./parts.ts";
import { timeAnswers } from "./time.ts";

export { answerUnits, topics, type Answer, type AnswerUnit, type Topic } from "./answer.ts";
export type {
  BlockSignal,
  Case,
  Contrast,
  Given,
  Load,
  Operation,
  Sums,
  HeldWeights,
  ElementCounts,
} from "./case.ts";
export { readGiven } from "./given.ts";
export { hindrances } from "./hindrances.ts";
export { citeKey, topicNames, valueText } from "./text.ts";

/**
 * What a schematic, its wiring and what was measured of them say of the physical chip, topic by
 * topic.
 */
export function physicalAnswers(c: Case): readonly Answer[] {
  return [
    ...timeAnswers(c),
    ...energyAnswers(c),
    ...noiseAnswers(c),
    ...learningAnswers(c),
    ...partAnswers(c),
  ];
}
