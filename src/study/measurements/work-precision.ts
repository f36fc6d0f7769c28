import { z } from "zod";
import { InputError } from "../../numerics/errors.ts";
import type { Runner, Stop } from "../../solver/solver.ts";
import { advice, type Outcome } from "../../solver/outcome.ts";
import { settle } from "../../solver/settle.ts";
import { diagnose } from "../../solver/truth/diagnose.ts";
import { phasesOf } from "../../training/phases.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { Measured, Measurement } from "../measurement.ts";
import { contrast, relativeError, type Phases } from "./contrast.ts";
import { benchDemand } from "../../training/demand.ts";
import {
  beginFree,
  furthest,
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
    .default(8)
    .meta({ description: "Test images that are settled.", unit: "images" }),
  trained: z.number().int().min(0).default(0).meta({
    description: "What the chip has learned before.",
    unit: "minibatches",
  }),
  evaluations: z
    .number()
    .int()
    .min(10)
    .default(2000)
    .describe("Evaluations of F, an image and phase, after which it is given up."),
  from: z.enum(["zero", "guess"]).default("zero").describe("Where the free phase begins."),
});
type Options = z.output<typeof options>;

/** Natural residuals whose price is told, and how it is called. */
const goals = [
  ["1e-3", 1e-3],
  ["1e-6", 1e-6],
  ["1e-9", 1e-9],
] as const;
const state = "Error of the free equilibrium, max norm of the worst image.";
const gradient = "Relative error of the contrast over all images.";
const curves = {
  stateError: { meaning: state, against: "evaluations of F" },
  stateErrorTau: { meaning: state, against: "time in τ" },
  gradientError: { meaning: gradient, against: "evaluations of F in both phases" },
  gradientErrorTau: { meaning: gradient, against: "time of both phases in τ" },
};

/**
 * What a solver's work buys on the experiment's chip: the error of the free equilibrium (max norm,
 * of the worst image) and the relative error of the contrast over all images, against evaluations
 * of F or simulated τ an image. A point of a curve is a run of n steps, n = 1, 2, 3, …: the nudged
 * phase (β > 0) goes on from the free one with as many, and its work counts for the gradient.
 * Values: evaluations and τ within which every image's natural residual is below a goal.
 */
