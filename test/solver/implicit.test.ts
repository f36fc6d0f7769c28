import { describe, expect, test } from "vitest";
import { random } from "../../src/numerics/random.ts";
import { linearlyImplicitEuler, pseudoTransient } from "../../src/solver/implicit.ts";
import { settle } from "../../src/solver/settle.ts";
import { discrepancy } from "../support/detest.ts";
import { digitNet } from "../support/digit-nets.ts";
import { orderOf } from "../support/order.ts";
import { boxProblem, problem } from "../support/problems.ts";
import { EigenvalueDecomposition, Matrix, solve } from "ml-matrix";

/** A random symmetric matrix with a given least eigenvalue. */
function convex(n: number, seed: number, least: number): number[][] {
  const rng = random(seed, "convex");
  const w = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) w[i][j] = w[j][i] = rng.normal();
  const lowest = Math.min(...new EigenvalueDecomposition(new Matrix(w)).realEigenvalues);
  return w.map((row, i) => row.map((x, j) => (i === j ? x - lowest + least : x)));
}

describe("linearly implicit Euler", () => {
  test("solves (1/(h rate) − J) δ = F: one step equals a dense solve", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const n = 12;
      const h = convex(n, seed, 0.1);
      const rng = random(seed, "b");
      const b = Array.from({ length: n }, () => rng.normal());
      const rate = Float64Array.from({ length: n }, () => 0.5 + rng.uniform());
      const d = { ...boxProblem(h.flat(), [b], -Infinity, Infinity), rate };
      const s = Float64Array.from({ length: n }, () => rng.normal());
      const step = 0.7;
      const f = b.map((x, i) => x - h[i].reduce((sum, a, j) => sum + a * s[j], 0));
      const delta = solve(
        new Matrix(h.map((row, i) => row.map((x, j) => x + (i === j ? 1 / (step * rate[i]) : 0)))),
        Matrix.columnVector(f),
      ).to1DArray();
      const expected = Array.from(s, (x, i) => x + delta[i]);
      const { stats } = settle(d, s, linearlyImplicitEuler(step, { accuracy: 1e-12 }), {
        steps: 1,
      });
      expect(discrepancy(s, expected)).toBeLessThan(1e-10);
      // Two forces, before and after, and the products.
      expect(stats.evaluations).toBe(2 + d.asked[0].products);
    }
  });

  test("its order is one", () => {
    const counts = [20, 28, 40, 57, 80];
    const exact = [
      0.5 * Math.exp(-1) + 0.5 * Math.exp(-3),
      0.5 * Math.exp(-1) - 0.5 * Math.exp(-3),
    ];
    const errors = counts.map((n) => {
      const s = Float64Array.of(1, 0);
      settle(
        boxProblem([1, -0.5, -0.5, 1], [[0, 0]], -Infinity, Infinity),
        s,
        linearlyImplicitEuler(2 / n),
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

  test("is stable a thousand times beyond Euler's limit", () => {
    const d = boxProblem([1000, 1, 1, 2], [[500, 1]], 0, 1);
    const s = new Float64Array(2);
    expect(settle(d, s, linearlyImplicitEuler(2), { steps: 100, tolerance: 1e-9 }).outcome).toBe(
      "settled",
    );
  });

  test("holds units that a rail holds, and lets go of them", () => {
    // s₀ rests on 1 until s₁, rising, pushes it off: at the end s = H⁻¹b = (2/3, 2/3).
    const d = boxProblem([1, 0.5, 0.5, 1], [[1, 1]], 0, 1);
    const s = Float64Array.of(1, 0);
    settle(d, s, linearlyImplicitEuler(1), { steps: 200, tolerance: 1e-10 });
    expect(s[0]).toBeCloseTo(2 / 3, 8);
    expect(s[1]).toBeCloseTo(2 / 3, 8);
  });

  test("halves a step in which an unstable direction would turn round, and says how often", () => {
    // ṡ = s: 1/h − 1 is negative beyond h = 1, and the step would go backwards.
    const s = Float64Array.of(0.01);
    const { stats } = settle(boxProblem([-1], [[0]], 0, 1), s, linearlyImplicitEuler(4), {
      steps: 4,
    });
    expect(s[0]).toBeGreaterThan(0.01);
    expect(stats).toMatchObject({ steps: 1, rejected: 3 });
  });
});

describe("pseudo-transient continuation", () => {
  test.each([1, 10, 100])(
    "settles 784-500-10 at λ = %d to 1e-9 within 45 evaluations, products included",
    (lambda) => {
      const chip = digitNet([784, 500, 10], lambda);
      const { outcome, stats, time } = settle(chip, chip.state.array, pseudoTransient(), {
        steps: 200,
        tolerance: 1e-9,
      });
      expect(outcome).toBe("settled");
      expect(stats.evaluations).toBeLessThanOrEqual(45);
      expect(time.tau).toBe(0);
    },
  );

  test("lets no energy rise, on nets that are not convex either", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const n = 20;
      const h = convex(n, seed, -2).flat();
      const rng = random(seed, "b");
      const d = boxProblem(h, [Array.from({ length: n }, () => rng.normal())], 0, 1);
      const s = new Float64Array(n).fill(0.5);
      const energies = new Float64Array(1);
      const row = new Float64Array(n);
      d.energy!(s, energies);
      let last = energies[0];
      const runner = pseudoTransient().prepare(d);
      runner.run(s, { steps: 300, tolerance: 1e-9 }, (_, __, ___, interpolate) => {
        interpolate(1, row);
        d.energy!(row, energies);
        expect(energies[0]).toBeLessThanOrEqual(last + 1e-13);
        last = energies[0];
      });
      d.residual(s, energies);
      expect(energies[0]).toBeLessThanOrEqual(1e-9);
    }
  });
});

test("without an energy both are refused, with a way out", () => {
  const d = problem({
    size: 1,
    force: (s, out) => {
      out[0] = -s[0];
    },
    jacobian: (_, v, out) => {
      out[0] = -v[0];
    },
  });
  expect(() => linearlyImplicitEuler(1).prepare(d)).toThrow(
    "linearly-implicit-euler: these dynamics have no energy",
  );
  expect(() => pseudoTransient().prepare(d)).toThrow(
    "pseudo-transient: these dynamics have no energy",
  );
});
