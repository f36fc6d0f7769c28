import { expect, test } from "vitest";
import { random } from "../../src/numerics/random.ts";
import { tally } from "../../src/solver/solver.ts";
import { spectralRadius } from "../../src/solver/stiffness.ts";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { boxProblem, problem } from "../support/problems.ts";

/** H = I − W of a random symmetric W. */
function hessian(n: number, seed: number): number[] {
  const rng = random(seed, "hessian");
  const h = new Array<number>(n * n).fill(0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      h[i * n + j] = h[j * n + i] = i === j ? 1 : rng.normal() / Math.sqrt(n);
  return h;
}

test(
  "the spectral radius of rate ⊙ J is met from below within a tenth, and its products are " +
    "counted",
  () => {
    for (let seed = 1; seed <= 20; seed++) {
      const n = 30;
      const h = hessian(n, seed);
      const rate = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
      const d = { ...boxProblem(h, [new Float64Array(n)], 0, 1), rate };
      const spectrum = spectralRadius(d);
      const cost = tally(1);
      spectrum.estimate(new Float64Array(n), Uint8Array.of(1), cost);
      const scaled = Matrix.from1DArray(
        n,
        n,
        h.map((x, k) => x * Math.sqrt(rate[Math.floor(k / n)] * rate[k % n])),
      );
      const exact = Math.max(
        ...new EigenvalueDecomposition(scaled, { assumeSymmetric: true }).realEigenvalues.map(
          Math.abs,
        ),
      );
      // rate ⊙ J is not symmetric: its norm, over 3/1, may pass its radius by that square root at
      // most.
      expect(spectrum.radius[0]).toBeGreaterThan(0.9 * exact);
      expect(spectrum.radius[0]).toBeLessThan(Math.sqrt(3) * exact);
      expect(cost.evaluations[0]).toBe(d.asked[0].products);
      expect(cost.evaluations[0]).toBeLessThanOrEqual(15);
    }
  },
);

test("a rotation and units that cannot move are no obstacle", () => {
  // ṡ = 7 (−v, u, ·): eigenvalues ±7i; the third unit is as fast as you like, and held.
  const d = problem({
    size: 3,
    low: [-1, -1, 0],
    high: [1, 1, 0],
    force: (s, out) => {
      out.set([-7 * s[1], 7 * s[0], -1e6 * s[2]]);
    },
    jacobian: (_, v, out) => {
      out.set([-7 * v[1], 7 * v[0], -1e6 * v[2]]);
    },
  });
  const spectrum = spectralRadius(d);
  spectrum.estimate(new Float64Array(3), Uint8Array.of(1), tally(1));
  expect(spectrum.radius[0]).toBeCloseTo(7, 10);
});
