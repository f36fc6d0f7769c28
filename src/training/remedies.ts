import { hasCopy, settles } from "../experiment/rules.ts";
import { nudgesAway } from "../experiment/nudging.ts";
import type { Experiment } from "../experiment/schema.ts";
import { noBetterThan, spreadOf, type Chance, type Trouble } from "./divergence.ts";
import { sampleWork } from "./demand.ts";
import type { Session, Snapshot } from "./session.ts";

/** An experiment with one setting changed, and how that is said. */
interface Candidate {
  readonly set: string;
  readonly experiment: Experiment;
}

/** One cause that may be to blame: the changes that would mend it, from the slightest on. */
type Remedy = (e: Experiment, trouble: Trouble["kind"]) => readonly Candidate[];

/** How a training is rehearsed. */
export interface Rehearsing {
  readonly experiment: Experiment;
  /** Minibatches learned when it came apart. */
  readonly step: number;
  readonly trouble: Trouble;
  /** The networks as they were last known to be numbers; absent: only the beginning is known. */
  readonly from?: Snapshot;
  /** Makes a session of an experiment on the same samples. */
  create(experiment: Experiment): Session | Promise<Session>;
}

/**
 * What helps a training that diverged: each candidate is tried on the minibatches that it came
 * apart on, and only what helped there is named.
 */
export async function divergenceAdvice(asked: Rehearsing): Promise<string> {
  const { experiment } = asked;
  const plan = planOf(asked);
  if (plan === null)
    return (
      "Nothing was tried: too many minibatches lie between the last that are known to be sound " +
      `and minibatch ${asked.step}; a smaller train.every keeps them closer.`
    );
  const asIs = await rehearse(asked, plan, experiment);
  const where = `${plan.steps} minibatch${plan.steps === 1 ? "" : "es"} ${plan.where}`;
  if (asked.trouble.kind === "not-finite" && asIs.finite)
    return `It did not come apart on ${where} once more, so nothing was tried.`;
  const { helped, failed } = await tried(asked, plan, asIs);
  if (helped.length === 0)
    return (
      `Tried on ${where}: none of ${failed.join(", ")} helps by itself.` +
      (asked.trouble.kind === "not-finite" ? "" : ` ${patient}`)
    );
  const help = `${helped.join(" or ")} ${helped.length > 1 ? "each help" : "helps"}`;
  const not = failed.length === 0 ? "" : `; ${failed.join(", ")}: no help`;
  return `Tried on ${where}: ${help}${not}.`;
}

/** Of each remedy the slightest change that helped, and the strongest of those that did not. */
async function tried(
  asked: Rehearsing,
  plan: Plan,
  asIs: Rehearsal,
): Promise<{ readonly helped: readonly string[]; readonly failed: readonly string[] }> {
  const helped: string[] = [];
  const failed: string[] = [];
  for (const remedy of remedies) {
    let last: Candidate | undefined;
    let found = false;
    for (last of remedy(asked.experiment, asked.trouble.kind)) {
      found = helps(await rehearse(asked, plan, last.experiment), asIs);
      if (found) break;
    }
    if (last) (found ? helped : failed).push(last.set);
  }
  return { helped, failed };
}

const patient =
  "If it is merely slow, --resume goes on with it, and a larger train.patience waits longer.";

/** Which minibatches are learned once more, and from where. */
interface Plan {
  readonly steps: number;
  readonly from: Snapshot | undefined;
  readonly where: string;
}

/** Multiplications that a candidate may take, and minibatches. */
const most = { work: 1e10, minibatches: 200 };

function planOf({ experiment, step, trouble, from }: Rehearsing): Plan | null {
  const minibatch = experiment.train.batch * sampleWork(experiment).learned;
  const steps = Math.max(2, Math.min(most.minibatches, Math.floor(most.work / minibatch)));
  const beginning: Omit<Plan, "steps"> = { from: undefined, where: "from the beginning" };
  switch (trouble.kind) {
    case "not-finite": {
      if (step <= steps) return { steps: step, ...beginning };
      const left = from === undefined ? Infinity : step - from.step;
      return left <= steps ? { steps: left, from, where: `after minibatch ${from!.step}` } : null;
    }
    case "stuck":
      return { steps, ...beginning };
    case "lost":
      return from === undefined
        ? { steps, ...beginning }
        : { steps, from, where: `after minibatch ${from.step}` };
    default:
      return trouble.kind satisfies never;
  }
}

/** How a rehearsal ended: over its second half the training error, and its largest residual. */
interface Rehearsal {
  readonly finite: boolean;
  readonly error: number;
  readonly residual: number;
  readonly chance: Chance;
  /** Samples that the error is of. */
  readonly samples: number;
}

