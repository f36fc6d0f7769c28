import { describe, expect, test } from "vitest";
import { timeImperfect, type ImperfectResult } from "../../bench/imperfect-task.ts";
import { imperfectRows } from "../../bench/imperfect.ts";

describe("the benchmark of imperfect chips", () => {
  test("forms ratios within a round, so that a slow round tells of the machine and not of the chip", () => {
    const rates = { ideal: [100, 10, 40], pcm: [50, 6, 30] } as const;
    const results = ([0, 1, 2] as const).flatMap((round) =>
      (["ideal", "pcm"] as const).map(
        (chip): ImperfectResult => ({ chip, round, samplesPerSecond: rates[chip][round] }),
      ),
    );
    expect(imperfectRows(results)).toEqual([
      { chip: "ideal", samplesPerSecond: 40, ofIdeal: 1, least: 1, most: 1 },
      { chip: "pcm", samplesPerSecond: 30, ofIdeal: 0.6, least: 0.5, most: 0.75 },
    ]);
  });

  test("times chips by turns, every other round backwards, and each of them trains", async () => {
    const seen: ImperfectResult[] = [];
    const setting = {
      layers: [784, 5, 10],
      freeSteps: 2,
      nudgedSteps: 2,
      beta: 0.5,
      rates: [0.1, 0.05],
      batch: 20,
    };
    await timeImperfect(
      {
        op: "imperfect",
        data: "digits",
        chips: ["ideal", "thermal noise", "cmos-130nm"],
        setting,
        rounds: 2,
        seconds: 0.01,
      },
      (r) => seen.push(r),
    );
    expect(seen.map(({ chip, round }) => `${round} ${chip}`)).toEqual([
      "0 ideal",
      "0 thermal noise",
      "0 cmos-130nm",
      "1 cmos-130nm",
      "1 thermal noise",
      "1 ideal",
    ]);
    for (const { samplesPerSecond } of seen) expect(samplesPerSecond).toBeGreaterThan(0);
  });
});
