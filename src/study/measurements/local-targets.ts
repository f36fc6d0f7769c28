import { z } from "zod";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { chain } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import { perSecond, type Demand } from "../../numerics/demand.ts";
import { keysOf } from "../../numerics/keys.ts";
import { random } from "../../numerics/random.ts";
import { aligner } from "../../learning/alignment.ts";
import { digitalCopy, seesAbove } from "../../learning/copy.ts";
import { xavierNormal } from "../../energy/initial.ts";
import { consecutive } from "../../learning/enter.ts";
import { feedforward, momentum } from "../../learning/feedforward.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { diverged, type Measured, type Measurement } from "../measurement.ts";
import { alignmentProduces, alignments, checkDepth } from "./aligned.ts";
import { square } from "../../numerics/power.ts";

const whole = z.number().int().min(1);
const options = z.strictObject({
  loss: z
    .enum(keysOf(seesAbove))
    .default("local")
    .describe(
      "`local`: each layer learns from its own error; `global`: from the sum of all, through all " +
        "layers.",
    ),
  samples: whole.default(1000).describe("Inputs drawn from N(0, 1)."),
  batch: whole.default(100).describe("Samples a minibatch."),
  iterations: whole.default(10_000).describe("Minibatches that are learned."),
  every: whole.default(100).describe("Iterations between tests on all samples."),
  rate: z.number().positive().default(0.01).describe("Learning rate."),
  momentum: z.number().min(0).lt(1).default(0.9).describe("Part of a step that is kept."),
  gain: z
    .number()
    .positive()
    .default(1.6)
    .describe("Times the Xavier-normal weights of both networks."),
});
type Options = z.output<typeof options>;

const against = "iteration";
const aligned = alignmentProduces(against);

/**
 * A feedforward network without a chip learns the states of all layers of another one, equal but
 * for its seed, for inputs N(0, 1) (the paper's Figure 1). Units are clip(u, −½, ½) + 0.01 u. The
 * loss is the mean over samples of ½ Σ (s − target)² over the units of all layers; gradients are
 * means over the minibatch.
 */
export const localTargets: Measurement<Options> = {
  name: "local-targets",
  describe:
    "A feedforward network learns all states of another one by local losses or the global " +
    "one; its loss and the alignment of local and distant gradients.",
  options,
  produces: {
    values: {
      startLoss: {
        meaning: "½ Σ (s − target)² over all units, a mean over samples, at the start.",
      },
      finalLoss: { meaning: "The same at the end." },
      ...aligned.values,
    },
    curves: {
      loss: { meaning: "½ Σ (s − target)² over all units, a mean over samples.", against },
      ...aligned.curves,
    },
  },
  usesData: false,
  demand: ({ experiment, options }) => demandOf(experiment, options),
  run: ({ experiment, options: o, seed, progress }) => {
    const { layers, blocks, asymmetric } = experiment.network;
    if (blocks || asymmetric)
      throw new InputError(
        `${experiment.name}: network.${blocks ? "blocks" : "asymmetric"} is given, and ` +
          "local-targets trains a chain of layers; leave it out",
      );
    checkDepth(layers.length, experiment.name);
    if (layers.length < 3)
      throw new InputError(
        `${experiment.name}: network.layers has ${layers.length} layers, expected at least 3, ` +
          "or no gradient comes from above",
      );
    if (o.samples % o.batch !== 0)
      throw new InputError(
        `${experiment.name}: options.samples is ${o.samples}, expected a multiple of ` +
          `options.batch, ${o.batch}`,
      );
    return Promise.resolve(learn(experiment, o, seed, progress));
  },
};

