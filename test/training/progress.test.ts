import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sampleMetrics } from "../support/report-data.ts";
import {
  durationText,
  errors,
  evaluationLine,
  progressLine,
  rateText,
} from "../../src/training/progress.ts";
import type { Progress } from "../../src/training/progress.ts";

const half: Progress = {
  step: 50,
  totalSteps: 100,
  epoch: 2.5,
  epochs: 5,
  samplesPerSecond: 12345,
  secondsLeft: 754,
  recentError: 4.2,
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
    expect([errors(1, 2), errors(null, 2), errors(1, null)]).toEqual([
      "copy 1.00 %, chip 2.00 %",
      "chip 2.00 %",
      "copy 1.00 %",
    ]);
  });
});
