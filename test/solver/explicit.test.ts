import { describe, expect, test } from "vitest";
import { chain } from "../../src/energy/graph.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { constant, pi } from "../../src/solver/controllers.ts";
import { explicit } from "../../src/solver/explicit.ts";
import { settle } from "../../src/solver/settle.ts";
import {
  bogackiShampine,
  dormandPrince,
  forwardEuler,
  heun,
  tableaux,
  type Tableau,
} from "../../src/solver/tableaux.ts";
import { detest, discrepancy, kepler } from "../support/detest.ts";
import { orderOf } from "../support/order.ts";
import { boxProblem, problem } from "../support/problems.ts";
import { ideal } from "../support/setups.ts";

const counts = [20, 28, 40, 57, 80];

/** The order over N steps in `time`, on the orbit. */
function observed(tableau: Tableau, time: number): number {
  const errors = counts.map((n) => {
    const d = kepler.dynamics();
    const s = Float64Array.from(kepler.start);
    settle(d, s, explicit(tableau, constant(time / n)), { steps: n + 1, time });
    return discrepancy(s, kepler.exact(time));
  });
  return orderOf(
    counts.map((n) => time / n),
    errors,
  );
}

describe("a tableau", () => {
  test.each(Object.values(tableaux))(
    "$name sums to one, and its error estimate and dense output are consistent",
    ({ a, b, error, dense }) => {
      const sum = (of: readonly number[]) => of.reduce((x, y) => x + y, 0);
      expect(sum(b)).toBeCloseTo(1, 14);
      if (error) expect(sum(error)).toBeCloseTo(0, 14);
      // Every stage is inside the step, and has the stages before it to stand on.
      a.forEach((row, j) => {
        expect(row).toHaveLength(j + 1);
        expect(sum(row)).toBeGreaterThan(0);
        expect(sum(row)).toBeLessThanOrEqual(1 + 1e-14);
      });
      if (!dense) return;
      dense(1).forEach((w, j) => {
        expect(w).toBeCloseTo(b[j] ?? 0, 13);
      });
      for (const theta of [0, 0.3, 0.7]) expect(sum(dense(theta))).toBeCloseTo(theta, 13);
    },
  );

  // R(z) from the method itself: one step of ṡ = −s from 1.
  test.each(Object.values(tableaux))(
    "$name is stable up to the end of its interval on the negative axis, and no further",
    (tableau) => {
      const factor = (h: number) => {
        const d = boxProblem([1], [[0]], -Infinity, Infinity);
        const s = Float64Array.of(1);
        settle(d, s, explicit(tableau, constant(h)), { steps: 1 });
        return Math.abs(s[0]);
      };
      for (let k = 1; k <= 50; k++)
        expect(factor((tableau.stability * k) / 50)).toBeLessThanOrEqual(1 + 1e-3);
      expect(factor(tableau.stability * 1.01)).toBeGreaterThan(1);
    },
  );

  test.each<[Tableau, number]>([
    [forwardEuler, 0.1],
    [heun, 0.15],
    [bogackiShampine, 0.2],
    [dormandPrince, 0.4],
  ])("$name has its order on an orbit", (tableau, within) => {
    const order = observed(tableau, 1);
    expect(order).toBeGreaterThan(tableau.order - within);
    expect(order).toBeLessThan(tableau.order + within);
  });

  test.each<[Tableau, number]>([
    [forwardEuler, 1],
    [heun, 2],
    [bogackiShampine, 3],
    [dormandPrince, 4],
  ])(
    "$name has dense output of its order: an error of one power more over one step",
    (tableau, order) => {
      const lengths = [0.1, 0.07, 0.05, 0.035, 0.025];
      const row = new Float64Array(4);
      const errors = lengths.map((h) => {
        const d = kepler.dynamics();
        const s = Float64Array.from(kepler.start);
        let worst = 0;
        explicit(tableau, constant(h))
          .prepare(d)
          .run(s, { steps: 1 }, (_, t, length, interpolate) => {
            for (let k = 0; k <= 10; k++) {
              interpolate(k / 10, row);
              worst = Math.max(worst, discrepancy(row, kepler.exact(t + (length * k) / 10)));
            }
          });
        return worst;
      });
      const slope = orderOf(lengths, errors);
      expect(slope).toBeGreaterThan(order + 0.7);
      expect(slope).toBeLessThan(order + 1.5);
    },
  );

  test.each<[Tableau, number]>([
    [forwardEuler, 1],
    [heun, 2],
    [bogackiShampine, 3],
    [dormandPrince, 6],
  ])("$name costs as many evaluations a step as it has stages that differ", (tableau, stages) => {
    const d = kepler.dynamics();
    const { stats } = settle(d, Float64Array.from(kepler.start), explicit(tableau, constant(0.1)), {
      steps: 100,
      time: 1,
    });
    expect(stats).toEqual({ steps: 10, rejected: 0, evaluations: 10 * stages + 1 });
  });
});

