import type { Circuit } from "../circuit/circuit.ts";
import { epochOrder } from "../data/batches.ts";
import { take, type Dataset, type Split } from "../data/dataset.ts";
import { fabricate } from "../dynamics/chip.ts";
import type { Parameters } from "../dynamics/parameters.ts";
import { blockName, chain, graph, type Graph } from "../energy/graph.ts";
import { learner } from "../learning/algorithm.ts";
import { digitalCopy } from "../learning/copy.ts";
import { score } from "../learning/survey.ts";
import { InputError } from "../numerics/errors.ts";
import { random, restore } from "../numerics/random.ts";
import type { WeightStatistics } from "../output/metrics.ts";
import { euler } from "../solver/euler.ts";
import { settler } from "../solver/settle.ts";
import { probe } from "./probe.ts";
import type { Experiment } from "./schema.ts";
import type { Session } from "./session.ts";

/** Images of the training set that the training error is measured on. */
const trainSample = 10_000;

/**
 * Fabricates the experiment's chip, gives it a copy and readies both for training.
 * @throws InputError when data, network and minibatch do not fit together.
 */
export function createSession(experiment: Experiment, circuit: Circuit, split: Split): Session {
  const { learning, settle, seed } = experiment;
  const train = take(split.train, experiment.data.train ?? Infinity), test = take(split.test, experiment.data.test ?? Infinity);
  const net = networkOf(experiment);
  checkFit(experiment, train);
  const batch = experiment.train.batch;
  // Samples settle independently, so evaluation may use larger minibatches than training.
  const chip = fabricate(circuit, net, { die: experiment.die, seed, batch: Math.max(batch, 100), precision: experiment.precision });
  const copy = learning.rule === "plain" ? null : digitalCopy(chip, { ...learning.copy, seed });
  const solver = euler(settle.step), lambda = copy ? learning.lambda : 0;
  const learn = learner(chip, copy, {
    solver, freeSteps: settle.free.steps, nudgedSteps: settle.nudged.steps, beta: learning.beta,
    centred: learning.sign === "centred", lambda, rates: learning.rates, copyTarget: learning.copy.target,
  });
  const settleFree = settler(chip, solver, { steps: settle.free.steps });
  const stepsPerEpoch = Math.floor(train.count / batch);
  const labels = new Uint8Array(batch);
  let step = 0, signs = random(seed, "beta"), epoch = -1, order: Uint32Array = new Uint32Array();
  let recent: number | null = null;

  const nextSign = (): 1 | -1 => {
    if (learning.sign === "random") return signs.uniform() < 0.5 ? -1 : 1;
    return learning.sign === "negative" ? -1 : 1;
  };
  return {
    stepsPerEpoch, totalSteps: Math.round(experiment.train.epochs * stepsPerEpoch),
    get step() { return step; },
    get recentErrorChip() { return recent; },
    advance() {
      const now = Math.floor(step / stepsPerEpoch);
      if (now !== epoch) {
        epoch = now;
        order = epochOrder(train.count, seed, epoch);
      }
      const first = (step % stepsPerEpoch) * batch, chosen = order.subarray(first, first + batch);
      chosen.forEach((image, i) => { labels[i] = train.labels[image]; });
      chip.inputs.showBytes(train.pixels, chosen, train.scale);
      const lesson = learn(labels, nextSign());
      const error = Number.isFinite(lesson.free.residual) ? (100 * lesson.wrongChip) / batch : NaN;
      recent = recent === null ? error : recent + 0.01 * (error - recent);
      step++;
    },
    evaluate() {
      const onTest = score(chip, copy, test, lambda, settleFree), onTrain = score(chip, copy, take(train, trainSample), lambda, settleFree);
      const chipWeights = statistics(chip.parameters), copyWeights = copy ? statistics(copy.parameters) : [];
      const finite = [onTest.residual, onTrain.residual, ...[...chipWeights, ...copyWeights].map((w) => w.max)].every(Number.isFinite);
      return {
        epoch: step / stepsPerEpoch, step, testErrorCopy: onTest.copy, testErrorChip: onTest.chip, trainErrorCopy: onTrain.copy, trainErrorChip: onTrain.chip,
        residual: onTest.residual, agreement: onTest.agreement, chipWeights, copyWeights, finite,
      };
    },
    snapshot: () => ({ tensors: [...chip.parameters.tensors(), ...(copy?.parameters.tensors() ?? [])], step, random: { beta: signs.state() } }),
    restore(saved) {
      chip.program(saved.tensors);
      copy?.parameters.load(saved.tensors);
      signs = restore(saved.random.beta);
      step = saved.step;
      epoch = -1;
      recent = null;
    },
    probe: () => probe(chip, copy, test, { solver, lambda, steps: settle.free.steps, settleFree }),
    network: () => ({ chip, copy }),
  };
}

/** The block graph an experiment asks for; partial blocks draw their synapses from the seed. */
function networkOf({ network, seed }: Experiment): Graph {
  if (!network.blocks) return chain(network.layers);
  return graph(network.layers, network.blocks.map(({ from, to, density }) => {
    if (density === 1) return { from, to };
    const draw = random(seed, "mask", blockName({ from, to }));
    return { from, to, mask: Uint8Array.from({ length: network.layers[from] * network.layers[to] }, () => (draw.uniform() < density ? 1 : 0)) };
  }));
}

function checkFit({ network, train, name }: Experiment, data: Dataset): void {
  const width = data.shape[0] * data.shape[1], { layers } = network;
  if (layers[0] !== width)
    throw new InputError(`${name}: network.layers begins with ${layers[0]}, but an image of ${data.name} has ${data.shape.join(" × ")} = ${width} pixels; make it ${width}`);
  if (layers.at(-1) !== data.classes)
    throw new InputError(`${name}: network.layers ends with ${layers.at(-1)!}, but ${data.name} has ${data.classes} classes; make it ${data.classes}`);
  if (train.batch > data.count)
    throw new InputError(`${name}: train.batch is ${train.batch}, but only ${data.count} training images are used; make it at most that`);
}

function statistics({ weights }: Parameters): WeightStatistics[] {
  return weights.map((w) => {
    let sum = 0, squares = 0, max = 0;
    const n = w.rows * w.cols, data = w.slot.array;
    // Padding columns are zero and add nothing.
    for (const v of data) {
      sum += v; squares += v * v;
      if (!(Math.abs(v) <= max)) max = Math.abs(v);
    }
    return { block: blockName(w.block), mean: sum / n, std: Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)), max };
  });
}