function learn(
  experiment: Experiment,
  o: Options,
  seed: number,
  progress: (fraction: number) => void,
): Measured {
  const { show, student, target, descend, gradients, bench } = classroom(experiment, o, seed);
  const layers = bench.layout.sizes.length - 1;
  const rates = new Array<number>(layers).fill(o.rate / o.batch);
  const perPass = o.samples / o.batch;
  const inOrder = consecutive(o.samples);
  const at: number[] = [];
  const losses: number[] = [];
  const cosines: (readonly number[])[] = [];
  const test = (iteration: number) => {
    let sum = 0;
    gradients.clear();
    for (let b = 0; b < perPass; b++) {
      show(inOrder, b);
      student.forward();
      sum += squares(bench.guess, target);
      gradients.add(target);
    }
    at.push(iteration);
    losses.push((0.5 * sum) / o.samples);
    cosines.push(gradients.cosines());
    return Number.isFinite(sum);
  };
  const end = (outcome: string): Measured => {
    const { values, curves } = alignments(at, cosines);
    return {
      outcome,
      values: { startLoss: losses[0], finalLoss: losses[losses.length - 1], ...values },
      curves: { loss: { x: at, y: losses }, ...curves },
    };
  };
  test(0);
  let order: Uint32Array = inOrder;
  for (let n = 1; n <= o.iterations; n++) {
    const batch = (n - 1) % perPass;
    if (batch === 0) order = random(seed, "order", (n - 1) / perPass).permutation(o.samples);
    show(order, batch);
    student.forward();
    student.compare(target, rates);
    descend();
    if (n % o.every !== 0 && n !== o.iterations) continue;
    if (!test(n))
      return {
        ...end(diverged),
        advice:
          `Training diverged: the loss is not a number after ${n} iterations. Lower ` +
          "options.rate.",
      };
    progress(n / o.iterations);
  }
  return end("completed");
}

/** A student and a teacher on one bench, and what the teacher says of every sample. */
function classroom({ network, precision }: Experiment, o: Options, seed: number) {
  const graph = chain(network.layers);
  const bench = feedforward(graph, { batch: o.batch, precision, low: -0.5, high: 0.5 });
  const {
    inputs: x,
    layout: { size },
  } = bench;
  const { width } = x;
  const target = bench.vector();
  const student = digitalCopy(bench, { loss: o.loss });
  const teacher = digitalCopy({ ...bench, guess: target });
  student.parameters.load(xavierNormal(graph, "copy", o.gain, random(seed, "student"), precision));
  teacher.parameters.load(xavierNormal(graph, "copy", o.gain, random(seed, "teacher"), precision));
  const draw = random(seed, "inputs");
  const xs = Float64Array.from({ length: o.samples * width }, () => draw.normal());
  const targets = new Float64Array(o.samples * size);
  const shown = new Float64Array(o.batch * width);
  /** Presents a batch of an order of the samples, and its targets. */
  const show = (order: Uint32Array, batch: number) => {
    for (let r = 0; r < o.batch; r++) {
      const i = order[batch * o.batch + r];
      shown.set(xs.subarray(i * width, (i + 1) * width), r * width);
      target.array.set(targets.subarray(i * size, (i + 1) * size), r * size);
    }
    x.showReals(shown, o.batch);
    x.list();
  };
  const descend = momentum(bench, student, o.momentum);
  const gradients = aligner(bench, student);
  for (let b = 0; b < o.samples / o.batch; b++) {
    show(consecutive(o.samples), b);
    teacher.forward();
    targets.set(target.array, b * o.batch * size);
  }
  return { bench, student, target, show, descend, gradients };
}

/** Σ (a − b)². */
function squares(a: Slot<Vec>, b: Slot<Vec>): number {
  const p = a.array;
  const q = b.array;
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += square(p[i] - q[i]);
  return sum;
}

/** Both networks, the states of all samples, and the passes through them. */
function demandOf({ name, network: { layers } }: Experiment, o: Options): Demand {
  const units = layers.reduce((sum, n) => sum + n, 0);
  const synapses = layers.slice(1).reduce((sum, n, l) => sum + n * layers[l], 0);
  const learned = 6 * o.iterations * Math.min(o.batch, o.samples);
  const tested = (2 * o.samples * o.iterations) / o.every;
  return {
    of: `${name}: local-targets of ${layers.join("-")} on ${o.samples} samples`,
    bytes: 8 * (6 * synapses + 6 * units * (o.samples + o.batch)),
    seconds: ((learned + tested) * synapses) / perSecond,
    less: "ask for fewer options.samples, options.iterations or smaller network.layers",
  };
}
