import { z } from "zod";
import { guessIsLearned } from "../../experiment/rules.ts";
import { activations } from "../../numerics/activation.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Evaluation } from "../../output/metrics.ts";
import { createSession } from "../../training/create-session.ts";
import { divergenceAdvice } from "../../training/divergence.ts";
import { isDue } from "../../training/schedule.ts";
import { trainUntil } from "../../training/train-until.ts";
import { physicsOf, type Physics } from "../../testbench/physics/answers.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { Session } from "../../training/session.ts";
import { diverged, type Measured, type Measurement } from "../measurement.ts";
import { alignmentProduces, alignments, checkDepth } from "./aligned.ts";

const errors = ["testErrorCopy", "testErrorChip", "trainErrorCopy", "trainErrorChip"] as const;
/** Evaluations of F that learning cost, per sample and phase. */
const costs = ["freeEvaluations", "nudgedEvaluations"] as const;

/**
 * Physical answers of the trained chip in SI units, and their keys: settling times, energies, and
 * dB of the learning signal over its noise.
 */
const physical = {
  settlingFree: "time.free",
  settlingSample: "time.sample",
  energyInference: "energy.inference",
  energySample: "energy.sample",
  learningSnr: "learning.snr",
} as const;
const options = z.strictObject({
  /**
   * Also the alignment of the copy's local and distant gradients, towards s⁻ of so many training
   * images, every so many epochs.
   */
  alignment: z
    .strictObject({
      images: z.number().int().min(1).default(1000),
      every: z.number().positive().default(1),
    })
    .optional(),
});
type Options = z.output<typeof options>;

/**
 * Trains the experiment's chip and copy on one thread and evaluates them every `train.every`
 * epochs. Values are those of the last evaluation, errors in percent; curves are against the epoch.
 */
export const training: Measurement<Options> = {
  name: "training",
  describe:
    "Trains chip and copy; test and training errors in percent, and their curves against the " +
    "epoch.",
  options,
  produces: {
    values: [
      ...errors,
      "residual",
      "agreement",
      "epochs",
      ...costs,
      ...Object.keys(physical),
      "hindrances",
      ...alignmentProduces.values,
    ],
    curves: [...errors, "residual", ...alignmentProduces.curves],
  },
  usesData: true,
  async run({ experiment, circuit, options: { alignment }, split, progress }) {
    if (!split)
      throw new InputError(`${experiment.name}: training needs images; name them with data.set`);
    if (alignment) {
      const { rule, copy } = experiment.learning;
      if (!guessIsLearned(rule) || !activations[copy.activation].smooth)
        throw new InputError(
          `${experiment.name}: options.alignment compares gradients of a copy that learns, ` +
            `which there are not with learning.rule ${rule} and learning.copy.activation ` +
            `${copy.activation}; leave it out`,
        );
      checkDepth(experiment.network.layers.length, experiment.name);
    }
    const session = createSession(experiment, circuit, split);
    try {
      if (session.totalSteps < 1)
        throw new InputError(
          `train.epochs ${experiment.train.epochs} is less than one minibatch; an epoch has ` +
            `${session.stepsPerEpoch} of them`,
        );
      return await learn(session, experiment, alignment, split.test, progress);
    } finally {
      session.close();
    }
  },
};

/** Minibatches between two words about the progress. */
const quiet = 20;

async function learn(
  session: Session,
  experiment: Experiment,
  alignment: Options["alignment"],
  test: Dataset,
  progress: (fraction: number) => void,
): Promise<Measured> {
  const { stepsPerEpoch, totalSteps } = session;
  const { every } = experiment.train;
  const seen: Evaluation[] = [];
  const looks: Look[] = [];
  const look = ({ images }: NonNullable<typeof alignment>) =>
    looks.push({ epoch: session.step / stepsPerEpoch, cosines: session.alignment(images) });
  if (alignment) look(alignment);
  const end = await trainUntil(
    session,
    { every },
    {
      advanced() {
        if (alignment && isDue(session.step, { stepsPerEpoch, totalSteps, every: alignment.every }))
          look(alignment);
        if (session.step % quiet === 0) progress(session.step / totalSteps);
      },
      evaluate() {
        const found = session.evaluate();
        seen.push(found);
        return found;
      },
    },
  );
  // A network that is none has no physics.
  const found: Physics = seen.at(-1)?.finite
    ? physicsOf(session.trained(), test, experiment)
    : { physics: [], hindrances: [] };
  const numbers = together(trained(seen, found), looks);
  if (end.outcome !== "diverged") return { outcome: "completed", ...numbers };
  const why =
    found.hindrances.length > 0 ? `Against learning are ${found.hindrances.join("; ")}. ` : "";
  return {
    outcome: diverged,
    advice: `Training diverged: ${end.trouble}. ${why}${divergenceAdvice(experiment)}`,
    ...numbers,
  };
}

/** The cosines of every layer after so many epochs. */
interface Look {
  readonly epoch: number;
  readonly cosines: readonly number[];
}

type Numbers = Pick<Measured, "values" | "curves">;

function together({ values, curves }: Numbers, looks: readonly Look[]): Numbers {
  if (looks.length === 0) return { values, curves };
  const aligned = alignments(
    looks.map((l) => l.epoch),
    looks.map((l) => l.cosines),
  );
  return { values: { ...values, ...aligned.values }, curves: { ...curves, ...aligned.curves } };
}

function trained(seen: readonly Evaluation[], { physics, hindrances }: Physics): Numbers {
  const last = seen[seen.length - 1];
  const x = seen.map((e) => e.epoch);
  const measured = [...errors, "residual" as const].filter((name) =>
    seen.some((e) => e[name] !== null),
  );
  return {
    values: {
      ...Object.fromEntries([...errors, ...costs].map((name) => [name, last[name]])),
      residual: last.residual,
      agreement: last.agreement,
      epochs: last.epoch,
      ...Object.fromEntries(
        Object.entries(physical).map(([name, key]) => [
          name,
          physics.find((a) => a.key === key)?.value ?? null,
        ]),
      ),
      // The names of what works against learning.
      hindrances: hindrances.map((h) => h.split(":")[0]).join(", "),
    },
    curves: Object.fromEntries(
      measured.map((name) => [name, { x, y: seen.map((e) => e[name] ?? NaN) }]),
    ),
  };
}
