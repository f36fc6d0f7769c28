import { expect, test } from "vitest";
import { exponentialEuler } from "../../src/solver/exponential.ts";
import { settle } from "../../src/solver/settle.ts";
import { discrepancy } from "../support/detest.ts";
import { digitNet } from "../support/digit-nets.ts";
import { orderOf } from "../support/order.ts";
import { boxProblem } from "../support/problems.ts";

test("decay by itself is followed exactly, whatever the step, at rates of each unit's own", () => {
  const curvatures = [0.5, 40, 0];
  const h = [0.5, 0, 0, 0, 40, 0, 0, 0, 0];
  const bias = [0.1, 8, 0.03];
  const rate = Float64Array.of(2, 1, 3);
  const d = { ...boxProblem(h, [bias], -Infinity, Infinity), rate };
  const s = Float64Array.of(1, 1, 1);
  const row = new Float64Array(3);
  const at = (t: number) =>
    curvatures.map((c, i) =>
      c === 0
        ? 1 + rate[i] * bias[i] * t
        : bias[i] / c + (1 - bias[i] / c) * Math.exp(-c * rate[i] * t),
    );
  exponentialEuler(2.5)
    .prepare(d)
    .run(s, { steps: 10, time: 6 }, (_, t, length, interpolate) => {
      for (const theta of [0.2, 0.9]) {
        interpolate(theta, row);
        expect(discrepancy(row, at(t + theta * length))).toBeLessThan(1e-14);
      }
    });
  expect(discrepancy(s, at(6))).toBeLessThan(1e-14);
});

test("its order is one where units are coupled", () => {
  // Eigenvalues 1.5 and 0.5 along (1, −1) and (1, 1); from (1, 0) without bias.
  const counts = [20, 28, 40, 57, 80];
  const exact = [0.5 * Math.exp(-1) + 0.5 * Math.exp(-3), 0.5 * Math.exp(-1) - 0.5 * Math.exp(-3)];
  const errors = counts.map((n) => {
    const s = Float64Array.of(1, 0);
    settle(
      boxProblem([1, -0.5, -0.5, 1], [[0, 0]], -Infinity, Infinity),
      s,
      exponentialEuler(2 / n),
      { steps: n + 1, time: 2 },
    );
    return discrepancy(s, exact);
  });
  expect(
    Math.abs(
      orderOf(
        counts.map((n) => 2 / n),
        errors,
      ) - 1,
    ),
  ).toBeLessThan(0.1);
});

test("λ = 100 settles to 1e-9 within 15 steps of half a τ, where Euler cycles", () => {
  const chip = digitNet([784, 500, 10], 100);
  const { outcome, stats } = settle(chip, chip.state.array, exponentialEuler(0.5), {
    steps: 100,
    tolerance: 1e-9,
  });
  expect(outcome).toBe("settled");
  expect(stats.evaluations).toBeLessThanOrEqual(15);
});

test("a concave unit runs to its rail", () => {
  const s = Float64Array.of(0.4);
  settle(boxProblem([-1], [[-0.3]], 0, 1), s, exponentialEuler(1), { steps: 20 });
  expect(s[0]).toBe(1);
});

test("a step that is no positive number is refused", () => {
  expect(() => exponentialEuler(-1)).toThrow(
    "exponential-euler: the step is -1, expected a positive number",
  );
});
