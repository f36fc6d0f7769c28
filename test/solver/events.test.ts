import { describe, expect, test } from "vitest";
import { crossing, cubicAt, firstZero, peak } from "../../src/solver/events.ts";

describe("a crossing", () => {
  test.each([
    ["a line", (x: number) => 3 * x - 1, 1 / 3],
    ["a steep corner", (x: number) => (x < 0.7 ? 1e-3 * (x - 0.7) : 1e6 * (x - 0.7)), 0.7],
    ["a high power", (x: number) => x ** 9 - 1e-3, 1e-3 ** (1 / 9)],
    ["a jump", (x: number) => (x < 0.123 ? -1 : 1), 0.123],
  ])("of %s is found to rounding", (_, f, root) => {
    let calls = 0;
    let last = NaN;
    const g = (x: number) => {
      calls++;
      last = x;
      return 1e15 * f(x);
    };
    const found = crossing(g, 0, g(0), 1, g(1), 0.9);
    // |g| ≤ 1 is 10⁻¹² away where the slope is 10⁻³·10¹⁵.
    expect(Math.abs(found - root)).toBeLessThan(1.01e-12);
    expect(last).toBe(found);
    // 40 halvings, every fourth call one.
    expect(calls).toBeLessThan(160);
  });
});

describe("a cubic", () => {
  // x³ − 2x² + x + ¼ on [0, 1]: slopes 1 and 0; largest at 1/3.
  const c = { from: 0.25, to: 0.25, slopeFrom: 1, slopeTo: 0 };

  test("goes through its values with its slopes", () => {
    for (const x of [0, 0.2, 0.5, 0.9, 1])
      expect(cubicAt(c, x)).toBeCloseTo(x ** 3 - 2 * x ** 2 + x + 0.25, 14);
  });

  test("has its peak where it is largest, and none where that is at an end", () => {
    expect(peak(c)).toBeCloseTo(1 / 3, 14);
    // 4x(1 − x): no cubic term.
    expect(peak({ from: 0, to: 0, slopeFrom: 4, slopeTo: -4 })).toBeCloseTo(0.5, 14);
    expect(peak({ from: 0, to: 1, slopeFrom: 1, slopeTo: 1 })).toBeNaN();
    expect(peak({ from: 0, to: 0, slopeFrom: -4, slopeTo: 4 })).toBeNaN();
    expect(peak({ from: -Infinity, to: -Infinity, slopeFrom: 1, slopeTo: -1 })).toBeNaN();
  });

  test("is guessed to cross zero near where it does", () => {
    expect(
      Math.abs(firstZero({ from: -0.5, to: 0.5, slopeFrom: 1, slopeTo: 1 }, 1) - 0.5),
    ).toBeLessThan(1e-3);
  });
});
