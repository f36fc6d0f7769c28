import type { Circuit } from "../circuit/circuit.ts";
import { timeConstant } from "../circuit/families/families.ts";
import { averagedVariance, readingWindow } from "../circuit/integrators.ts";
import { nudgingOf, usualSchemes, type Scheme } from "../circuit/nudging.ts";
import type { Dataset } from "../data/dataset.ts";
import { schemeOf } from "../experiment/nudging.ts";
import type { Experiment } from "../experiment/schema.ts";
import { settles } from "../experiment/rules.ts";
import { InputError } from "../numerics/errors.ts";
import { square } from "../numerics/power.ts";
import { measure } from "../testbench/physics/operation.ts";
import { buildNetworks } from "../training/networks.ts";
import { phasesOf } from "../training/phases.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import { lessonsOn, readFor, silent, type Lesson } from "./lessons.ts";

/** A way to learn, and what is expected of it, squares over that of the true gradient. */
export interface PlannedOption extends Lesson {
  /** Of the integrators, τ. */
  readonly window: number;
  /** Of a training sample, seconds. */
  readonly seconds: number;
  /** Of the contrast without noise against the gradient. */
  readonly bias: number;
  /** Of the contrast of one minibatch by noise. */
  readonly variance: number;
  /** bias + variance. */
  readonly error: number;
}

/** What a planner finds. */
export interface LearningPlan {
  /** The experiment as it is. */
  readonly asIs: PlannedOption;
  /** The least error within the seconds. */
  readonly best: PlannedOption;
  /** Seconds of a training sample that were allowed. */
  readonly secondsPerSample: number;
  /** What was measured anew of the best one, with other draws. */
  readonly measured: number;
  /** Whether noise of a minibatch, as it is, is stronger than what it teaches. */
  readonly drowns: boolean;
  /** Options that none is both faster and better than, the fastest first. */
  readonly front: readonly PlannedOption[];
}

const schemes: readonly Scheme[] = [
  usualSchemes["one-sided"],
  usualSchemes.centred,
  usualSchemes.points,
  usualSchemes["lock-in"],
];
const betas = [0.05, 0.1, 0.2, 0.4, 0.8] as const;
/** In τ; variances are measured at the ends of `between` and follow a + b of white noise. */
const windows = [0, 2, 4, 8, 16, 32] as const;
const between = [0, 8] as const;
/** Presentations that a variance is estimated from. */
const presentations = 12;
/** The nudge that stands for the limit, on a chip that settles: a bias of β² of both signs. */
const limit: Lesson = { scheme: usualSchemes.centred, beta: 1e-3 };
const settled = { steps: 3000, tolerance: 1e-9 };

/**
 * Plans how an experiment learns: bias² and variance of its learning signal on a minibatch, for
 * each scheme, β and window, over the gradient's own square,
 *
 *   error = ‖⟨D⟩ − D₀‖² + ⟨‖D − ⟨D⟩‖²⟩,     D₀ = lim_(β→0) D where both phases settle.
 *
 * Biases are measured without noise at every β; variances by repeated presentations without a
 * window and with one: white noise is averaged as `averagedVariance` says, and the rest stays.
 * @param seconds of a training sample that there are; those of the experiment unless given.
 * @throws InputError for an experiment whose chip does not learn.
 */
export function planLearning(
  experiment: Experiment,
  circuit: Circuit,
  data: Dataset,
  seconds?: number,
): LearningPlan {
  if (!settles(experiment.learning.rule))
    throw new InputError(
      `${experiment.name}: learning.rule is ${experiment.learning.rule}, by which no chip ` +
        "settles: there is no nudge to plan; expected another rule",
    );
  const own: Lesson = {
    scheme: schemeOf(experiment.learning.scheme),
    beta: experiment.learning.beta,
  };
  const ownWindow = readingWindow(circuit);
  const secondsOf = timesOf(experiment, circuit, data);
  const fastest = Math.min(...schemes.map((scheme) => secondsOf(scheme, 0)));
  const secondsPerSample = seconds ?? secondsOf(own.scheme, ownWindow);
  if (secondsPerSample < fastest)
    throw new InputError(
      `${experiment.name}: no scheme takes ${secondsPerSample} s a training sample; the fastest ` +
        `takes ${fastest} s`,
    );
  const bench = errorsOf(experiment, circuit, data);
  const option = (lesson: Lesson, window: number): PlannedOption => {
    const { bias, variance } = bench.expected(lesson, window);
    const time = secondsOf(lesson.scheme, window);
    return { ...lesson, window, seconds: time, bias, variance, error: bias + variance };
  };
  const asIs = option(own, ownWindow);
  const lessons = [own, ...schemes.flatMap((scheme) => betas.map((beta) => ({ scheme, beta })))];
  const all = [asIs, ...lessons.flatMap((l) => windows.map((window) => option(l, window)))].filter(
    ({ error }) => Number.isFinite(error),
  );
  const best = least(all.filter((o) => o.seconds <= secondsPerSample * (1 + 1e-9)));
  return {
    asIs,
    best,
    secondsPerSample,
    measured: bench.measured(best, best.window),
    drowns: asIs.variance > 1,
    front: paretoFront(all),
  };
}

