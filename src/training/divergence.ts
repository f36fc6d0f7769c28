import type { Evaluation } from "../output/metrics.ts";
import { hasCopy, settles } from "../experiment/rules.ts";
import type { Experiment } from "../experiment/schema.ts";

/** From epoch `patience` on, what learns at all has a training error of at most `worst` percent. */
export interface DivergenceLimits {
  readonly patience: number;
  readonly worst: number;
}

export const usualLimits: DivergenceLimits = { patience: 2, worst: 50 };

/** Why a run counts as diverged after an evaluation, or undefined while it does not. */
export function divergence(
  e: Pick<Evaluation, "epoch" | "finite" | "trainErrorChip" | "trainErrorCopy">,
  { patience, worst }: DivergenceLimits = usualLimits,
): string | undefined {
  const error = e.trainErrorChip ?? e.trainErrorCopy;
  const whose = e.trainErrorChip === null ? "copy" : "chip";
  if (!e.finite) return `a weight or a state is not finite after ${round(e.epoch)} epochs`;
  if (e.epoch >= patience && !(error !== null && error <= worst))
    return (
      `the ${whose}'s training error is ${round(error ?? NaN)} % after ${round(e.epoch)} ` +
      `epochs, above ${worst} %`
    );
  return undefined;
}

/** Why a run counts as diverged between two evaluations, by its running training error. */
export function breakdown(recentError: number | null): string | undefined {
  return Number.isNaN(recentError) ? "the chip's training error is not a number" : undefined;
}

/** What to try after a run has diverged, most promising first. */
export function divergenceAdvice({ settle, learning }: Experiment): string {
  if (!settles(learning.rule))
    return `Try smaller learning.rates ([${learning.rates.join(", ")}] now).`;
  const pull =
    hasCopy(learning.rule) && highest(learning.lambda) > 0
      ? [`a smaller learning.lambda (${highest(learning.lambda)} now)`]
      : [];
  return `Try ${[
    ...(settle.solver === "euler" ? [`a smaller settle.step (${settle.step} now)`] : []),
    ...pull,
    `smaller learning.rates ([${learning.rates.join(", ")}] now)`,
    ...(settle.free.tolerance !== undefined
      ? [`a smaller settle.free.tolerance (${settle.free.tolerance} now)`]
      : []),
    ...(settle.free.steps !== undefined
      ? [`more settle.free.steps (${settle.free.steps} now)`]
      : []),
  ].join(", ")}.`;
}

const highest = (lambda: Experiment["learning"]["lambda"]) =>
  typeof lambda === "number" ? lambda : lambda.to;
const round = (x: number) => Number(x.toPrecision(4));