describe("PI-controlled steps", () => {
  // Errors of steps add up over a hundred steps, and more than that on the orbit, where the phase
  // drifts as t².
  test.each(
    detest.flatMap(
      (known) =>
        [
          [known.name, known, heun, 1e-4],
          [known.name, known, bogackiShampine, 1e-6],
          [known.name, known, dormandPrince, 1e-6],
          [known.name, known, dormandPrince, 1e-9],
        ] as const,
    ),
  )("%s is followed to the tolerance", (_, known, tableau, tolerance) => {
    const d = known.dynamics();
    const s = Float64Array.from(known.start);
    const end = settle(
      d,
      s,
      explicit(tableau, pi({ rtol: tolerance, atol: tolerance, cap: "none" })),
      { steps: 100_000, time: 20 },
    );
    expect(end.time.tau).toBe(20);
    expect(discrepancy(s, known.exact(20))).toBeLessThan((known === kepler ? 200 : 40) * tolerance);
  });
});

describe("rails", () => {
  /** s₀ is driven over its high rail and pulls s₁ with it; s₁ settles at 0.5·s₀. */
  const pushed = () => boxProblem([1, -0.5, -0.5, 1], [[2, 0]], 0, 1);

  test("stages that are put back rest where the rails hold units, free ones beside it", () => {
    const settled = (rails: "projection" | "stages") => {
      const s = new Float64Array(2);
      settle(pushed(), s, explicit(heun, constant(0.5), { rails }), { steps: 200 });
      return s;
    };
    expect(settled("stages")[0]).toBe(1);
    expect(settled("stages")[1]).toBeCloseTo(0.5, 15);
    // Heun's second stage sees s₀ at 1 + h(2 − 1 + 0.25): by hand, s₁ rests at 0.5 + Δ.
    expect(settled("projection")[1]).toBeGreaterThan(0.6);
  });

  test("dense output never leaves them", () => {
    const row = new Float64Array(2);
    for (const tableau of Object.values(tableaux))
      explicit(tableau, constant(0.7))
        .prepare(pushed())
        .run(new Float64Array(2), { steps: 10 }, (_, t, __, interpolate) => {
          for (let k = 0; k <= 10; k++) {
            interpolate(k / 10, row);
            expect(Math.max(...row), `${tableau.name} at ${t}`).toBeLessThanOrEqual(1);
            expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
          }
        });
  });

  test("a solver says how it keeps them, and its step where it has one", () => {
    expect(explicit(forwardEuler, constant(0.5))).toMatchObject({
      name: "forward-euler",
      order: 1,
      rails: "projection",
      step: 0.5,
    });
    expect(explicit(dormandPrince, pi({ rtol: 1e-3, atol: 1e-3 }))).toMatchObject({
      name: "dormand-prince",
      order: 5,
      rails: "stages",
    });
    expect(explicit(dormandPrince, pi({ rtol: 1e-3, atol: 1e-3 }))).not.toHaveProperty("step");
  });
});

