import { z } from "zod";
import { guessIsLearned } from "../../experiment/rules.ts";
import { activations } from "../../numerics/activation.ts";
import { InputError } from "../../numerics/errors.ts";
import { keysOf, mapped } from "../../numerics/keys.ts";
import { meanR2, type NetworkScore } from "../../learning/score.ts";
import type { Dataset } from "../../data/dataset.ts";
import type { Evaluation } from "../../output/metrics.ts";
import { trainingDemand } from "../../training/demand.ts";
import { breakdown } from "../../training/divergence.ts";
import { unsoundTensor } from "../../training/sound.ts";
import { createSession } from "../../training/create-session.ts";
import { divergenceAdvice } from "../../training/remedies.ts";
import { isDue } from "../../training/schedule.ts";
import { trainUntil } from "../../training/train-until.ts";
import { physicsOf, type Physics } from "../../testbench/physics/answers.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { Session } from "../../training/session.ts";
import {
  diverged,
  type CellMemory,
  type Measured,
  type Measurement,
  type Produced,
} from "../measurement.ts";
import { alignmentProduces, alignments, checkDepth } from "./aligned.ts";

const errors = {
  testErrorCopy: {
    label: "test error, copy",
    meaning: "Test error of the copy's guess sᶠ.",
    unit: "%",
  },
  testErrorChip: {
    label: "test error, chip",
    meaning: "Test error of the settled chip s⁻.",
    unit: "%",
  },
  trainErrorCopy: {
    label: "training error, copy",
    meaning: "Training error of the copy's guess.",
    unit: "%",
  },
  trainErrorChip: {
    label: "training error, chip",
    meaning: "Training error of the settled chip.",
    unit: "%",
  },
} as const satisfies Readonly<Record<string, Produced>>;

/** Of real targets instead of errors: their mean R², and of one its RMSE. */
const fits = {
  testR2Copy: {
    label: "test R², copy",
    meaning: "R² of real targets by the copy's guess, the mean of several.",
  },
  testR2Chip: {
    label: "test R², chip",
    meaning: "R² of real targets by the settled chip, the mean of several.",
  },
  testRmseCopy: {
    label: "test RMSE, copy",
    meaning: "RMSE of one real target by the copy's guess, in its unit.",
  },
  testRmseChip: {
    label: "test RMSE, chip",
    meaning: "RMSE of one real target by the settled chip, in its unit.",
  },
} as const satisfies Readonly<Record<string, Produced>>;
const residual = {
  residual: { meaning: "Largest natural residual at the end of the free phase, test samples." },
};
const costs = {
  freeEvaluations: { meaning: "Evaluations of F that learning cost, a sample's free phase." },
  nudgedEvaluations: { meaning: "Evaluations of F that learning cost, a sample's nudged phase." },
} as const satisfies Readonly<Record<string, Produced>>;

/** Physical answers of the trained chip in SI units, and their keys. */
const physical = {
  settlingFree: { key: "time.free", meaning: "Time of the free phase.", unit: "s" },
  settlingSample: { key: "time.sample", meaning: "Time of a training sample.", unit: "s" },
  energyInference: { key: "energy.inference", meaning: "Energy of an inference.", unit: "J" },
  energySample: { key: "energy.sample", meaning: "Energy of a training sample.", unit: "J" },
  learningSnr: {
    key: "learning.snr",
    meaning: "The learning signal over its noise.",
    unit: "dB",
  },
} as const satisfies Readonly<Record<string, Produced & { readonly key: string }>>;
const options = z.strictObject({
  alignment: z
    .strictObject({
      images: z.number().int().min(1).default(1000).meta({
        description: "Training samples towards whose s⁻ it is measured.",
        unit: "samples",
      }),
      every: z
        .number()
        .positive()
        .default(1)
        .meta({ description: "How far measurements are apart.", unit: "epochs" }),
    })
    .optional()
    .describe("Also measures the alignment of the copy's local and distant gradients."),
});
type Options = z.output<typeof options>;

const aligned = alignmentProduces("epoch");

/**
 * Trains the experiment's chip and copy on one thread and evaluates them every `train.every`
 * epochs. Values are those of the last evaluation, errors in percent; curves are against the epoch.
 */
export const training: Measurement<Options> = {
  name: "training",
  describe:
    "Trains chip and copy; test and training errors in percent, or R² and RMSE of real targets, " +
    "and their curves against the epoch.",
  options,
  produces: {
    values: {
      ...errors,
      ...fits,
      ...residual,
      agreement: { meaning: "Test samples that copy and chip name alike.", unit: "%" },
      epochs: { meaning: "How long it learned.", unit: "epochs" },
      ...costs,
      ...mapped(physical, ({ meaning, unit }) => ({ meaning, unit })),
      hindrances: { meaning: "The names of what works against learning." },
      ...aligned.values,
    },
    curves: {
      ...mapped({ ...errors, ...fits, ...residual }, (p) => ({ ...p, against: "epoch" })),
      ...aligned.curves,
    },
  },
  usesData: true,
  demand: ({ experiment, circuit, images }) => trainingDemand(experiment, circuit, images),
  async run({ experiment, circuit, options: { alignment }, split, progress, memory }) {
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
      const again = (changed: Experiment) => createSession(changed, circuit, split);
      return await learn(
        session,
        { experiment, alignment, test: split.test, again, memory },
        progress,
      );
    } finally {
      session.close();
    }
  },
};

