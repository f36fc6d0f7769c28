import type { Circuit } from "../../../src/circuit/circuit.ts";
import type { Split } from "../../../src/data/dataset.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import { random, restore } from "../../../src/numerics/random.ts";
import type { Tensor } from "../../../src/numerics/vec.ts";
import type { Experiment } from "../../../src/experiment/schema.ts";
import type { Tools } from "../../../src/runs/node/inputs.ts";
import type { Probe } from "../../../src/testbench/probe.ts";
import type { Session } from "../../../src/training/session.ts";
import { unscored } from "../../support/images.ts";

export interface FakeOptions {
  /** Milliseconds that one minibatch takes. */
  readonly pause?: number;
  /** The chip's training error after an epoch, percent. */
  readonly error?: (epoch: number) => number;
  /** From this minibatch on nothing is finite. */
  readonly breaksAt?: number;
}

/**
 * A session whose parameters walk at random, so that equal bits prove that a run was continued
 * exactly.
 */
function fakeSession({
  pause = 0,
  error = (epoch) => 40 / (1 + epoch),
  breaksAt = Infinity,
}: FakeOptions = {}) {
  return (
    { network, seed, train, learning }: Experiment,
    circuit: Circuit,
    split: Split,
  ): Session => {
    let tensors = tensorsOf(network.layers, learning.rule !== "plain");
    let beta = random(seed, "beta");
    let step = 0;
    let recent: number | null = null;
    const stepsPerEpoch = Math.floor(split.train.count / train.batch);
    const finite = () => step < breaksAt;
    return {
      stepsPerEpoch,
      totalSteps: Math.round(train.epochs * stepsPerEpoch),
      get step() {
        return step;
      },
      get recentError() {
        return recent;
      },
      get minibatchError() {
        return recent;
      },
      chance: { of: "classes", error: 90, spread: 1.5 },
      advance() {
        if (pause > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
        for (const { data } of tensors)
          for (let i = 0; i < data.length; i += 97) data[i] += beta.normal();
        step++;
        recent = finite() ? error(step / stepsPerEpoch) : NaN;
      },
      evaluate() {
        const epoch = step / stepsPerEpoch;
        const chip = finite() ? error(epoch) : null;
        const copy = learning.rule === "plain" || chip === null ? null : chip + 1;
        return {
          epoch,
          step,
          testErrorCopy: copy,
          testErrorChip: chip,
          trainErrorCopy: copy,
          trainErrorChip: chip,
          residual: finite() ? tensors[0].data[0] : NaN,
          agreement: copy === null ? null : 90,
          lambda: null,
          freeEvaluations: null,
          nudgedEvaluations: null,
          chipWeights: [],
          copyWeights: [],
          scores: unscored,
          finite: finite(),
        };
      },
      alignment: () => [],
      snapshot: () => ({
        tensors: tensors.map((t) => ({ ...t, data: t.data.slice() })),
        step,
        programmings: 0,
        evaluations: { free: 0, nudged: 0 },
        random: { beta: beta.state() },
      }),
      restore(saved) {
        tensors = tensors.map(({ name, shape }) => ({
          name,
          shape,
          data: saved.tensors.find((t) => t.name === name)!.data.slice(),
        }));
        step = saved.step;
        beta = restore(saved.random.beta);
        recent = null;
      },
      test: split.test,
      close() {
        /* it works alone */
      },
      // As it was fabricated: nothing learns on it.
      trained: () => ({
        chip: fabricate(circuit, chain(network.layers), { batch: 1 }),
        copy: null,
        settler: {
          namedByChip: null,
          guess: null,
          namedByCopy: { ptr: 0, length: 0, array: new Int32Array() },
          settled: null,
          residual: null,
          settle: () => undefined,
        },
        lambda: 0,
      }),
    };
  };
}

function tensorsOf(sizes: readonly number[], withCopy: boolean): Tensor[] {
  return (withCopy ? ["chip", "copy"] : ["chip"]).flatMap((owner) =>
    sizes.slice(1).flatMap((n, l) => [
      {
        name: `${owner}.block.${l}-${l + 1}.weight`,
        shape: [sizes[l], n],
        data: new Float32Array(sizes[l] * n),
      },
      { name: `${owner}.layer.${l + 1}.bias`, shape: [n], data: new Float32Array(n) },
    ]),
  );
}

/** The fake session, and a look at it that finds one image. */
export function fakeTools(options: FakeOptions = {}): Tools {
  return { createSession: fakeSession(options), probe: () => found };
}

const found: Probe = {
  settling: {
    images: 1,
    tauSeconds: 1e-8,
    fromZero: { time: [0, 1], energy: [1, 0], residual: [1, 0.1] },
    fromGuess: null,
  },
  scatter: [],
  confusion: Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => 1)),
  columns: null,
  values: [],
  filters: { shape: [28, 28], images: [] },
  mistakes: { shape: [28, 28], examples: [], total: 0 },
  physics: [],
  hindrances: [],
};
