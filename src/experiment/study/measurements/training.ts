import { z } from "zod";
import { InputError } from "../../../numerics/errors.ts";
import type { Evaluation } from "../../../output/metrics.ts";
import { createSession } from "../../create-session.ts";
import { divergence, divergenceAdvice } from "../../divergence.ts";
import { isDue } from "../../schedule.ts";
import type { Experiment } from "../../schema.ts";
import type { Session } from "../../session.ts";
import { diverged, type Measured, type Measurement } from "../measurement.ts";

const errors = ["testErrorCopy", "testErrorChip", "trainErrorCopy", "trainErrorChip"] as const;
/** Evaluations of F that learning cost, per sample and phase. */
const costs = ["freeEvaluations", "nudgedEvaluations"] as const;

/**
 * Trains the experiment's chip and copy on one thread and evaluates them every `train.every` epochs.
 * Values are those of the last evaluation, errors in percent; curves are against the epoch.
 */
export const training: Measurement<Record<string, never>> = {
  name: "training",
  describe: "Trains chip and copy; test and training errors in percent, and their curves against the epoch.",
  options: z.strictObject({}),
  produces: { values: [...errors, "residual", "agreement", "epochs", ...costs], curves: [...errors, "residual"] },
  usesData: true,
  run: ({ experiment, circuit, split, progress }) => {
    if (!split) throw new InputError(`${experiment.name}: training needs images; name them with data.set`);
    const session = createSession(experiment, circuit, split);
    try {
      if (session.totalSteps < 1)
        throw new InputError(`train.epochs ${experiment.train.epochs} is less than one minibatch; an epoch has ${session.stepsPerEpoch} of them`);
      return Promise.resolve(learn(session, experiment, progress));
    } finally { session.close(); }
  },
};

/** Minibatches between two words about the progress. */
const quiet = 20;

function learn(session: Session, experiment: Experiment, progress: (fraction: number) => void): Measured {
  const schedule = { stepsPerEpoch: session.stepsPerEpoch, totalSteps: session.totalSteps, every: experiment.train.every };
  const seen: Evaluation[] = [];
  for (;;) {
    session.advance();
    if (session.step % quiet === 0) progress(session.step / session.totalSteps);
    const broken = Number.isNaN(session.recentErrorChip);
    if (!broken && !isDue(session.step, schedule)) continue;
    const last = session.evaluate();
    seen.push(last);
    const trouble = broken ? "the chip's training error is not a number" : divergence(last);
    if (trouble !== undefined) return { outcome: diverged, advice: `Training diverged: ${trouble}. ${divergenceAdvice(experiment)}`, ...numbers(seen) };
    if (session.step >= session.totalSteps) return { outcome: "completed", ...numbers(seen) };
  }
}

function numbers(seen: readonly Evaluation[]): Pick<Measured, "values" | "curves"> {
  const last = seen[seen.length - 1], x = seen.map((e) => e.epoch);
  const measured = [...errors, "residual" as const].filter((name) => last[name] !== null);
  return {
    values: { ...Object.fromEntries([...errors, ...costs].map((name) => [name, last[name]])), residual: last.residual, agreement: last.agreement, epochs: last.epoch },
    curves: Object.fromEntries(measured.map((name) => [name, { x, y: seen.map((e) => e[name] ?? NaN) }])),
  };
}
