import { describe, expect, test } from "vitest";
import { cellsOf, denseMultiplyAdds } from "../../bench/cells.ts";
import { trainRows } from "../../bench/train.ts";

describe("the cells of the training benchmark", () => {
  test("are those of the asked networks, T⁻ and batch within", () => {
    expect(cellsOf(["LARGE", "SMALL"]).map((c) => `${c.net} ${c.freeSteps} ${c.batch}`)).toEqual([
      "SMALL 4 20",
      "SMALL 4 100",
      "SMALL 20 20",
      "SMALL 20 100",
      "LARGE 20 20",
      "LARGE 20 100",
      "LARGE 50 20",
      "LARGE 50 100",
    ]);
  });

  test(
    "2-3-1 with T⁻ + T⁺ = 3 needs 9 + 6 + 3·6 + 9 + 6 + 6 multiply-adds a sample when all are " +
      "computed",
    () => {
      // Copy's guess 9; input drive 6; 3 steps of 2·3; copy's update 9; chip's update 6 below and
      // 2·3 above.
      expect(denseMultiplyAdds({ layers: [2, 3, 1], freeSteps: 2, nudgedSteps: 1 })).toBe(
        9 + 6 + 18 + 9 + 6 + 6,
      );
    },
  );
});

describe("the rows of the training benchmark", () => {
  const [cell] = cellsOf(["SMALL"]);
  const ours = [30, 90, 60].map((samplesPerSecond) => ({
    ...cell,
    threads: 2,
    noise: false,
    samplesPerSecond,
  }));
  const theirs = [
    [1, 80],
    [1, 20],
    [1, 40],
    [2, 24],
  ].map(([threads, samplesPerSecond]) => ({ ...cell, peer: "p", threads, samplesPerSecond }));

  test("compare medians over rounds with the peer's at equal threads and at its best", () => {
    expect(trainRows([cell], [2], ours, theirs)).toEqual([
      {
        ...cell,
        threads: 2,
        samplesPerSecond: 60,
        peerSamplesPerSecond: 24,
        ratioEqualThreads: 2.5,
        ratioBest: 1.5,
      },
    ]);
  });

  test("have no ratio without a peer, and that of the times with noise where it was timed", () => {
    const [row] = trainRows(
      [cell],
      [2],
      [...ours, { ...cell, threads: 2, noise: true, samplesPerSecond: 48 }],
      [],
    );
    expect(row).toMatchObject({ ratioEqualThreads: null, ratioBest: null, timeRatioNoise: 1.25 });
  });
});
