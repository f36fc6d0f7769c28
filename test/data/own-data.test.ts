import { expect, it } from "vitest";
import { splitOf, type DataGiven } from "../../src/data/arrays-of.ts";
import { sampleWeights, weightedOrder } from "../../src/data/batches.ts";
import { inputsOf } from "../../src/data/dataset.ts";
import { generated } from "../../src/data/generators.ts";
import { deal } from "../../src/data/parts.ts";
import { unscaled } from "../../src/data/scaling.ts";
import { dataSourceOf } from "../../src/experiment/data-asked.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";

const rows = Array.from({ length: 40 }, (_, i) => [i, 100 - 2 * i, i % 7]);
const classes = rows.map((_, i) => (i % 4 === 0 ? "rare" : "common"));
const given = (more: Partial<DataGiven> = {}): DataGiven => ({
  inputs: rows,
  targets: classes,
  ...more,
});

it("scaling is fitted on the training part alone, and undone gives the raw values", () => {
  const { train, test } = splitOf(given({ scale: "minmax" }));
  expect([train.count, test.count]).toEqual([32, 8]);
  const seen = inputsOf(train, 0, train.count);
  for (let i = 0; i < 3; i++) {
    const column = Array.from({ length: train.count }, (_, r) => seen[3 * r + i]);
    expect([Math.min(...column), Math.max(...column)]).toEqual([0, 1]);
  }
  const first = Array.from(seen.subarray(0, 3), (x, i) => unscaled(train.scaling!, i, x));
  expect(rows.some((row) => row.every((v, i) => Math.abs(v - first[i]) < 1e-4))).toBe(true);
});

it("k folds are each tested on once, and every class is in each of them", () => {
  const all = Uint32Array.from(rows.keys());
  const stratum = (row: number) => Number(row % 4 === 0);
  const seen = [1, 2, 3, 4, 5].map(
    (tested) => deal(all, stratum, { seed: 1, fold: { of: 5, tested } }).test,
  );
  expect(seen.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...all]);
  for (const part of seen) expect([...part].filter((row) => row % 4 === 0)).toHaveLength(2);
});

it("classes that are weighted are seen equally often, every sample within one of its weight", () => {
  const { train } = splitOf(given());
  const weights = sampleWeights(train, "balanced")!;
  const order = weightedOrder(weights, 1, 0);
  const counts = new Float64Array(train.count);
  for (const i of order) counts[i]++;
  counts.forEach((n, i) => expect(Math.abs(n - weights[i])).toBeLessThan(1 + 1e-9));
  const rare = [...order].filter((i) => {
    const { targets } = train;
    return targets.kind === "classes" && targets.names[targets.labels[i]] === "rare";
  });
  expect(Math.abs(rare.length - train.count / 2)).toBeLessThanOrEqual(1);
});

it("numbers are mapped between the rails with a margin, and whole ones of few kinds are classes", () => {
  const { train } = splitOf(given({ targets: rows.map(([x]) => 10 * x), task: "values" }));
  if (train.targets.kind !== "reals") throw new Error("no reals");
  const { values, scaling } = train.targets;
  const mapped = Array.from(values, (y) => (y - scaling.offset[0]) * scaling.factor[0]);
  expect(Math.min(...mapped)).toBeCloseTo(0.1, 12);
  expect(Math.max(...mapped)).toBeCloseTo(0.9, 12);
  expect(splitOf(given({ targets: rows.map((_, i) => i % 2) })).train.targets.kind).toBe("classes");
});

it.each([
  [
    "one class only",
    { targets: rows.map(() => "same") },
    /one class, "same", expected at least two/,
  ],
  [
    "a number that is none",
    { inputs: rows.map((r, i) => (i === 7 ? [NaN, 1, 2] : r)) },
    /row 8: column "x1" is missing, expected a number/,
  ],
  [
    "ragged rows",
    { inputs: rows.map((r, i) => (i === 3 ? [1] : r)) },
    /row 4 has 1 inputs, expected 3/,
  ],
  [
    "a class that there is not",
    { classes: ["rare", "comon"] },
    /class "comon" has no training row; did you mean "common"/,
  ],
  ["an empty test part", { test: { share: 0.001 } }, /the test part is empty/],
  [
    "a label unseen in training",
    { tested: { inputs: [[1, 2, 3]], targets: ["new"] } },
    /class "new" is not among those of training/,
  ],
  ["a range of no column", { scale: { x9: [0, 1] } }, /no input column "x9"; did you mean/],
] as const)("%s is refused with its place", (_, more, message) => {
  expect(() => splitOf(given(more as Partial<DataGiven>))).toThrow(message);
});

it("sets that are drawn are the same for the same seed, and differ for another", () => {
  for (const name of ["moons", "spirals", "xor", "sine"] as const) {
    const of = (seed: number) => Array.from(inputsOf(generated(name, seed).train, 0, 5));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  }
});

it.each([
  [{ file: "a.csv", folds: 5 }, /folds and fold belong together/],
  [{ file: "a.csv", fold: 6, folds: 5 }, /found 6, expected 1 … 5/],
  [{ set: "mnist", target: "x" }, /for files of your own/],
  [{ file: "a.csv", test: "100 %" }, /more than 0 % and less than 100 %/],
])("data: %o is refused", (data, message) => {
  const network = { layers: [4, 2] };
  const asked = { name: "a", data, network, learning: { rates: [0.1] } };
  expect(() => experimentSchema.parse(asked)).toThrow(message);
});

it("a share, rows or a file are told apart", () => {
  const network = { layers: [4, 2] };
  const of = (data: object) =>
    dataSourceOf(
      experimentSchema.parse({ name: "a", data, network, learning: { rates: [0.1] } }).data,
    );
  expect(of({ file: "a.csv", test: "25 %" })).toMatchObject({ asked: { test: { share: 0.25 } } });
  expect(of({ file: "a.csv", test: 30 })).toMatchObject({ asked: { test: { rows: 30 } } });
  expect(of({ train: "a.csv", test: "b.csv" })).toMatchObject({ train: "a.csv", test: "b.csv" });
  expect(of({})).toEqual({ from: "set", set: "digits", train: Infinity, test: Infinity });
});
