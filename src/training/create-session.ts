import type { Circuit } from "../circuit/circuit.ts";
import { nodesFor } from "../circuit/outputs.ts";
import { epochOrder, sampleWeights, weightedOrder } from "../data/batches.ts";
import {
  aSample,
  inputWord,
  sampleWord,
  sizesText,
  take,
  widthOf,
  type Dataset,
  type Split,
} from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import { countWrong, type Trainer } from "../learning/algorithm.ts";
import { aligner, type Aligner } from "../learning/alignment.ts";
import { showSamples } from "../learning/enter.ts";
import type { DigitalCopy } from "../learning/copy.ts";
import { varianceOf } from "../learning/score.ts";
import { outputsIn, survey, type Settler } from "../learning/survey.ts";
import { InputError } from "../numerics/errors.ts";
import { random, restore, type RandomState } from "../numerics/random.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import { chanceOf } from "./divergence.ts";
import { evaluateNetworks, measuredOn } from "./evaluate.ts";
import type { BetaSign } from "../experiment/nudging.ts";
import type { Threads, Turn } from "./threads/control.ts";
import { buildNetworks, settlerOf } from "./networks.ts";
import { populationOf, type Members } from "./population.ts";
import { persistentStates } from "./persistent.ts";
import { limitsOf } from "../experiment/data-asked.ts";
import { settles } from "../experiment/rules.ts";
import { nextSign, nudged } from "../experiment/nudging.ts";
import type { Experiment } from "../experiment/schema.ts";
import type { Tensor } from "../numerics/vec.ts";
import type { Session } from "./session.ts";
import { square } from "../numerics/power.ts";

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
  const { learning } = experiment;
  const { batch } = experiment.train;
  const assembled = assemble(experiment, circuit, split, spawn);
  const { train, test, threads, chip, copy, learner, states } = assembled;
  const members = populationOf(experiment, assembled);
  const errors = recentErrors(minibatchError(learner, chip, train));
  const stepsPerEpoch = Math.floor(train.count / batch);
  const batchOf = minibatches(train, experiment);
  let step = 0;
  let evaluations: Evaluations = { free: 0, nudged: 0 };
  const sign = signing(experiment);

  const lambda = () => lambdaAt(learning.lambda, step / stepsPerEpoch);
  const team = inTeam(assembled, members, lambda);
  const settler = settlerOf(learner, team.settle);
  const alignmentOf = alignments(chip, copy, settler);
  return {
    stepsPerEpoch,
    test,
    totalSteps: Math.round(experiment.train.epochs * stepsPerEpoch),
    get step() {
      return step;
    },
    get recentError() {
      return errors.recent;
    },
    get minibatchError() {
      return errors.newest;
    },
    chance: chanceOf(measuredOn(train)),
    advance() {
      const chosen = batchOf(step);
      // Even moments are minibatches, odd ones surveys: what is measured does not disturb what is
      // learned.
      showSamples(chip, train, chosen, 2 * step);
      states?.recall(chosen);
      team.learn(step, sign.next());
      states?.keep(chosen);
      evaluations = sumOf(evaluations, learner.evaluations);
      errors.see();
      step++;
    },
    evaluate: () =>
      evaluateNetworks(
        { ...assembled, settler, settles: settles(learning.rule) },
        { step, samples: step * batch, epoch: step / stepsPerEpoch, lambda: lambda(), evaluations },
      ),
    alignment: (samples) => alignmentOf(take(train, samples)),
    snapshot() {
      const { tensors, programmings } = chip.held();
      return {
        tensors: [tensors, ...[members, copy?.parameters, states].map(tensorsOf)].flat(),
        programmings,
        step,
        evaluations,
        random: { beta: sign.state() },
      };
    },
    restore(saved) {
      chip.restore(saved);
      members.restore(saved.tensors, saved.step);
      copy?.parameters.load(saved.tensors);
      states?.load(saved.tensors);
      sign.restore(saved.random.beta);
      step = saved.step;
      evaluations = saved.evaluations;
      errors.forget();
    },
    trained: () => ({ chip, copy, settler, lambda: lambda() }),
    close() {
      threads?.close();
    },
  };
}

/** The signs of β, minibatch by minibatch, of a stream that can be kept. */
function signing({ learning, seed }: Experiment) {
  const nudging = nudged(learning);
  let draws = random(seed, "beta");
  return {
    next: () => nextSign(nudging, draws),
    state: () => draws.state(),
    restore(state: RandomState) {
      draws = restore(state);
    },
  };
}

/** What a part of a session holds, if there is one. */
function tensorsOf(part: { tensors(): readonly Tensor[] } | null | undefined): readonly Tensor[] {
  return part?.tensors() ?? [];
}

/** What all members of a team do at once, each with the chip whose turn it is. */
function inTeam(
  { threads, chip, learner, take: begins }: ReturnType<typeof assemble>,
  members: Members,
  lambda: () => number,
) {
  const told = (turn: Turn) => ({ lambda: lambda(), presented: chip.inputs.presented, turn });
  return {
    settle: () => {
      const turn = members.measured();
      threads?.order({ op: "settle", ...told(turn) });
      begins(turn);
      learner.settle(lambda());
    },
    learn(step: number, sign: BetaSign) {
      const turn = members.next(step);
      threads?.order({ op: "learn", sign, ...told(turn) });
      begins(turn);
      learner.learn(sign, lambda());
    },
  };
}

