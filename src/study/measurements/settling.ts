import { z } from "zod";
import { InputError } from "../../numerics/errors.ts";
import { random } from "../../numerics/random.ts";
import { advice, outcomes, type Equilibrium } from "../../solver/outcome.ts";
import { settle } from "../../solver/settle.ts";
import type { Solver, Stop } from "../../solver/solver.ts";
import { diagnose } from "../../solver/truth/diagnose.ts";
import { phasesOf } from "../../training/phases.ts";
import type { Measurement, Produced } from "../measurement.ts";
import { benchDemand } from "../../training/demand.ts";
import {
  beginFree,
  NoReference,
  ofReference,
  refuseMoving,
  settleExactly,
  statesOf,
  subject,
  type Subject,
} from "./subject.ts";
import { square } from "../../numerics/power.ts";

const options = z.strictObject({
  images: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .meta({ description: "Test images that are settled.", unit: "images" }),
  trained: z.number().int().min(0).default(0).meta({
    description: "What chip and copy have learned before.",
    unit: "minibatches",
  }),
  tolerance: z.number().positive().default(1e-3).describe("Natural residual to reach."),
  steps: z.number().int().min(1).default(10_000).describe("Steps after which it is given up."),
  guessError: z
    .number()
    .positive()
    .default(0.1)
    .describe("Without a copy: standard deviation of the guess from the equilibrium, a unit."),
});

const columns = {
  steps: { meaning: "Steps to settle, a mean over images" },
  evaluations: { meaning: "Evaluations of F to settle, a mean over images" },
  tau: { meaning: "Time to settle, a mean over images", unit: "τ" },
  residual: { meaning: "Largest natural residual at the end" },
} as const satisfies Readonly<Record<string, Produced>>;
const starts = { Zero: "from zero", Guess: "from the guess" } as const;

/**
 * How long the free phase takes to settle from zero and from the copy's guess, on the experiment's
 * chip and by its solver: steps, evaluations of F and τ, means over the images; nothing where an
 * image did not settle. Without a copy the guess is the equilibrium with a known error.
 * `guessDistance` is root mean square over units and images.
 */
export const settling: Measurement<z.output<typeof options>> = {
  name: "settling",
  describe: "Steps, evaluations and τ to settle, from zero and from the copy's guess.",
  options,
  produces: {
    values: {
      ...Object.fromEntries(
        Object.entries(starts).flatMap(([start, words]) =>
          Object.entries(columns).map(([column, { meaning, ...unit }]) => [
            `${column}${start}`,
            { meaning: `${meaning}, ${words}.`, ...unit },
          ]),
        ),
      ),
      guessDistance: {
        meaning: "Distance of the guess from the equilibrium, root mean square over units.",
      },
    },
    curves: {},
  },
  usesData: true,
  refusal: refuseMoving,
  demand: ({ experiment, circuit, options: { images, trained, steps } }) =>
    benchDemand(experiment, circuit, { minibatches: trained, steps: 2 * images * steps }),
  async run({ experiment, circuit, options, split, seed, progress }) {
    if (!split)
      throw new InputError(`${experiment.name}: settling needs images; name them with data.set`);
    const { images, trained, guessError, ...stop } = options;
    const on = subject({ experiment, circuit, split, progress }, images, trained);
    try {
      const { solver } = phasesOf(experiment).free;
      const zero = await from(on, undefined, solver, stop);
      const from0 = statesOf(on);
      const guess = on.guess ?? besides(from0, on, guessError, seed);
      progress(0.75);
      const guessed = await from(on, guess, solver, stop);
      // The guess is compared with the equilibrium that it leads to.
      ofReference(() => settleExactly(on.chip));
      const worst =
        outcomes[Math.max(outcomes.indexOf(zero.outcome), outcomes.indexOf(guessed.outcome))];
      return {
        outcome: worst,
        ...(worst === "settled" ? {} : { advice: advice[worst] }),
        curves: {},
        values: {
          ...numbers("Zero", zero, stop),
          ...numbers("Guess", guessed, stop),
          guessDistance: distance(guess, statesOf(on), on),
        },
      };
    } catch (error) {
      if (error instanceof NoReference)
        return { outcome: "no-reference", advice: error.message, values: {}, curves: {} };
      // That a solver does not take a circuit, or gives it up, is a result.
      if (!(error instanceof InputError)) throw error;
      return { outcome: "refused", advice: error.message, values: {}, curves: {} };
    } finally {
      on.close();
    }
  },
};

async function from(
  on: Subject,
  guess: Float64Array | undefined,
  solver: Solver,
  stop: Stop,
): Promise<Equilibrium> {
  const { chip } = on;
  beginFree(on, guess);
  const ended = settle(chip, chip.state.array, solver, stop);
  return diagnose(chip, chip.state.array, solver, ended, stop.tolerance);
}

function besides(
  equilibrium: Float64Array,
  { chip: { low, high, size } }: Subject,
  error: number,
  seed: number,
): Float64Array {
  const rng = random(seed, "guess");
  return equilibrium.map((s, k) =>
    Math.min(Math.max(s + error * rng.normal(), low[k % size]), high[k % size]),
  );
}

/** Root mean square over units and images; padding is zero on both sides. */
function distance(
  a: Float64Array,
  b: Float64Array,
  {
    chip: {
      layout: { sizes },
    },
    images,
  }: Subject,
): number {
  const units = sizes.slice(1).reduce((sum, n) => sum + n, 0);
  return Math.sqrt(a.reduce((sum, s, k) => sum + square(s - b[k]), 0) / (images * units));
}

function numbers(
  start: keyof typeof starts,
  { stats, time, residual, samples }: Equilibrium,
  { tolerance }: { readonly tolerance: number },
): Record<string, number | null> {
  const there = samples.every((s) => s.residual <= tolerance);
  return {
    [`steps${start}`]: there ? stats.steps : null,
    [`evaluations${start}`]: there ? stats.evaluations : null,
    [`tau${start}`]: there ? time.tau : null,
    [`residual${start}`]: residual,
  };
}
