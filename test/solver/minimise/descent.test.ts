import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dynamics } from "../../../src/dynamics/dynamics.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { constant } from "../../../src/solver/controllers.ts";
import { explicit } from "../../../src/solver/explicit.ts";
import { anderson } from "../../../src/solver/minimise/anderson.ts";
import { fista } from "../../../src/solver/minimise/fista.ts";
import { newtonCG } from "../../../src/solver/minimise/newton-cg.ts";
import { spectralGradient } from "../../../src/solver/minimise/spectral-gradient.ts";
import { settle } from "../../../src/solver/settle.ts";
import type { Solver } from "../../../src/solver/solver.ts";
import { forwardEuler } from "../../../src/solver/tableaux.ts";
import { boxQP, boxQPs, exactMinimum } from "../../support/box-qp.ts";
import { furthest, minimisers, shownDigits } from "../../support/minimisers.ts";
import { boxProblem, problem } from "../../support/problems.ts";

const named = minimisers.map((m) => [m.name, m] as const);
const byForces = named.filter(([name]) => name !== "block-descent");

describe.each(named)("%s", (name, minimiser) => {
  test("finds the exact minimum of random convex box QPs", () => {
    fc.assert(
      fc.property(boxQPs(6), (qp) => {
        const s = new Float64Array(qp.n);
        const e = settle(boxProblem(qp.h, [qp.b], qp.low, qp.high), s, minimiser, {
          steps: 5000,
          tolerance: 1e-10,
        });
        expect(e.outcome).toBe("settled");
        // ‖s − s*‖ ≤ (1 + L)/μ ‖r‖ (Pang 1987) with ‖r‖ ≤ √n r∞; 1e-12 for the oracle's own
        // rounding.
        expect(furthest(s, exactMinimum(qp))).toBeLessThanOrEqual(
          ((1 + qp.most) / qp.least) * Math.sqrt(qp.n) * 1e-10 + 1e-12,
        );
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test("finds it for eight units, too", () => {
    const qp = boxQP(8, 5);
    const s = new Float64Array(8);
    settle(boxProblem(qp.h, [qp.b], qp.low, qp.high), s, minimiser, {
      steps: 5000,
      tolerance: 1e-10,
    });
    expect(furthest(s, exactMinimum(qp))).toBeLessThanOrEqual(
      ((1 + qp.most) / qp.least) * Math.sqrt(8) * 1e-10 + 1e-12,
    );
  });

  test("settles each sample as if it were alone: equal bits, equal counts", () => {
    const qps = [3, 4, 5, 6].map((seed) => boxQP(6, seed));
    const [{ h, low, high }] = qps;
    const s = new Float64Array(24);
    const together = settle(
      boxProblem(
        h,
        qps.map(({ b }) => b),
        low,
        high,
      ),
      s,
      minimiser,
      { steps: 1000, tolerance: 1e-9 },
    );
    qps.forEach(({ b }, r) => {
      const one = new Float64Array(6);
      const alone = settle(boxProblem(h, [b], low, high), one, minimiser, {
        steps: 1000,
        tolerance: 1e-9,
      });
      expect(s.slice(6 * r, 6 * r + 6)).toEqual(one);
      expect(together.samples[r]).toEqual(alone.samples[0]);
    });
    expect(new Set(together.samples.map((x) => x.steps)).size).toBeGreaterThan(1);
  });

  test("settles the samples of a chip as if each were alone", () => {
    const all = shownDigits([784, 30, 10], { lambda: 0.5, beta: 0 }, 3);
    const one = shownDigits([784, 30, 10], { lambda: 0.5, beta: 0 }, 1);
    const together = settle(all, all.state.array, minimiser, { steps: 300, tolerance: 1e-9 });
    const alone = settle(one, one.state.array, minimiser, { steps: 300, tolerance: 1e-9 });
    expect(together.samples[0]).toEqual(alone.samples[0]);
    expect(all.state.array.slice(0, all.size)).toEqual(one.state.array.slice(0, one.size));
  });

  test("ends where the others end when the nudge is negative", () => {
    const ties = { lambda: 1, beta: -0.4 };
    const chip = shownDigits([784, 60, 10], ties, 4);
    const other = shownDigits([784, 60, 10], ties, 4);
    expect(settle(chip, chip.state.array, minimiser, { steps: 500, tolerance: 1e-9 }).outcome).toBe(
      "settled",
    );
    settle(other, other.state.array, explicit(forwardEuler, constant(0.3)), {
      steps: 5000,
      tolerance: 1e-9,
    });
    expect(furthest(chip.state.array, other.state.array)).toBeLessThan(1e-6);
  });

  test("settles a single-precision chip as far as its forces can tell", () => {
    const chip = shownDigits([784, 100, 10], { lambda: 1, beta: 0.5 }, 4, "f32");
    expect(settle(chip, chip.state.array, minimiser, { steps: 200, tolerance: 1e-5 }).outcome).toBe(
      "settled",
    );
  });

  test("shows every accepted step, from where the last one ended to the end", () => {
    const qp = boxQP(5, 2);
    const d = boxProblem(qp.h, [qp.b, qp.b], qp.low, qp.high);
    const s = new Float64Array(10);
    const runner = minimiser.prepare(d);
    const at = [new Float64Array(5), new Float64Array(5)] as const;
    const from = new Float64Array(5);
    const seen = [0, 0];
    s.set(qp.high, 5);
    d.project(s);
    for (const r of [0, 1]) at[r].set(s.subarray(5 * r, 5 * r + 5));
    runner.run(s, { steps: 60, tolerance: 1e-9 }, (r, t, h, interpolate) => {
      interpolate(0, from);
      expect(furthest(from, at[r])).toBe(0);
      interpolate(1, at[r]);
      expect([t, h]).toEqual([seen[r]++, 1]);
    });
    expect(seen).toEqual([...runner.tally.steps]);
    for (const r of [0, 1]) expect(s.slice(5 * r, 5 * r + 5)).toEqual(at[r]);
  });

  test("takes all the steps it is given when no tolerance is", () => {
    const qp = boxQP(4, 1);
    const d = boxProblem(qp.h, [qp.b], qp.low, qp.high);
    const runner = minimiser.prepare(d);
    const s = new Float64Array(4);
    runner.run(s, { steps: 200 });
    expect(runner.tally.steps[0] + runner.tally.rejected[0]).toBe(200);
    expect(furthest(s, exactMinimum(qp))).toBeLessThan((1e-12 * (1 + qp.most)) / qp.least);
  });

  test("gives up a sample that is not a number and settles the others", () => {
    const qp = boxQP(4, 1);
    const s = new Float64Array(8).fill(NaN, 0, 4);
    const e = settle(boxProblem(qp.h, [qp.b, qp.b], qp.low, qp.high), s, minimiser, {
      steps: 500,
      tolerance: 1e-9,
    });
    expect(e.samples.map((x) => x.outcome)).toEqual(["non-finite", "settled"]);
  });

  test("refuses dynamics without an energy and says what to use", () => {
    const turning = problem({
      size: 2,
      force: (s, out) => {
        out[0] = s[1];
        out[1] = -s[0];
      },
      jacobian: (_, v, out) => {
        out[0] = v[1];
        out[1] = -v[0];
      },
      sweep: () => undefined,
    });
    expect(() => minimiser.prepare(turning)).toThrow(InputError);
    expect(() => minimiser.prepare(turning)).toThrow(new RegExp(`^${name}: .*no energy.*euler`));
  });

  test("refuses noise, of which it knows nothing", () => {
    const qp = boxQP(2, 1);
    const d: Dynamics = {
      ...boxProblem(qp.h, [qp.b], qp.low, qp.high),
      noise: { amplitude: new Float64Array(2), normal: () => undefined, clock: 0 },
    };
    expect(() => minimiser.prepare(d)).toThrow(InputError);
  });
});

describe.each(byForces)("%s", (_, minimiser) => {
  test("asks nothing more of a sample that left, and counts what it asked", () => {
    const qps = [3, 4, 5, 6].map((seed) => boxQP(6, seed));
    const [{ h, low, high }] = qps;
    const d = boxProblem(
      h,
      qps.map(({ b }) => b),
      low,
      high,
    );
    const s = new Float64Array(24);
    const e = settle({ ...d, residual: () => undefined }, s, minimiser, {
      steps: 1000,
      tolerance: 1e-9,
    });
    // The plain sweeps of the inner block descent ask for no force.
    const sweeps =
      minimiser.name === "anderson" ? e.samples.map((x) => x.steps) : e.samples.map(() => 0);
    expect(d.asked.map((a, r) => a.forces + a.products + sweeps[r])).toEqual(
      e.samples.map((x) => x.evaluations),
    );
  });
});

describe("where the energy is no parabola", () => {
  /**
   * Wells at about ±0.7, tilted, neighbours coupled: E = Σ ¼(s² − ½)² + 0.05 s − 0.1 s_i s_{i+1}.
   */
  const n = 6;
  const wells = () =>
    problem({
      size: n,
      low: -1,
      high: 0.6,
      curvature: 1,
      force: (s, out) => {
        for (let i = 0; i < n; i++)
          out[i] = -s[i] * (s[i] ** 2 - 0.5) - 0.05 + 0.1 * ((s[i - 1] ?? 0) + (s[i + 1] ?? 0));
      },
      jacobian: (s, v, out) => {
        for (let i = 0; i < n; i++)
          out[i] = (0.5 - 3 * s[i] ** 2) * v[i] + 0.1 * ((v[i - 1] ?? 0) + (v[i + 1] ?? 0));
      },
      energy: (s) =>
        s.reduce(
          (e, v, i) => e + 0.25 * (v * v - 0.5) ** 2 + 0.05 * v - 0.1 * v * (s[i + 1] ?? 0),
          0,
        ),
    });
  const solvers: readonly Solver[] = [
    spectralGradient({ quadratic: false }),
    fista({ quadratic: false }),
    fista({ quadratic: false, restart: "energy" }),
    newtonCG({ quadratic: false }),
    anderson({ quadratic: false, inner: explicit(forwardEuler, constant(0.5)) }),
  ];

  test.each(solvers.map((s) => [s.name, s] as const))(
    "%s settles, below where it started, and counts the energies it asked for",
    (_, solver) => {
      const d = wells();
      const s = Float64Array.from([0.1, 0.5, -0.3, 0.02, 0.3, -0.9]);
      const before = new Float64Array(1);
      const after = new Float64Array(1);
      let asked = 0;
      d.energy!(s, before);
      const e = settle(
        {
          ...d,
          energy: (x, out) => {
            asked++;
            d.energy!(x, out);
          },
        },
        s,
        solver,
        { steps: 2000, tolerance: 1e-9 },
      );
      d.energy!(s, after);
      expect(e.outcome).toBe("settled");
      expect(after[0]).toBeLessThan(before[0]);
      // The start's energy, and one for every trial.
      expect(asked).toBe(1 + e.stats.steps + e.stats.rejected);
      expect(e.stats.evaluations).toBeGreaterThanOrEqual(2 * asked);
    },
  );
});
