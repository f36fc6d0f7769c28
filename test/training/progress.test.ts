import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleMetrics } from "../support/report-data.ts";
import {
  durationText,
  evaluationLine,
  progressLine,
  rateText,
} from "../../src/training/progress.ts";
import { scoreDetails } from "../../src/output/score-text.ts";
import type { Progress } from "../../src/training/progress.ts";

const half: Progress = {
  step: 50,
  totalSteps: 100,
  epoch: 2.5,
  epochs: 5,
  samplesPerSecond: 12345,
  secondsLeft: 754,
  recentError: 4.2,
  chance: { of: "classes", error: 90, spread: 1 },
  last: undefined,
};

describe("what a run says about itself", () => {
  it("in the line that a terminal redraws: bar, epoch, rate, time left and errors", () => {
    expect(progressLine(half, 200)).toBe(
      `${"█".repeat(15)}${"░".repeat(15)}   50 %  epoch 2.50/5  12 300 samples/s  13 min ` +
        "left  training error 4.20 %",
    );
    const last = { ...sampleMetrics(1), testErrorCopy: 5.2, testErrorChip: 3.8 };
    expect(progressLine({ ...half, last }, 200)).toContain("test: copy 5.20 %, chip 3.80 %");
  });

  it("never wraps the line, whatever the width", () => {
    const number = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.nat(300), number, number, fc.nat(1000), (width, rate, left, step) => {
        expect(
          progressLine(
            { ...half, step, totalSteps: 1000, samplesPerSecond: rate, secondsLeft: left },
            width,
          ).length,
        ).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("in a line per evaluation", () => {
    const m = {
      ...sampleMetrics(2),
      testErrorCopy: null,
      testErrorChip: 3.8,
      trainErrorCopy: null,
      trainErrorChip: 1,
      residual: 0.00012,
      samplesPerSecond: 987.6,
    };
    expect(evaluationLine(m, { epochs: 50, secondsLeft: undefined })).toBe(
      "epoch 2/50  test error: chip 3.80 %  train error: chip 1.00 %  residual 1.2e-4  988 " +
        "samples/s",
    );
  });

  it("with durations and rates to read at a glance", () => {
    expect([0, 89.4, 90, 5399, 5400, 12_000].map(durationText)).toEqual([
      "0 s",
      "89 s",
      "2 min",
      "1 h 30 min",
      "1 h 30 min",
      "3 h 20 min",
    ]);
    expect([0, 0.5, 999.6, 1_234_567].map(rateText)).toEqual([
      "0 samples/s",
      "0.5 samples/s",
      "1 000 samples/s",
      "1 230 000 samples/s",
    ]);
  });

  it("of real targets R² and RMSE in the user's unit, and no error", () => {
    const fit = { name: "progression", rmse: 54.726, r2: 0.48751 };
    const one = { kind: "reals", fits: [fit] } as const;
    const two = { kind: "reals", fits: [fit, { name: "y", rmse: 0.1, r2: 0.5 }] } as const;
    const m = {
      ...sampleMetrics(2),
      scores: {
        test: { copy: one, chip: two },
        train: { copy: one, chip: null },
        validation: null,
      },
    };
    const text = evaluationLine(m, { epochs: 50, secondsLeft: undefined });
    expect(text).toContain(
      "  test: copy R² 0.488 (RMSE 54.7), chip R² 0.494 (mean of 2)  train: copy R² 0.488",
    );
    expect(text).not.toContain("error");
    const chance = { of: "reals", error: 100, spread: 1 } as const;
    expect(progressLine({ ...half, recentError: 51.2, chance }, 200)).toContain(
      "training R² 0.488",
    );
  });

  it("the balanced error where it is another, and each of several targets", () => {
    const score = (error: number, balanced: number) =>
      ({ kind: "classes", error, balanced }) as const;
    expect(scoreDetails({ copy: score(2, 3), chip: score(2, 2) })).toEqual([
      ["balanced", "copy 3.00 %, chip 2.00 %"],
    ]);
    expect(scoreDetails({ copy: score(2, 2.1), chip: null })).toEqual([]);
    const fits = ["a", "b"].map((name, k) => ({ name, rmse: 1 + k, r2: 0.5 }));
    expect(scoreDetails({ copy: { kind: "reals", fits }, chip: null })).toEqual([
      ["a", "copy R² 0.500 (RMSE 1)"],
      ["b", "copy R² 0.500 (RMSE 2)"],
    ]);
  });
});