/** The data, the networks and the threads that work with them, ready to learn. */
function assemble(
  experiment: Experiment,
  circuit: Circuit,
  split: Split,
  spawn: Spawn | undefined,
) {
  const cut = limitsOf(experiment.data);
  const train = take(split.train, cut.train);
  const test = take(split.test, cut.test);
  const { validation } = split;
  checkFit(experiment, circuit, train);
  const threads = spawn?.(experiment, circuit);
  const { persistent, ...networks } = buildNetworks(experiment, circuit, {
    team: threads?.team,
    memory: threads?.memory,
  });
  const states = persistent && persistentStates(networks.chip, persistent, train.count);
  threads?.start();
  return { ...networks, train, test, validation, threads, states };
}

/**
 * Percent of the minibatch learned last that is named wrongly, or of the variance of the training
 * targets that it leaves unexplained, by the chip or, where none settles, by the copy.
 */
function minibatchError(learner: Trainer, chip: Chip, { targets, count }: Dataset): () => number {
  const { inputs: x } = chip;
  switch (targets.kind) {
    case "classes": {
      const named = () => learner.namedByChip ?? learner.namedByCopy;
      return () => (learner.finite ? (100 * countWrong(named(), chip)) / x.rows : NaN);
    }
    case "reals": {
      const { names, values, scaling } = targets;
      const variances = names.map(
        (_, k) => square(scaling.factor[k]) * varianceOf(values, names.length, k, count),
      );
      return () => {
        if (!learner.finite) return NaN;
        const predicted = outputsIn(chip, learner.settled ?? learner.guess);
        let unexplained = 0;
        for (let r = 0; r < x.rows; r++)
          variances.forEach((variance, k) => {
            if (variance > 0) unexplained += square(predicted(r, k) - x.target(r, k)) / variance;
          });
        return (100 * unexplained) / x.rows / names.length;
      };
    }
    default:
      return targets satisfies never;
  }
}

type Evaluations = Trainer["evaluations"];

function sumOf(a: Evaluations, b: Evaluations): Evaluations {
  return { free: a.free + b.free, nudged: a.nudged + b.nudged };
}

/** The newest error and their running mean over a hundred or so; null before the first. */
function recentErrors(now: () => number) {
  let newest: number | null = null;
  let recent: number | null = null;
  return {
    get newest() {
      return newest;
    },
    get recent() {
      return recent;
    },
    forget() {
      recent = null;
    },
    see() {
      newest = now();
      recent = recent === null ? newest : recent + 0.01 * (newest - recent);
    },
  };
}

/**
 * Which samples a step learns: those of its epoch in an order of its own, batch by batch.
 * @throws InputError for weights of classes that there are not.
 */
function minibatches(
  data: Dataset,
  { seed, train: { batch }, data: { weights: asked } }: Experiment,
): (step: number) => Uint32Array {
  const { count } = data;
  const weights = sampleWeights(data, asked);
  const perEpoch = Math.floor(count / batch);
  let epoch = -1;
  let order: Uint32Array = new Uint32Array();
  return (step) => {
    const now = Math.floor(step / perEpoch);
    if (now !== epoch) {
      epoch = now;
      order = weights ? weightedOrder(weights, seed, epoch) : epochOrder(count, seed, epoch);
    }
    const first = (step % perEpoch) * batch;
    return order.subarray(first, first + batch);
  };
}

/** The alignment of a copy's gradients on a data set; see `Session.alignment`. */
function alignments(
  chip: Chip,
  copy: DigitalCopy | null,
  settler: Settler,
): (data: Dataset) => readonly number[] {
  let aligned: Aligner | undefined;
  return (data) => {
    const { settled } = settler;
    if (!copy || !settled) return [];
    // What it needs is allocated after everything that a team shares.
    const gradients = (aligned ??= aligner(chip, copy));
    gradients.clear();
    survey(chip, settler, data, () => {
      gradients.add(settled);
    });
    return gradients.cosines();
  };
}

function checkFit({ network, train, name }: Experiment, circuit: Circuit, data: Dataset): void {
  const width = widthOf(data);
  const { layers } = network;
  const { kind, names } = data.targets;
  const nodes = nodesFor(circuit, names.length);
  if (layers[0] !== width)
    throw new InputError(
      `${name}: network.layers begins with ${layers[0]}, but ${aSample(data)} of ` +
        `${data.name} has ${sizesText(data)} ${inputWord(data)}; make it ${width}`,
    );
  const what = kind === "classes" ? "classes" : "targets";
  const pairs =
    nodes === names.length
      ? ""
      : `, and the outputs of circuit ${circuit.name} are differential, two nodes a ` +
        (kind === "classes" ? "class" : "target");
  if (layers.at(-1) !== nodes)
    throw new InputError(
      `${name}: network.layers ends with ${layers.at(-1)!}, but ${data.name} has ` +
        `${names.length} ${what}${pairs}; make it ${nodes}`,
    );
  if (train.batch > data.count)
    throw new InputError(
      `${name}: train.batch is ${train.batch}, but only ${data.count} training ` +
        `${sampleWord(data)}s are used; make it at most that`,
    );
}