/** Minibatches between two words about the progress. */
const quiet = 20;

/** What is trained and how it is looked at. */
interface Asked {
  readonly experiment: Experiment;
  readonly alignment: Options["alignment"];
  readonly test: Dataset;
  readonly memory: CellMemory | undefined;
  /** Another session, to try on what would have helped one that diverged. */
  again(experiment: Experiment): Session;
}

async function learn(
  session: Session,
  { experiment, alignment, test, again, memory }: Asked,
  progress: (fraction: number) => void,
): Promise<Measured> {
  const { stepsPerEpoch, totalSteps } = session;
  const { seen, looks } = begun(session, memory);
  const look = ({ images }: NonNullable<typeof alignment>) =>
    looks.push({ epoch: session.step / stepsPerEpoch, cosines: session.alignment(images) });
  if (alignment && looks.length === 0) look(alignment);
  const end = await trainUntil(session, experiment.train, {
    seen,
    advanced() {
      if (alignment && isDue(session.step, { stepsPerEpoch, totalSteps, every: alignment.every }))
        look(alignment);
      if (session.step % quiet === 0) progress(session.step / totalSteps);
      if (memory?.isDue() === true && breakdown(session.recentError) === undefined) {
        const snapshot = session.snapshot();
        if (unsoundTensor(snapshot.tensors) === undefined)
          memory.keep({ snapshot, notes: { seen, looks } satisfies Found });
      }
    },
    evaluate() {
      const found = session.evaluate();
      seen.push(found);
      return found;
    },
  });
  // A network that is none has no physics.
  const found: Physics = seen.at(-1)?.finite
    ? physicsOf(session.trained(), test, experiment)
    : { physics: [], hindrances: [] };
  const numbers = together(trained(seen, found), looks);
  if (end.outcome !== "diverged") return { outcome: "completed", ...numbers };
  const why =
    found.hindrances.length > 0 ? `Against learning are ${found.hindrances.join("; ")}. ` : "";
  const { trouble } = end;
  const { step } = session;
  const from = trouble.kind === "not-finite" ? undefined : session.snapshot();
  const advice = await divergenceAdvice({ experiment, step, trouble, from, create: again });
  return {
    outcome: diverged,
    advice: `Training diverged: ${trouble.text}. ${why}${advice}`,
    ...numbers,
  };
}

/** What was found on the way. */
interface Found {
  readonly seen: Evaluation[];
  readonly looks: Look[];
}

/** Puts the session where an earlier attempt kept it; at the beginning where there was none. */
function begun(session: Session, memory: CellMemory | undefined): Found {
  const kept = memory?.kept;
  if (!kept) return { seen: [], looks: [] };
  session.restore(kept.snapshot);
  // Numbers that are not finite have ended a training before it was kept.
  return kept.notes as Found;
}

/** The cosines of every layer after so many epochs. */
interface Look {
  readonly epoch: number;
  readonly cosines: readonly number[];
}

type Numbers = Pick<Measured, "values" | "curves">;

function together({ values, curves }: Numbers, looks: readonly Look[]): Numbers {
  if (looks.length === 0) return { values, curves };
  const found = alignments(
    looks.map((l) => l.epoch),
    looks.map((l) => l.cosines),
  );
  return { values: { ...values, ...found.values }, curves: { ...curves, ...found.curves } };
}

function trained(seen: readonly Evaluation[], { physics, hindrances }: Physics): Numbers {
  const isReal = seen.some((e) => (e.scores.test.copy ?? e.scores.test.chip)?.kind === "reals");
  const told: readonly Told[] = seen.map((e) =>
    isReal ? fitsOf(e) : mapped(errors, (_, name) => e[name]),
  );
  const last = seen[seen.length - 1];
  const x = seen.map((e) => e.epoch);
  const names = [...keysOf(told[0]), "residual"];
  const curve = (name: string) =>
    name === "residual" ? seen.map((e) => e.residual) : told.map((t) => t[name]);
  const measured = names.filter((name) => curve(name).some((y) => y !== null));
  return {
    values: {
      ...told[told.length - 1],
      ...mapped(costs, (_, name) => last[name]),
      residual: last.residual,
      agreement: last.agreement,
      epochs: last.epoch,
      ...mapped(physical, ({ key }) => physics.find((a) => a.key === key)?.value ?? null),
      // The names of what works against learning.
      hindrances: hindrances.map((h) => h.split(":")[0]).join(", "),
    },
    curves: Object.fromEntries(
      measured.map((name) => [name, { x, y: curve(name).map((y) => y ?? NaN) }]),
    ),
  };
}

type Told = Readonly<Record<string, number | null>>;

/** What real targets have instead of errors. */
function fitsOf({ scores }: Evaluation): Told {
  const { copy, chip } = scores.test;
  const r2 = (s: NetworkScore | null) => (s?.kind === "reals" ? meanR2(s) : null);
  const rmse = (s: NetworkScore | null) =>
    s?.kind === "reals" && s.fits.length === 1 ? s.fits[0].rmse : null;
  return {
    testR2Copy: r2(copy),
    testR2Chip: r2(chip),
    testRmseCopy: rmse(copy),
    testRmseChip: rmse(chip),
  } satisfies Record<keyof typeof fits, number | null>;
}
