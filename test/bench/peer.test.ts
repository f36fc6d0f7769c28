import { describe, expect, test } from "vitest";
import { parseEvaluation, parseThroughput, ratesOf } from "../../bench/peer.ts";
import { InputError } from "../../src/numerics/errors.ts";

const line = {
  peer: "torch 1.13",
  net: "SMALL",
  freeSteps: 4,
  batch: 20,
  threads: 1,
  samplesPerSecond: 18_000,
};
const small = { net: "SMALL", freeSteps: 4, batch: 20 } as const;

describe("a line of the peer", () => {
  test("is read with whatever else it says, and other text is passed over", () => {
    expect(parseThroughput(JSON.stringify({ ...line, extra: 1 }))).toEqual(line);
    expect(parseThroughput("UserWarning: no CUDA")).toBeUndefined();
  });

  test.each([
    ["torn", '{"net":'],
    ["incomplete", '{"net":"SMALL"}'],
    ["no rate at all", JSON.stringify({ ...line, samplesPerSecond: 0 })],
  ])("that is %s is refused with what was expected", (_, text) => {
    expect(() => parseThroughput(text)).toThrow(InputError);
    expect(() => parseThroughput(text)).toThrow(
      /expected one object a line with peer, net, freeSteps, batch, threads and samplesPerSecond/,
    );
  });

  test("of a training run counts only with its training time", () => {
    const evaluation = { epoch: 1, testErrorCopy: 4.2, trainSeconds: 3.1 };
    expect(parseEvaluation(JSON.stringify({ ...evaluation, testErrorChip: 3 }))).toEqual(
      evaluation,
    );
    expect(parseEvaluation('{"epoch":2,"testErrorCopy":3,"samplesPerSecond":9}')).toBeUndefined();
  });
});

describe("the peer's rate in a cell", () => {
  const lines = [
    line,
    { ...line, threads: 2, samplesPerSecond: 15_000 },
    { ...line, batch: 100, samplesPerSecond: 99_000 },
  ];

  test("is that of equal threads, and the best of any number of threads in the same cell", () => {
    expect(ratesOf(lines, small, 2)).toEqual({ equal: 15_000, best: 18_000 });
  });

  test("is nothing where the peer gave nothing", () => {
    expect(ratesOf(lines, small, 4)).toEqual({ equal: null, best: 18_000 });
    expect(ratesOf([], small, 1)).toEqual({ equal: null, best: null });
  });
});