async function rehearse(
  { create }: Rehearsing,
  { steps, from }: Plan,
  experiment: Experiment,
): Promise<Rehearsal> {
  const session = await create(experiment);
  try {
    if (from) session.restore(from);
    let errors = 0;
    let samples = 0;
    let residual = 0;
    const { chip, settler } = session.trained();
    for (let k = 0; k < steps; k++) {
      session.advance();
      if (Number.isNaN(session.recentError))
        return { finite: false, error: NaN, residual: NaN, chance: session.chance, samples: 0 };
      if (2 * (k + 1) <= steps) continue;
      const { rows } = chip.inputs;
      errors += session.minibatchError! * rows;
      samples += rows;
      residual = Math.max(residual, settler.residual ?? 0);
    }
    return {
      finite: true,
      error: errors / samples,
      residual,
      chance: session.chance,
      samples,
    };
  } finally {
    session.close();
  }
}

/** Of a chip that settles residuals are far below it. */
const restless = 0.05;

/**
 * Whether a candidate keeps finite what was not, learns where nothing was learned, or settles what
 * did not.
 */
function helps(tried: Rehearsal, asIs: Rehearsal): boolean {
  if (!tried.finite) return false;
  if (!asIs.finite) return true;
  const spread = spreadOf(tried.chance.of, tried.samples);
  if (
    tried.error < asIs.error - 4 * spread &&
    !noBetterThan({ ...tried.chance, spread }, tried.error)
  )
    return true;
  return asIs.residual > restless && tried.residual < asIs.residual / 10;
}

/** All learning rates times k. */
function faster(e: Experiment, k: number): Experiment {
  const times = (rates: readonly number[]) => rates.map((r) => short(r * k));
  const { rates, copy } = e.learning;
  return withLearning(e, {
    rates: times(rates),
    copy: { ...copy, ...(copy.rates && { rates: times(copy.rates) }) },
  });
}

function rated(experiment: Experiment): Candidate {
  const { rates, copy } = experiment.learning;
  const ofCopy = copy.rates ? ` learning.copy.rates=[${copy.rates.join(",")}]` : "";
  return { set: `learning.rates=[${rates.join(",")}]${ofCopy}`, experiment };
}

const withLearning = (e: Experiment, learning: Partial<Experiment["learning"]>): Experiment => ({
  ...e,
  learning: { ...e.learning, ...learning },
});
const withSettle = (e: Experiment, settle: Partial<Experiment["settle"]>): Experiment => ({
  ...e,
  settle: { ...e.settle, ...settle },
});
const short = (x: number) => Number(x.toPrecision(3));

/** What is tried, the sharpest causes first. */
const remedies: readonly Remedy[] = [
  (e) =>
    settles(e.learning.rule) && nudgesAway(e.learning)
      ? [
          {
            set:
              (e.learning.scheme === "one-sided" ? "" : "learning.scheme=one-sided ") +
              "learning.sign=positive",
            experiment: withLearning(e, { scheme: "one-sided", sign: "positive" }),
          },
        ]
      : [],
  (e) =>
    settles(e.learning.rule)
      ? [2, 4, 8].map((by) => {
          const beta = short(e.learning.beta / by);
          return { set: `learning.beta=${beta}`, experiment: withLearning(e, { beta }) };
        })
      : [],
  (e) =>
    settles(e.learning.rule) && stepped(e)
      ? [2, 4].map((by) => {
          const step = short(e.settle.step / by);
          return { set: `settle.step=${step}`, experiment: withSettle(e, { step }) };
        })
      : [],
  (e) => {
    const { free } = e.settle;
    return settles(e.learning.rule) && free.steps !== undefined
      ? [4, 16].map((by) => {
          const steps = by * free.steps!;
          return {
            set: `settle.free.steps=${steps}`,
            experiment: withSettle(e, { free: { ...free, steps } }),
          };
        })
      : [];
  },
  (e) => {
    const { free } = e.settle;
    const { tolerance } = free;
    if (!settles(e.learning.rule) || typeof tolerance !== "number") return [];
    const finer = short(tolerance / 10);
    return [
      {
        set: `settle.free.tolerance=${finer}`,
        experiment: withSettle(e, { free: { ...free, tolerance: finer } }),
      },
    ];
  },
  (e) => {
    const { lambda } = e.learning;
    const now = typeof lambda === "number" ? lambda : Math.max(lambda.from, lambda.to);
    return settles(e.learning.rule) && hasCopy(e.learning.rule) && now > 0
      ? [10, 100].map((by) => ({
          set: `learning.lambda=${short(now / by)}`,
          experiment: withLearning(e, { lambda: short(now / by) }),
        }))
      : [];
  },
  (e) => [
    ...[0.1, 0.001].map((k) => rated(faster(e, k))),
    // Nothing is learned by these, but they show the cause.
    {
      set: `far smaller learning.rates than [${e.learning.rates.join(",")}]`,
      experiment: faster(e, 0),
    },
  ],
  (e, trouble) => (trouble === "stuck" ? [rated(faster(e, 10))] : []),
];

/** Whether `settle.step` is the step of what moves the chip. */
function stepped({ settle }: Experiment): boolean {
  return [settle.free.solver ?? settle.solver, settle.nudged.solver ?? settle.solver].some(
    (s) => typeof s === "string" && takesStep.has(s),
  );
}

const takesStep: ReadonlySet<string> = new Set([
  "euler",
  "exponential-euler",
  "linearly-implicit-euler",
  "euler-maruyama",
  "stochastic-heun",
]);
