import { expect, test } from "vitest";
import { scalingFigure } from "../../bench/scaling-figure.ts";
import type { ScalingPoint } from "../../bench/scaling.ts";

const points = (exponent: number) =>
  [1, 10, 100].map(
    (value): ScalingPoint => ({
      against: "width",
      value,
      secondsPerSample: 1e-5 * value ** exponent,
      arenaBytes: 1e6 * value,
      residentBytes: 2e8,
      peak: 1e10,
      fractionOfPeak: 0.5,
    }),
  );
const circles = (svg: string) =>
  [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((m) => [
    Number(m[1]),
    Number(m[2]),
  ]);

test("a power law is a straight line, and equal factors are equal distances", () => {
  // The first circle stands in the legend.
  const [, [x0, y0], [x1, y1], [x2, y2]] = circles(scalingFigure(points(2)));
  // Places are written with one decimal.
  expect(Math.abs(x0 + x2 - 2 * x1)).toBeLessThanOrEqual(0.2);
  expect(Math.abs(y0 + y2 - 2 * y1)).toBeLessThanOrEqual(0.2);
  expect([x0 < x1, y0 > y1]).toEqual([true, true]);
});

test("the exponent stands with the series, in the words of the axis that was varied", () => {
  const svg = scalingFigure(points(-0.5));
  expect(svg.match(/>[^<>]* ∝ [^<>]*</g)).toEqual([
    ">time ∝ width^−0.50<",
    ">engine ∝ width^1.00<",
  ]);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test("ticks stand at the measured values, and say time and memory with their units", () => {
  const svg = scalingFigure(points(1));
  expect(svg.match(/text-anchor="middle">\d+</g)).toEqual(
    [1, 10, 100, 1, 10, 100].map((v) => `text-anchor="middle">${v}<`),
  );
  expect(svg).toContain(">10 µs<");
  expect(svg).toContain(">1 ms<");
  expect(svg).toContain(">200 MB<");
});
