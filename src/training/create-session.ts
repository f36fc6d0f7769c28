import type { Circuit } from "../circuit/circuit.ts";
import { nodesFor } from "../circuit/outputs.ts";
import { epochOrder } from "../data/batches.ts";
import { take, type Dataset, type Split } from "../data/dataset.ts";
import type { Parameters } from "../dynamics/synapses/parameters.ts";
import { blockName } from "../energy/graph.ts";
import { countWrong } from "../learning/algorithm.ts";
import { aligner, type Aligner } from "../learning/alignment.ts";
import { show } from "../learning/enter.ts";
import { score, survey, type Settler } from "../learning/survey.ts";
import { InputError } from "../numerics/errors.ts";
import { random, restore } from "../numerics/random.ts";
import type { WeightStatistics } from "../output/metrics.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import type { Threads } from "./threads/control.ts";
import { buildNetworks } from "./networks.ts";
import { persistentStates } from "./persistent.ts";
import { settles } from "../experiment/rules.ts";
import { nextSign, signsOf } from "../experiment/signs.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { Session } from "./session.ts";

/** Images of the training set that the training error is measured on. */
const trainSample = 10_000;

/** Spawns the threads that a session works with, besides the one that calls. */
export type Spawn = (experiment: Experiment, circuit: Circuit) => Threads;

/**
 * Fabricates the experiment's chip, gives it a copy and readies both for training.
 * @param spawn makes a team of threads; without it this thread works alone. The numbers are the
 *   same.
 * @throws InputError when data, network and minibatch do not fit together.
 */
