import { describe, expect, test } from "vitest";
import { accuracyRow, withRatios } from "../../bench/time-to-accuracy.ts";

const run = [
  { epoch: 1, testErrorCopy: 4, trainSeconds: 10 },
  { epoch: 2, testErrorCopy: 2.5, trainSeconds: 20 },
  { epoch: 3, testErrorCopy: 2.2, trainSeconds: 30 },
];

describe("time to accuracy", () => {
  test("is the training time at the first evaluation at or below the error", () => {
    expect(accuracyRow("ours", 1, 2.5, run)).toEqual({
      who: "ours",
      threads: 1,
      epochs: 2,
      testErrorCopy: 2.5,
      seconds: 20,
    });
  });

  test("is nothing when the error was not reached, and the last evaluation is shown", () => {
    expect(accuracyRow("ours", 1, 2, run)).toMatchObject({
      epochs: 3,
      testErrorCopy: 2.2,
      seconds: null,
    });
  });

  test("is compared with the peer's at equal threads and with its fastest", () => {
    const row = (who: string, threads: number, seconds: number | null) => ({
      who,
      threads,
      epochs: 1,
      testErrorCopy: 2,
      seconds,
    });
    const rows = withRatios([
      row("analog-eqprop", 1, 20),
      row("peer", 1, 80),
      row("analog-eqprop", 2, 10),
      row("peer", 2, 40),
      row("analog-eqprop", 4, null),
      row("peer", 4, null),
    ]);
    expect(rows.map((r) => [r.ratioEqualThreads, r.ratioBest])).toEqual([
      [0.25, 0.5],
      [null, null],
      [0.25, 0.25],
      [null, null],
      [null, null],
      [null, null],
    ]);
  });
});
