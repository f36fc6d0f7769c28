import type { Circuit } from "../circuit/circuit.ts";
import { chipBytes, countsOf, type Sizes } from "../dynamics/demand.ts";
import { perSecond, type Demand } from "../numerics/demand.ts";
import { metDies } from "../experiment/population.ts";
import { hasCopy, rules, settles } from "../experiment/rules.ts";
import { nudged } from "../experiment/nudging.ts";
import type { Experiment } from "../experiment/schema.ts";
import { measured } from "./evaluate.ts";

/** Images that are trained and tested on. */
export interface Images {
  readonly train: number;
  readonly test: number;
}

/**
 * Samples settled at once outside training: they settle independently, so this changes no number.
 */
const surveyed = 100;

/** Samples that the chip of an experiment holds at once. */
export function chipCapacity({ train }: Pick<Experiment, "train">): number {
  return Math.max(train.batch, surveyed);
}

/** Reals of a synapse of the copy, and of its unit of a sample. */
const copied = { synapse: 0.8, unit: 8 };
/** Steps of a phase that only a tolerance ends. */
const usual = 100;
/** Multiplications that a call, a minibatch and a unit's step cost besides. */
const besides = { minibatch: 2e6, unit: 10 };

/** What networks take in memory: chip, copy, and the states of training images that are kept. */
export function networkDemand(
  experiment: Experiment,
  circuit: Circuit,
  { train }: Pick<Images, "train"> = { train: 0 },
): Demand {
  const { name, network, precision, learning } = experiment;
  const shape = shapeOf(network);
  const { units, synapses } = countsOf(circuit, shape);
  const batch = chipCapacity(experiment);
  const dies = metDies(experiment).length;
  const real = precision === "f64" ? 8 : 4;
  const copy = hasCopy(learning.rule) ? copied.synapse * synapses + copied.unit * batch * units : 0;
  const kept = rules[learning.rule].persistent ? train : 0;
  return {
    of:
      `${name}: network.layers [${network.layers.join(", ")}], ${synapses} synapses, in ` +
      `minibatches of ${batch}`,
    bytes: dies * chipBytes(circuit, shape, { batch, precision }) + real * (copy + kept * units),
    less: "use smaller network.layers, or a smaller train.batch",
  };
}

/** What a training takes: its minibatches, and the evaluations on the way. */
export function trainingDemand(experiment: Experiment, circuit: Circuit, images: Images): Demand {
  const { epochs, batch, every } = experiment.train;
  const minibatches = epochs * Math.floor(images.train / batch);
  const evaluations = Math.min(minibatches, epochs / every);
  const { learned, settled } = sampleWork(experiment);
  return {
    ...networkDemand(experiment, circuit, images),
    seconds:
      (minibatches * (batch * learned + besides.minibatch) +
        evaluations * measuredImages(images) * settled) /
      perSecond,
    shorter:
      "use smaller network.layers, fewer train.epochs, fewer steps in settle.free and " +
      "settle.nudged, or a larger train.every",
  };
}

/** What one evaluation of a trained network takes. */
export function evaluationDemand(experiment: Experiment, circuit: Circuit, images: Images): Demand {
  return {
    ...networkDemand(experiment, circuit, images),
    seconds: (measuredImages(images) * sampleWork(experiment).settled) / perSecond,
    shorter: "it is what the run asks for; train one with fewer steps in settle.free",
  };
}

/** What so many minibatches, and then so many steps of images take. */
export function benchDemand(
  experiment: Experiment,
  circuit: Circuit,
  { minibatches, steps }: { readonly minibatches: number; readonly steps: number },
): Demand {
  const { learned, step } = sampleWork(experiment);
  return {
    ...networkDemand(experiment, circuit),
    seconds:
      (minibatches * (experiment.train.batch * learned + besides.minibatch) + steps * step) /
      perSecond,
    shorter: "ask for smaller options of the measurement, or smaller network.layers",
  };
}

const measuredImages = ({ train, test }: Images) => test + Math.min(train, measured);

/** Multiplications that a sample takes to be learned, to settle alone, and in a step of that. */
export function sampleWork({ network, settle, learning }: Experiment): {
  readonly learned: number;
  readonly settled: number;
  readonly step: number;
} {
  const { sizes, blocks } = shapeOf(network);
  const synapses = (of: Sizes["blocks"]) =>
    of.reduce((sum, { from, to }) => sum + (sizes[from] ?? 0) * (sizes[to] ?? 0), 0);
  const all = synapses(blocks);
  const units = sizes.slice(1).reduce((sum, n) => sum + n, 0);
  const step = 2 * synapses(blocks.filter(({ from }) => from > 0)) + besides.unit * units;
  const stepsOf = ({ steps, tolerance }: Experiment["settle"]["free"]) =>
    tolerance === undefined ? steps! : Math.min(steps ?? usual, usual);
  if (!settles(learning.rule)) return { learned: 6 * all, settled: 2 * all, step };
  const settled = all + step * stepsOf(settle.free);
  const nudges = nudged(learning).phases.length;
  return { settled, step, learned: settled + nudges * step * stepsOf(settle.nudged) + 4 * all };
}

/** Layers, and the blocks between them. */
function shapeOf({ layers, blocks }: Experiment["network"]): Sizes {
  return {
    sizes: layers,
    blocks: blocks ?? layers.slice(1).map((_, l) => ({ from: l, to: l + 1 })),
  };
}