export const workPrecision: Measurement<Options> = {
  name: "work-precision",
  describe:
    "Errors of equilibrium and learning gradient against evaluations of F, for the solver of " +
    "the free and the nudged phase.",
  options,
  produces: {
    values: {
      ...Object.fromEntries(
        goals.flatMap(([name]) => [
          [`evaluationsTo${name}`, { meaning: `Evaluations of F to a residual of ${name}.` }],
          [`tauTo${name}`, { meaning: `Time to a residual of ${name}.`, unit: "τ" }],
        ]),
      ),
      evaluationsToGradient1: {
        meaning: "Evaluations of both phases from which on the contrast is within 1 %.",
      },
      tauToGradient1: {
        meaning: "Time of both phases from which on the contrast is within 1 %.",
        unit: "τ",
      },
      residual: { meaning: "Largest natural residual where the free phase ended." },
      elsewhere: {
        meaning: "Images that settled in another equilibrium than the reference.",
        unit: "images",
      },
      period: { meaning: "Period of a limit cycle; null where there is none.", unit: "steps" },
    },
    curves,
  },
  usesData: true,
  refusal: refuseMoving,
  // A point of n steps is a run of its own, and there are points up to the last step.
  demand: ({ experiment, circuit, options: { images, trained, evaluations } }) =>
    benchDemand(experiment, circuit, { minibatches: trained, steps: images * square(evaluations) }),
  async run({ experiment, circuit, options, split, progress }) {
    if (!split)
      throw new InputError(
        `${experiment.name}: work-precision needs images; name them with data.set`,
      );
    const on = subject({ experiment, circuit, split, progress }, options.images, options.trained);
    try {
      const truth = ofReference(() => exactPhases(on, options));
      if (!truth)
        return {
          outcome: "no-reference",
          advice:
            "The chip did not settle to 1e-12, so errors cannot be told: it has no " +
            "equilibrium, or a very slow one.",
          values: {},
          curves: {},
        };
      const points = climb(on, experiment, options, truth, (part) => {
        progress(0.5 + 0.5 * part);
      });
      const { outcome, values } = await prices(on, experiment, options, truth.free);
      return {
        outcome,
        ...(outcome === "settled" ? {} : { advice: advice[outcome] }),
        values: { ...values, ...gradientPrice(points) },
        curves: curvesOf(points),
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

interface Truth extends Phases {
  readonly gradient: readonly Float64Array[];
}

const startOf = ({ guess }: Subject, { from }: Options) => (from === "guess" ? guess : undefined);

/** Both equilibria, and the contrast between them; undefined where the chip does not settle. */
function exactPhases(on: Subject, options: Options): Truth | undefined {
  const { chip, inputs, lambda, beta } = on;
  beginFree(on, startOf(on, options));
  if (settleExactly(chip).outcome !== "settled") return undefined;
  const free = statesOf(on);
  chip.tie({ lambda, beta });
  if (settleExactly(chip).outcome !== "settled") return undefined;
  const nudged = statesOf(on);
  return { free, nudged, gradient: contrast(chip, inputs, { free, nudged }) };
}

/** What a number of steps costs and brings; evaluations and τ are means over the images. */
interface Point {
  readonly evaluations: number;
  readonly tau: number;
  readonly stateError: number;
  /** Those of both phases. */
  readonly evaluationsBoth: number;
  readonly tauBoth: number;
  readonly gradientError: number;
}

/** Errors beyond which nothing more is to be seen. */
const deepest = { state: 1e-11, gradient: 1e-9 };
const growth = 1.25;

/** Runs of more and more steps, until they are exact or too dear. */
function climb(
  on: Subject,
  experiment: Experiment,
  options: Options,
  truth: Truth,
  told: (part: number) => void,
): readonly Point[] {
  const { chip, inputs, lambda, beta } = on;
  const phases = phasesOf(experiment);
  const points: Point[] = [];
  const free = phases.free.solver.prepare(chip);
  const nudged = phases.nudged.solver.prepare(chip);
  for (let steps = 1; ; steps = Math.max(steps + 1, Math.round(growth * steps))) {
    // Below the reference's own residual there is nothing to compare with.
    const stop: Stop = { steps, tolerance: 1e-12 };
    beginFree(on, startOf(on, options));
    free.run(chip.state.array, stop);
    const first = spent(free, on);
    const states = statesOf(on);
    chip.tie({ lambda, beta });
    nudged.run(chip.state.array, stop);
    const second = spent(nudged, on);
    const ends = { free: states, nudged: statesOf(on) };
    const point = {
      ...first,
      stateError: furthest(states, truth.free),
      evaluationsBoth: first.evaluations + second.evaluations,
      tauBoth: first.tau + second.tau,
      gradientError: relativeError(contrast(chip, inputs, ends), truth.gradient),
    };
    points.push(point);
    told(Math.min(1, point.evaluations / options.evaluations));
    const exact = point.stateError <= deepest.state && point.gradientError <= deepest.gradient;
    if (
      exact ||
      steps >= options.evaluations ||
      point.evaluations >= options.evaluations ||
      !Number.isFinite(point.stateError)
    )
      return points;
  }
}

function spent(
  { tally: { evaluations, time } }: Runner,
  { images }: Subject,
): Pick<Point, "evaluations" | "tau"> {
  const mean = (column: ArrayLike<number>) =>
    Array.from({ length: images }, (_, r) => column[r]).reduce((a, b) => a + b, 0) / images;
  return { evaluations: mean(evaluations), tau: mean(time) };
}

/** Evaluations and τ of both phases from which on the gradient is within one percent. */
function gradientPrice(points: readonly Point[]): Measured["values"] {
  const from = points.findLastIndex((p) => !(p.gradientError <= 0.01)) + 1;
  const point = points.at(from);
  return {
    evaluationsToGradient1: point && from < points.length ? point.evaluationsBoth : null,
    tauToGradient1: point && from < points.length ? point.tauBoth : null,
  };
}

/** Of the free phase: what each goal costs, and how the finest one ended. */
async function prices(
  on: Subject,
  experiment: Experiment,
  options: Options,
  truth: Float64Array,
): Promise<{ outcome: Outcome; values: Measured["values"] }> {
  const { chip, images } = on;
  const { solver } = phasesOf(experiment).free;
  const values: Record<string, number | null> = {};
  let outcome: Outcome = "settled";
  for (const [name, tolerance] of goals) {
    beginFree(on, startOf(on, options));
    const ended = settle(chip, chip.state.array, solver, { steps: options.evaluations, tolerance });
    const there = ended.outcome === "settled";
    values[`evaluationsTo${name}`] = there ? ended.stats.evaluations : null;
    values[`tauTo${name}`] = there ? ended.time.tau : null;
    if (tolerance !== goals[goals.length - 1][1]) continue;
    const looked = await diagnose(chip, chip.state.array, solver, ended, tolerance);
    const states = statesOf(on);
    outcome = looked.outcome;
    values["residual"] = ended.residual;
    values["period"] = looked.findings.reduce((top, f) => Math.max(top, f.period ?? 0), 0) || null;
    // Settled, and not where the reference is: the circuit has several equilibria.
    values["elsewhere"] = Array.from({ length: images }, (_, r) => r).filter(
      (r) =>
        looked.samples[r].residual <= tolerance &&
        furthest(
          states.subarray(r * chip.size, (r + 1) * chip.size),
          truth.subarray(r * chip.size, (r + 1) * chip.size),
        ) > 1e-3,
    ).length;
  }
  return { outcome, values };
}

function curvesOf(points: readonly Point[]): Measured["curves"] {
  const curve = (x: keyof Point, y: keyof Point) => ({
    x: points.map((p) => p[x]),
    y: points.map((p) => p[y]),
  });
  return {
    stateError: curve("evaluations", "stateError"),
    stateErrorTau: curve("tau", "stateError"),
    gradientError: curve("evaluationsBoth", "gradientError"),
    gradientErrorTau: curve("tauBoth", "gradientError"),
  };
}
