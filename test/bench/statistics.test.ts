import { describe, expect, test } from "vitest";
import { median, powerLaw } from "../../bench/statistics.ts";

describe("the median", () => {
  test("is the middle of an odd number and the mean of the middle two of an even one, in any order", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe("the power law", () => {
  // Logarithms and exponentials of numbers below 10⁴ lose a few units in the last of 53 bits.
  const rounding = 12;

  test("finds exponent and factor of exact data", () => {
    const { exponent, factor } = powerLaw([1, 3, 10, 400].map((x) => ({ x, y: 0.25 * x ** 1.7 })));
    expect(exponent).toBeCloseTo(1.7, rounding);
    expect(factor).toBeCloseTo(0.25, rounding);
  });

  test(
    "is least squares in the logarithms: over x = 1, e, e² with log y = 0, 0, 3 the slope is " +
      "3/2 and the middle 1",
    () => {
      const { exponent, factor } = powerLaw([
        { x: 1, y: 1 },
        { x: Math.E, y: 1 },
        { x: Math.E ** 2, y: Math.E ** 3 },
      ]);
      expect(exponent).toBeCloseTo(1.5, rounding);
      expect(Math.log(factor)).toBeCloseTo(-0.5, rounding);
    },
  );
});
