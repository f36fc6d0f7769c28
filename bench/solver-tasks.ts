import { circuitText } from "../src/circuit/library.ts";
import { parseCircuit } from "../src/circuit/read/parse.ts";
import { solverOf } from "../src/experiment/catalogue.ts";
import { createSession } from "../src/training/create-session.ts";
import { readData } from "../src/runs/node/data.ts";
import { threads as spawnThreads } from "../src/training/threads/node/threads.ts";
import { experimentSchema, type Experiment } from "../src/experiment/schema.ts";
import type { SolverSetting } from "../src/experiment/solver-schema.ts";
import { beginFree, subject } from "../src/study/measurements/subject.ts";
import { widenVectors } from "../src/numerics/kernels/node/widen.ts";
import { settle } from "../src/solver/settle.ts";
import { experimentOf, nets } from "./cells.ts";
import { folderOf, setOf, type DataChoice } from "./setup.ts";
import { median } from "./statistics.ts";

/** Every solver of the table, as experiment files name it. */
export const contestants: Readonly<Record<string, SolverSetting>> = {
  "euler ε = 0.5": { name: "euler", step: 0.5 },
  "euler ε = 0.1": { name: "euler", step: 0.1 },
  heun: "heun",
  "bogacki-shampine": "bogacki-shampine",
  "dormand-prince": "dormand-prince",
  odex: "odex",
  "energy-descent": "energy-descent",
  "exponential-euler": { name: "exponential-euler", step: 0.5 },
  "linearly-implicit-euler": { name: "linearly-implicit-euler", step: 2 },
  "pseudo-transient": "pseudo-transient",
  "block-descent": "block-descent",
  "spectral-gradient": "spectral-gradient",
  fista: "fista",
  "newton-cg": "newton-cg",
  anderson: "anderson",
};

/** Natural residuals to reach; times are those to the second. */
export const goals = [1e-3, 1e-6, 1e-9] as const;

/** Settles fresh chips from zero by each solver, by turns. */
export interface SettleTask {
  readonly op: "settle";
  readonly data: DataChoice;
  readonly layers: readonly number[];
  readonly lambda: number;
  readonly solvers: readonly string[];
  readonly images: number;
  readonly steps: number;
  readonly rounds: number;
}

export interface SettleResult {
  readonly layers: readonly number[];
  readonly lambda: number;
  readonly solver: string;
  /** Of F, means over the images; null where one did not settle. One entry a goal. */
  readonly evaluations: readonly (number | null)[];
  /** Of one image to 1e-6, all settled together; median over the rounds. */
  readonly milliseconds: number | null;
}

/**
 * Ways to settle while learning: the paper's steps, and block descent to what the gradient needs.
 */
export const ways = {
  "euler, T⁻ = 20, T⁺ = 4": {},
  "block descent": { settle: toTolerance("block-descent") },
  "block descent, β = ¼": { settle: toTolerance("block-descent"), beta: 0.25 },
  "block descent, then 4 steps of euler": {
    settle: { ...toTolerance("block-descent"), nudged: { solver: "euler", steps: 4 } },
  },
} as const satisfies Readonly<Record<string, { readonly settle?: object; readonly beta?: number }>>;

export type Way = keyof typeof ways;

function toTolerance(solver: string) {
  return { solver, free: { tolerance: "auto" }, nudged: { tolerance: "auto" } };
}

/** Trains SMALL for some epochs. */
export interface SolverTrainingTask {
  readonly op: "solver-training";
  readonly data: DataChoice;
  readonly threads: number;
  readonly way: Way;
  readonly seed: number;
  readonly epochs: number;
}
export interface SolverTrainingResult {
  readonly way: Way;
  readonly seed: number;
  readonly epochs: number;
  readonly testErrorCopy: number;
  readonly testErrorChip: number;
  /** Of F, per sample and phase. */
  readonly freeEvaluations: number;
  readonly nudgedEvaluations: number;
  readonly trainSeconds: number;
}

async function openData(experiment: Experiment, data: DataChoice) {
  widenVectors();
  return {
    circuit: await parseCircuit(circuitText("ideal"), "circuits/ideal.yaml"),
    split: await readData(experiment, { given: folderOf(data) }),
  };
}

export async function settleAll(
  { data, layers, lambda, solvers, images, steps, rounds }: SettleTask,
  report: (result: SettleResult) => void,
): Promise<void> {
  const { nudgedSteps, beta } = nets.SMALL;
  const rates = layers.slice(1).map(() => 0.1);
  const base = experimentOf(
    { layers, freeSteps: 20, nudgedSteps, beta, rates, batch: 20 },
    setOf(data),
  );
  const experiment: Experiment = {
    ...base,
    precision: "f64",
    learning: { ...base.learning, lambda },
  };
  const on = subject(
    { experiment, ...(await openData(experiment, data)), progress: () => undefined },
    images,
    0,
  );
  const run = (name: string, tolerance: number) => {
    beginFree({ chip: on.chip, lambda }, undefined);
    return settle(on.chip, on.chip.state.array, solverOf(contestants[name], 0.5), {
      steps,
      tolerance,
    });
  };
  const counted = new Map(
    solvers.map((name) => [
      name,
      goals.map((goal) => {
        const ended = run(name, goal);
        return ended.outcome === "settled" ? ended.stats.evaluations : null;
      }),
    ]),
  );
  const timed = solvers.filter((name) => counted.get(name)![1] !== null);
  const spent = new Map(timed.map((name) => [name, [] as number[]]));
  for (let r = 0; r < rounds; r++)
    for (const name of r % 2 === 0 ? timed : timed.toReversed()) {
      const begin = performance.now();
      run(name, goals[1]);
      spent.get(name)!.push((performance.now() - begin) / images);
    }
  for (const name of solvers)
    report({
      layers,
      lambda,
      solver: name,
      evaluations: counted.get(name)!,
      milliseconds: spent.has(name) ? Number(median(spent.get(name)!).toPrecision(3)) : null,
    });
  on.close();
}

export async function trainByWay(
  { data, threads, way, seed, epochs }: SolverTrainingTask,
  report: (result: SolverTrainingResult) => void,
): Promise<void> {
  const { layers, nudgedSteps, beta, rates } = nets.SMALL;
  const base = experimentOf(
    { layers, freeSteps: 20, nudgedSteps, beta, rates, batch: 20, epochs },
    setOf(data),
  );
  const { settle = {}, beta: ownBeta = beta }: { settle?: object; beta?: number } = ways[way];
  const experiment = experimentSchema.parse({
    ...base,
    seed,
    settle: { ...base.settle, ...settle },
    learning: { ...base.learning, beta: ownBeta },
  });
  const { circuit, split } = await openData(experiment, data);
  const session = createSession(experiment, circuit, split, { spawn: spawnThreads(threads) });
  const begin = performance.now();
  while (session.step < session.totalSteps) session.advance();
  const trainSeconds = Number(((performance.now() - begin) / 1000).toFixed(1));
  const seen = session.evaluate();
  session.close();
  report({
    way,
    seed,
    epochs,
    testErrorCopy: seen.testErrorCopy ?? NaN,
    testErrorChip: seen.testErrorChip ?? NaN,
    freeEvaluations: seen.freeEvaluations ?? NaN,
    nudgedEvaluations: seen.nudgedEvaluations ?? NaN,
    trainSeconds,
  });
}
