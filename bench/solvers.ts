import { machine } from "./machine.ts";
import { announce, publish, say, type OutputOptions } from "./output.ts";
import type { DataChoice } from "./setup.ts";
import {
  contestants,
  goals,
  ways,
  type SettleResult,
  type SettleTask,
  type SolverTrainingResult,
  type Way,
} from "./solver-tasks.ts";
import { inChild } from "./spawn.ts";
import { digits, times } from "./table.ts";

export const parts = ["settling", "training"] as const;

export interface SolversOptions extends OutputOptions {
  readonly data: DataChoice;
  readonly only: readonly (typeof parts)[number][];
  readonly rounds: number;
  readonly epochs: number;
  readonly seeds: readonly number[];
}

const names = Object.keys(contestants);
/** Ten images each; the deep network with what is not hopeless there. */
const trials: readonly Omit<SettleTask, "op" | "data" | "rounds">[] = [
  ...[0, 1, 10, 100].map((lambda) => ({
    layers: [784, 500, 10],
    lambda,
    solvers: names,
    images: 10,
    steps: 3000,
  })),
  ...[1, 10].map((lambda) => ({
    layers: [784, 500, 500, 500, 10],
    lambda,
    solvers: names.filter((n) => n !== "odex" && n !== "euler ε = 0.1"),
    images: 4,
    steps: 1500,
  })),
];

/**
 * `bench solvers`: what settling costs by each solver, and what learning costs by some. Returns the
 * exit code.
 */
export async function benchSolvers(options: SolversOptions): Promise<number> {
  if (options.only.includes("settling")) await settling(options);
  if (options.only.includes("training")) await training(options);
  return 0;
}

async function settling({ data, rounds, json, write }: SolversOptions): Promise<void> {
  const here = machine();
  const results: SettleResult[] = [];
  announce("solvers", "Settling fresh chips from zero", here, { json, write });
  for (const trial of trials) {
    say(`${trial.layers.join("-")}, λ = ${trial.lambda}`);
    results.push(...(await inChild<SettleResult>({ op: "settle", data, rounds, ...trial })));
  }
  const lambdas = [...new Set(trials.map((t) => t.lambda))];
  publish(
    {
      name: "solvers",
      machine: here,
      objects: results,
      columns: [
        { title: "net" },
        { title: "solver" },
        ...lambdas.flatMap((l) => [`λ = ${l}`, "ms"].map((title) => ({ title, numeric: true }))),
      ],
      rows: settleRows(results, lambdas),
      notes: [
        "Evaluations of F to natural residuals of " +
          `${goals.map((g) => g.toExponential()).join(" / ")}, means over the images; – where ` +
          `one did not get there. Milliseconds of one image to ${goals[1].toExponential()}, ` +
          `medians of ${rounds} round(s), all solvers by turns. Double precision, Xavier ` +
          `weights, ${data === "digits" ? "the built-in digits" : "MNIST"}, one thread.`,
      ],
    },
    { json, write },
  );
}

/** A row for every network and solver, two columns for every λ. */
export function settleRows(
  results: readonly SettleResult[],
  lambdas: readonly number[],
): readonly (readonly string[])[] {
  const keys = [...new Set(results.map((r) => `${r.layers.join("-")}|${r.solver}`))];
  return keys.map((key) => {
    const [net, solver] = key.split("|");
    return [
      net,
      solver,
      ...lambdas.flatMap((lambda) => {
        const found = results.find(
          (r) => r.lambda === lambda && r.solver === solver && r.layers.join("-") === net,
        );
        if (!found) return ["", ""];
        return [
          found.evaluations.map((e) => (e === null ? "–" : Math.round(e).toString())).join(" / "),
          found.milliseconds === null ? "–" : digits(found.milliseconds),
        ];
      }),
    ];
  });
}

async function training({ data, epochs, seeds, json, write }: SolversOptions): Promise<void> {
  const here = machine();
  const results: SolverTrainingResult[] = [];
  announce(
    "solver-training",
    `Training 784-500-10 for ${epochs} epochs by each way to settle`,
    here,
    { json, write },
  );
  for (const seed of seeds)
    for (const way of Object.keys(ways) as Way[]) {
      const [result] = await inChild<SolverTrainingResult>({
        op: "solver-training",
        data,
        threads: 1,
        way,
        seed,
        epochs,
      });
      say(
        `${way}, seed ${seed}: copy ${result.testErrorCopy.toFixed(2)} %, chip ` +
          `${result.testErrorChip.toFixed(2)} %, ${digits(result.freeEvaluations)} + ` +
          `${digits(result.nudgedEvaluations)} evaluations a sample, ${result.trainSeconds} s`,
      );
      results.push(result);
    }
  const rows = trainingRows(results);
  const each = (errors: readonly number[]) => errors.map((e) => e.toFixed(2)).join(" · ");
  publish(
    {
      name: "solver-training",
      machine: here,
      objects: rows,
      columns: [
        { title: "settled by" },
        ...["test error, copy, %", "chip, %", "evaluations, free", "nudged", "of Euler's"].map(
          (title) => ({ title, numeric: true }),
        ),
      ],
      rows: rows.map((r) => [
        r.way,
        each(r.testErrorsCopy),
        each(r.testErrorsChip),
        digits(r.freeEvaluations),
        digits(r.nudgedEvaluations),
        times(r.ratio),
      ]),
      notes: [
        `After ${epochs} epochs of ${data === "digits" ? "the built-in digits" : "MNIST"}, ` +
          `errors for seeds ${seeds.join(", ")}; evaluations of F (or sweeps) per sample and ` +
          "phase, means over seeds. Block descent goes on in each phase until the residual is " +
          "below 4·10⁻⁴ |β| for each percent of error of the gradient, here half a percent.",
      ],
    },
    { json, write },
  );
}

/** One way to settle, over its seeds. */
export interface TrainingRow {
  readonly way: Way;
  readonly epochs: number;
  readonly seeds: readonly number[];
  /** One entry a seed. */
  readonly testErrorsCopy: readonly number[];
  readonly testErrorsChip: readonly number[];
  /** Means over seeds. */
  readonly freeEvaluations: number;
  readonly nudgedEvaluations: number;
  readonly trainSeconds: number;
  /** Evaluations of both phases over those of the first way. */
  readonly ratio: number;
}

export function trainingRows(results: readonly SolverTrainingResult[]): readonly TrainingRow[] {
  const rows = [...new Set(results.map((r) => r.way))].map((way) => {
    const own = results.filter((r) => r.way === way);
    const mean = (of: (r: SolverTrainingResult) => number) =>
      own.reduce((sum, r) => sum + of(r), 0) / own.length;
    return {
      way,
      seeds: own.map((r) => r.seed),
      epochs: own[0].epochs,
      testErrorsCopy: own.map((r) => r.testErrorCopy),
      testErrorsChip: own.map((r) => r.testErrorChip),
      freeEvaluations: mean((r) => r.freeEvaluations),
      nudgedEvaluations: mean((r) => r.nudgedEvaluations),
      trainSeconds: mean((r) => r.trainSeconds),
    };
  });
  const both = (r: { freeEvaluations: number; nudgedEvaluations: number }) =>
    r.freeEvaluations + r.nudgedEvaluations;
  return rows.map((r) => ({ ...r, ratio: Number((both(r) / both(rows[0])).toFixed(3)) }));
}