describe("samples", () => {
  test("take steps of their own and settle to the same bits whatever else is in the batch", () => {
    const biases = [
      [2, 0],
      [0.3, 0.2],
      [0, 0],
      [-1, 5],
    ];
    const h = [1, -0.5, -0.5, 1];
    const solver = explicit(bogackiShampine, pi({ rtol: 1e-4, atol: 1e-4 }));
    const run = (some: number[][]) => {
      const s = new Float64Array(2 * some.length).fill(0.4);
      return {
        s,
        samples: settle(boxProblem(h, some, 0, 1), s, solver, { steps: 500, tolerance: 1e-8 })
          .samples,
      };
    };
    const all = run(biases);
    expect(all.samples.every(({ outcome }) => outcome === "settled")).toBe(true);
    expect(new Set(all.samples.map(({ steps }) => steps)).size).toBeGreaterThan(1);
    biases.forEach((bias, r) => {
      const alone = run([bias]);
      expect(alone.s).toEqual(all.s.subarray(2 * r, 2 * r + 2));
      expect(alone.samples[0]).toEqual(all.samples[r]);
    });
  });

  test("that are settled, not numbers, or out of steps are left alone", () => {
    const asked: number[] = [0, 0, 0];
    const d = problem({
      size: 1,
      batch: 3,
      low: -Infinity,
      high: Infinity,
      force(s, out, r) {
        asked[r]++;
        out[0] = r === 0 ? 0 : r === 1 ? NaN : -s[0];
      },
      jacobian(_, v, out) {
        out[0] = -v[0];
      },
    });
    const { samples } = settle(d, Float64Array.of(1, 1, 1), explicit(forwardEuler, constant(0.1)), {
      steps: 7,
      tolerance: 1e-6,
    });
    expect(samples.map(({ outcome, steps, evaluations }) => [outcome, steps, evaluations])).toEqual(
      [
        ["settled", 0, 1],
        ["non-finite", 0, 1],
        ["max-steps", 7, 8],
      ],
    );
    // One more each for the residual at the end.
    expect(asked).toEqual([2, 2, 9]);
  });

  test("end at the time that was asked for, to the bit", () => {
    for (const solver of [
      explicit(heun, constant(0.3)),
      explicit(dormandPrince, pi({ rtol: 1e-3, atol: 1e-3 })),
    ]) {
      const { time, stats } = settle(kepler.dynamics(), Float64Array.from(kepler.start), solver, {
        steps: 1000,
        time: 1,
      });
      expect(time.tau).toBe(1);
      expect(stats.steps).toBeGreaterThan(1);
    }
    // Ten tenths are not one in binary: no eleventh step of 1e-16.
    expect(
      settle(kepler.dynamics(), Float64Array.from(kepler.start), explicit(heun, constant(0.1)), {
        steps: 1000,
        time: 1,
      }).stats.steps,
    ).toBe(10);
  });
});

test("a single-precision chip is moved in double precision, and its own state is the result", () => {
  const make = () => {
    const chip = fabricate(ideal, chain([5, 4, 3]), { batch: 2 });
    chip.inputs.showReals([1, 0, 0.5, 0.2, 0, 0, 1, 0, 1, 0.7], 2);
    chip.present();
    chip.start();
    return chip;
  };
  const a = make();
  const b = make();
  const solver = explicit(bogackiShampine, pi({ rtol: 1e-6, atol: 1e-6 }));
  const s = new Float64Array(2 * a.size);
  // Forces of single precision are good to some 1e-7.
  expect(settle(a, a.state.array, solver, { steps: 500, tolerance: 1e-6 }).outcome).toBe("settled");
  expect(settle(b, s, solver, { steps: 500, tolerance: 1e-6 }).outcome).toBe("settled");
  expect(a.state.array.subarray(0, s.length)).toEqual(Float32Array.from(s));
});