function least(options: readonly PlannedOption[]): PlannedOption {
  return options.reduce((best, o) => (o.error < best.error ? o : best));
}

function paretoFront(options: readonly PlannedOption[]): readonly PlannedOption[] {
  const sorted = [...options].sort((a, b) => a.seconds - b.seconds || a.error - b.error);
  const front: PlannedOption[] = [];
  for (const o of sorted) if (o.error < (front.at(-1)?.error ?? Infinity)) front.push(o);
  return front;
}

/** What biases and variances of lessons are, measured once each. */
function errorsOf(experiment: Experiment, circuit: Circuit, data: Dataset) {
  const fine: Experiment = { ...experiment, precision: "f64" };
  const quietly = silent(readFor(circuit, 0));
  const quiet = lessonsOn(fine, quietly, data);
  const { free, nudged } = phasesOf(fine);
  const truth = lessonsOn(fine, quietly, data, {
    free: { ...free, stop: settled },
    nudged: { ...nudged, stop: settled },
  }).signal(limit, 0);
  const whole = norm(truth);
  const noisy = new Map<number, ReturnType<typeof lessonsOn>>();
  const chipFor = (window: number) => {
    const known = noisy.get(window) ?? lessonsOn(experiment, readFor(circuit, window), data);
    noisy.set(window, known);
    return known;
  };
  const drawn = (lesson: Lesson, window: number, first: number) =>
    Array.from({ length: presentations }, (_, k) =>
      chipFor(window).signal(lesson, 2 * (first + k)),
    );
  const varianceOf = once(
    (lesson: Lesson, window: number) => spread(drawn(lesson, window, 1)) / whole,
  );
  const biasOf = once((lesson) => apart(quiet.signal(lesson, 0), truth) / whole);
  const { leak } = circuit.readout ?? {};
  return {
    expected(lesson: Lesson, window: number) {
      const [short, long] = between;
      const [v, w] = [varianceOf(lesson, short), varianceOf(lesson, long)];
      const falls = averagedVariance(long, leak);
      const white = Math.min(Math.max((v - w) / (1 - falls), 0), v);
      const variance = white * averagedVariance(window, leak) + (v - white);
      return { bias: biasOf(lesson, 0), variance };
    },
    /** ‖D − D₀‖² of presentations that nothing was fitted to. */
    measured(lesson: Lesson, window: number): number {
      const all = drawn(lesson, window, 1000);
      return all.reduce((sum, d) => sum + apart(d, truth), 0) / all.length / whole;
    },
  };
}

function once(of: (lesson: Lesson, window: number) => number): typeof of {
  const known = new Map<string, number>();
  return (lesson, window) => {
    const name = JSON.stringify([lesson, window]);
    const found = known.get(name) ?? of(lesson, window);
    known.set(name, found);
    return found;
  };
}

/** Seconds of a training sample: a free phase, and those of a scheme, each with its window. */
function timesOf(experiment: Experiment, circuit: Circuit, data: Dataset) {
  const { chip, copy } = buildNetworks(experiment, circuit);
  const lambda = lambdaAt(experiment.learning.lambda, 0);
  const { operation } = measure({ chip, copy, lambda }, data, experiment);
  const tau = timeConstant(circuit);
  return (scheme: Scheme, window: number) =>
    tau * (operation.free + window + nudgingOf(scheme).phases.length * (operation.nudged + window));
}

function norm(x: Float64Array): number {
  return x.reduce((sum, v) => sum + square(v), 0);
}

function apart(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, v, i) => sum + square(v - y[i]), 0);
}

/** Σ over synapses of the variance of what presentations taught. */
function spread(all: readonly Float64Array[]): number {
  const mean = all[0].map((_, i) => all.reduce((sum, d) => sum + d[i], 0) / all.length);
  return all.reduce((sum, d) => sum + apart(d, mean), 0) / (all.length - 1);
}
