import { expect, test } from "vitest";
import { scalingFigure } from "../../bench/scaling-figure.ts";
import { fitsOf, sweeps, type Against, type ScalingPoint } from "../../bench/scaling.ts";

const point = (against: Against, value: number): ScalingPoint => ({
  against,
  value,
  secondsPerSample: 1e-5 * value ** 1.5,
  arenaBytes: 1e6 * value,
  residentBytes: 2e8,
  peak: 1e10,
  fractionOfPeak: 0.5,
});

test("each axis that was measured is fitted by itself, and memory against batch by no power", () => {
  const fits = fitsOf([
    point("width", 10),
    point("width", 1000),
    point("batch", 1),
    point("batch", 2),
  ]);
  expect(fits.map((f) => f.against)).toEqual(["width", "batch"]);
  for (const fit of fits) expect(fit.timeExponent).toBeCloseTo(1.5, 12);
  expect(fits[0].memoryExponent).toBeCloseTo(1, 12);
  expect(fits[1].memoryExponent).toBeNull();
});

test("every swept setting has one rate a layer, and depth counts hidden layers", () => {
  for (const { values, setting } of Object.values(sweeps))
    for (const value of values)
      expect(setting(value).rates).toHaveLength(setting(value).layers.length - 1);
  expect(sweeps.depth.setting(3).layers).toEqual([784, 500, 500, 500, 10]);
});

test("the figure has a panel of time and one of memory for every axis that was measured", () => {
  const svg = scalingFigure([
    point("width", 10),
    point("width", 1000),
    point("depth", 1),
    point("depth", 8),
  ]);
  const titles = (text: string) =>
    [...svg.matchAll(/<title>([^<]+)</g)].map((m) => m[1]).filter((t) => t.startsWith(text));
  expect(titles("Time per sample, ")).toEqual([
    "Time per sample, 784-width-10",
    "Time per sample, 784-500-…-500-10",
  ]);
  expect(titles("Memory, ")).toHaveLength(2);
});
