import { describe, expect, test } from "vitest";
import {
  contestants,
  settleAll,
  trainByWay,
  ways,
  type SettleResult,
  type SolverTrainingResult,
} from "../../bench/solver-tasks.ts";
import { settleRows, trainingRows } from "../../bench/solvers.ts";
import { solver } from "../../src/experiment/solver-schema.ts";

describe("the solver benchmark", () => {
  test("names solvers as experiment files do", () => {
    for (const setting of Object.values(contestants))
      expect(solver.safeParse(setting).success).toBe(true);
  });

  test("settles by turns: evaluations to each goal, no time for who does not get there", async () => {
    const seen: SettleResult[] = [];
    await settleAll(
      {
        op: "settle",
        data: "digits",
        layers: [784, 12, 10],
        lambda: 10,
        solvers: ["euler ε = 0.5", "block-descent"],
        images: 2,
        steps: 200,
        rounds: 1,
      },
      (r) => seen.push(r),
    );
    expect(seen[0]).toMatchObject({
      solver: "euler ε = 0.5",
      evaluations: [null, null, null],
      milliseconds: null,
    });
    const [coarse, fine, finest] = seen[1].evaluations.map(Number);
    expect(coarse).toBeGreaterThan(0);
    expect(fine).toBeGreaterThanOrEqual(coarse);
    expect(finest).toBeGreaterThanOrEqual(fine);
    expect(seen[1].milliseconds).toBeGreaterThan(0);
  });

  test("has a row for every network and solver, and nothing where it was not tried", () => {
    const row = (solver: string, lambda: number, evaluations: (number | null)[]) => ({
      layers: [2, 1],
      lambda,
      solver,
      evaluations,
      milliseconds: evaluations[1] === null ? null : 0.123456,
    });
    expect(
      settleRows(
        [row("a", 0, [1.4, 2, null]), row("b", 0, [3, null, null]), row("a", 1, [1, 1, 1])],
        [0, 1],
      ),
    ).toEqual([
      ["2-1", "a", "1 / 2 / –", "0.123", "1 / 1 / 1", "0.123"],
      ["2-1", "b", "3 / – / –", "–", "", ""],
    ]);
  });

  test("compares the evaluations of both phases with those of Euler", () => {
    const [euler, block] = Object.keys(ways) as SolverTrainingResult["way"][];
    const result = (
      way: SolverTrainingResult["way"],
      seed: number,
      free: number,
    ): SolverTrainingResult => ({
      way,
      seed,
      epochs: 5,
      testErrorCopy: seed,
      testErrorChip: 2 * seed,
      freeEvaluations: free,
      nudgedEvaluations: 4,
      trainSeconds: 1,
    });
    const [first, second] = trainingRows([
      result(euler, 1, 20),
      result(euler, 2, 20),
      result(block, 1, 6),
      result(block, 2, 10),
    ]);
    expect(first).toMatchObject({
      ratio: 1,
      seeds: [1, 2],
      testErrorsCopy: [1, 2],
      testErrorsChip: [2, 4],
    });
    expect(second).toMatchObject({ ratio: 0.5, freeEvaluations: 8 });
  });

  test("trains the first way with the paper's steps", async () => {
    const seen: SolverTrainingResult[] = [];
    await trainByWay(
      {
        op: "solver-training",
        data: "digits",
        threads: 1,
        way: "euler, T⁻ = 20, T⁺ = 4",
        seed: 1,
        epochs: 0.004,
      },
      (r) => seen.push(r),
    );
    expect(seen).toMatchObject([{ freeEvaluations: 20, nudgedEvaluations: 4 }]);
  });
});
