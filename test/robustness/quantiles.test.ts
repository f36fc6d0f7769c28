import { expect, test } from "vitest";
import { histogram, quantile } from "../../src/robustness/quantiles.ts";

test("quantiles are those of definition 7", () => {
  // numpy.quantile([1, 2, 4, 8], [0, 0.25, 0.5, 0.9, 1])
  const found = [0, 0.25, 0.5, 0.9, 1].map((p) => quantile([1, 2, 4, 8], p));
  found.forEach((x, i) => {
    expect(x).toBeCloseTo([1, 1.75, 3, 6.8, 8][i], 12);
  });
  expect(quantile([], 0.5)).toBeNaN();
});

test("a histogram counts every number once, in bins of equal width", () => {
  const values = Array.from({ length: 200 }, (_, i) => Math.sqrt(i));
  const bins = histogram(values);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(200);
  expect(bins[0].low).toBe(0);
  expect(bins.at(-1)!.high).toBeCloseTo(Math.sqrt(199), 12);
  for (const { low, high } of bins) expect(high - low).toBeCloseTo(bins[0].high, 12);
  expect(histogram([3, 3, 3])).toMatchObject([{ count: 3 }]);
  expect(histogram([])).toEqual([]);
});