export function createSession(
  experiment: Experiment,
  circuit: Circuit,
  split: Split,
  { spawn }: { spawn?: Spawn } = {},
): Session {
  const { learning, seed } = experiment;
  const { batch } = experiment.train;
  const train = take(split.train, experiment.data.train ?? Infinity);
  const test = take(split.test, experiment.data.test ?? Infinity);
  checkFit(experiment, circuit, train);
  const threads = spawn?.(experiment, circuit);
  const { chip, copy, learner, persistent } = buildNetworks(experiment, circuit, {
    team: threads?.team,
    memory: threads?.memory,
  });
  const states = persistent && persistentStates(chip, persistent, train.count);
  const trained = settles(learning.rule) ? chip.parameters : null;
  threads?.start();
  const settler: Settler = {
    namedByChip: learner.namedByChip,
    namedByCopy: learner.namedByCopy,
    settled: learner.settled,
    get residual() {
      return learner.residual;
    },
    settle() {
      threads?.order({ op: "settle", lambda: lambda(), presented: chip.inputs.presented });
      learner.settle(lambda());
    },
  };
  const stepsPerEpoch = Math.floor(train.count / batch);
  let step = 0;
  let evaluations = { free: 0, nudged: 0 };
  let signs = random(seed, "beta");
  let epoch = -1;
  let order: Uint32Array = new Uint32Array();
  let recent: number | null = null;
  let aligned: Aligner | undefined;

  const lambda = () => lambdaAt(learning.lambda, step / stepsPerEpoch);
  return {
    stepsPerEpoch,
    test,
    totalSteps: Math.round(experiment.train.epochs * stepsPerEpoch),
    get step() {
      return step;
    },
    get recentError() {
      return recent;
    },
    advance() {
      const now = Math.floor(step / stepsPerEpoch);
      if (now !== epoch) {
        epoch = now;
        order = epochOrder(train.count, seed, epoch);
      }
      const first = (step % stepsPerEpoch) * batch;
      const chosen = order.subarray(first, first + batch);
      // Even moments are minibatches, odd ones surveys: what is measured does not disturb what is
      // learned.
      show(chip, train, chosen, 2 * step);
      states?.recall(chosen);
      const sign = nextSign(signsOf(learning), signs);
      threads?.order({ op: "learn", sign, lambda: lambda(), presented: chip.inputs.presented });
      learner.learn(sign, lambda());
      states?.keep(chosen);
      const spent = learner.evaluations;
      evaluations = {
        free: evaluations.free + spent.free,
        nudged: evaluations.nudged + spent.nudged,
      };
      const error = learner.finite
        ? (100 * countWrong(learner.namedByChip ?? learner.namedByCopy, chip)) / batch
        : NaN;
      recent = recent === null ? error : recent + 0.01 * (error - recent);
      step++;
    },
    evaluate() {
      const onTest = score(chip, settler, test);
      const onTrain = score(chip, settler, take(train, trainSample));
      const chipWeights = trained ? statistics(trained) : [];
      const copyWeights = copy ? statistics(copy.parameters) : [];
      const finite = [
        onTest.residual ?? 0,
        onTrain.residual ?? 0,
        ...[...chipWeights, ...copyWeights].map((w) => w.max),
      ].every(Number.isFinite);
      const perSample = (total: number) => (step === 0 ? null : total / (step * batch));
      const ofCopy = <T>(value: T) => (copy ? value : null);
      return {
        epoch: step / stepsPerEpoch,
        step,
        testErrorCopy: ofCopy(onTest.copy),
        testErrorChip: onTest.chip,
        trainErrorCopy: ofCopy(onTrain.copy),
        trainErrorChip: onTrain.chip,
        residual: onTest.residual,
        agreement: ofCopy(onTest.agreement),
        lambda: copy && trained ? lambda() : null,
        freeEvaluations: trained && perSample(evaluations.free),
        nudgedEvaluations: trained && perSample(evaluations.nudged),
        chipWeights,
        copyWeights,
        finite,
      };
    },
    alignment(images) {
      const { settled } = settler;
      if (!copy || !settled) return [];
      // What it needs is allocated after everything that a team shares.
      const gradients = (aligned ??= aligner(chip, copy));
      gradients.clear();
      survey(chip, settler, take(train, images), () => {
        gradients.add(settled);
      });
      return gradients.cosines();
    },
    snapshot() {
      const { tensors, programmings } = chip.held();
      return {
        tensors: [...tensors, ...(copy?.parameters.tensors() ?? []), ...(states?.tensors() ?? [])],
        programmings,
        step,
        evaluations,
        random: { beta: signs.state() },
      };
    },
    restore(saved) {
      chip.restore(saved);
      copy?.parameters.load(saved.tensors);
      states?.load(saved.tensors);
      signs = restore(saved.random.beta);
      step = saved.step;
      evaluations = saved.evaluations;
      epoch = -1;
      recent = null;
    },
    trained: () => ({ chip, copy, settler, lambda: lambda() }),
    close() {
      threads?.close();
    },
  };
}

function checkFit({ network, train, name }: Experiment, circuit: Circuit, data: Dataset): void {
  const width = data.shape[0] * data.shape[1];
  const { layers } = network;
  const nodes = nodesFor(circuit, data.classes);
  if (layers[0] !== width)
    throw new InputError(
      `${name}: network.layers begins with ${layers[0]}, but an image of ${data.name} has ` +
        `${data.shape.join(" × ")} = ${width} pixels; make it ${width}`,
    );
  if (layers.at(-1) !== nodes)
    throw new InputError(
      `${name}: network.layers ends with ${layers.at(-1)!}, but ${data.name} has ` +
        `${data.classes} ` +
        `classes${nodes === data.classes ? "" : `, and the outputs of circuit ${circuit.name} are differential, two nodes a class`}; ` +
        `make it ${nodes}`,
    );
  if (train.batch > data.count)
    throw new InputError(
      `${name}: train.batch is ${train.batch}, but only ${data.count} training images are ` +
        "used; make it at most that",
    );
}

function statistics({ weights }: Parameters): WeightStatistics[] {
  return weights.map((w) => {
    let sum = 0;
    let squares = 0;
    let max = 0;
    const n = w.rows * w.cols;
    // Padding columns are zero and add nothing.
    for (const v of w.slot.array) {
      sum += v;
      squares += v * v;
      if (!(Math.abs(v) <= max)) max = Math.abs(v);
    }
    return {
      block: blockName(w.block),
      mean: sum / n,
      std: Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)),
      max,
    };
  });
}
