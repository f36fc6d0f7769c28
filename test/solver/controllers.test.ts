import { describe, expect, test } from "vitest";
import { InputError } from "../../src/numerics/errors.ts";
import { constant, energyDescent, pi, type Controller } from "../../src/solver/controllers.ts";
import { explicit } from "../../src/solver/explicit.ts";
import { settle } from "../../src/solver/settle.ts";
import { bogackiShampine, dormandPrince, forwardEuler, heun } from "../../src/solver/tableaux.ts";
import { digitNet } from "../support/digit-nets.ts";
import { boxProblem, problem } from "../support/problems.ts";

const loose = { rtol: 1e-3, atol: 1e-3 };
/** What a solver needs to bring 784-500-10 from zero to a residual of 1e-9. */
function cost(solver: ReturnType<typeof explicit>, lambda: number, steps = 500) {
  const chip = digitNet([784, 500, 10], lambda);
  return settle(chip, chip.state.array, solver, { steps, tolerance: 1e-9 });
}

describe("energy descent", () => {
  const descent = explicit(forwardEuler, energyDescent());

  test.each([
    [1, 60],
    [10, 40],
    [100, 40],
  ])("settles 784-500-10 at λ = %d to 1e-9 within %d evaluations", (lambda, most) => {
    const { outcome, stats } = cost(descent, lambda);
    expect(outcome).toBe("settled");
    expect(stats.evaluations).toBeLessThanOrEqual(most);
    // The energy falls are told from forces that are there anyway: one evaluation a step, accepted
    // or not.
    expect(stats.evaluations).toBe(stats.steps + stats.rejected + 1);
  });

  test("never lets the energy of 784-500-500-500-10 rise in 300 steps at λ = 0", () => {
    const chip = digitNet([784, 500, 500, 500, 10], 0);
    const row = new Float64Array(chip.size);
    const energy = new Float64Array(1);
    const seen: number[] = [];
    descent.prepare(chip).run(chip.state.array, { steps: 300 }, (_, __, ___, interpolate) => {
      interpolate(1, row);
      chip.energy!(row, energy);
      seen.push(energy[0]);
    });
    expect(seen.length).toBeGreaterThan(200);
    // Energies of some tens are rounded at 1e-14.
    for (let k = 1; k < seen.length; k++) expect(seen[k] - seen[k - 1]).toBeLessThanOrEqual(1e-13);
    expect(seen[0] - seen.at(-1)!).toBeGreaterThan(0.01);
  });

  test("shrinks a step that overshoots to the minimum along it, and grows one that does not", () => {
    const d = boxProblem([10], [[1]], -Infinity, Infinity);
    const lengths: number[] = [];
    const control = explicit(forwardEuler, energyDescent({ first: 1 }));
    const { stats } = settle(d, new Float64Array(1), control, { steps: 100, tolerance: 1e-12 });
    expect(stats.rejected).toBeGreaterThan(0);
    control.prepare(d).run(new Float64Array(1), { steps: 3 }, (_, __, h) => lengths.push(h));
    // On one parabola the first step lands on a tenth of what was tried: 1/curvature.
    expect(lengths[0]).toBeCloseTo(0.1, 12);
  });

  test("is refused where there is no energy", () => {
    const d = problem({
      size: 1,
      force: (s, out) => {
        out[0] = -s[0];
      },
      jacobian: (_, v, out) => {
        out[0] = -v[0];
      },
    });
    expect(() => descent.prepare(d)).toThrow(InputError);
    expect(() => descent.prepare(d)).toThrow("energyDescent: these dynamics have no energy");
  });
});

describe("a PI controller", () => {
  test(
    "with the spectral cap settles λ = 100 to 1e-9 within 150 evaluations; without it, it " +
      "hovers and never does",
    () => {
      const capped = cost(explicit(bogackiShampine, pi(loose)), 100);
      const free = cost(explicit(bogackiShampine, pi({ ...loose, cap: "none" })), 100);
      expect(capped.outcome).toBe("settled");
      expect(capped.stats.evaluations).toBeLessThanOrEqual(150);
      expect(free.outcome).toBe("max-steps");
      expect(free.residual).toBeGreaterThan(1e-4);
    },
  );

  test.each([heun, bogackiShampine, dormandPrince])(
    "with the spectral cap keeps steps of $name within 0.7 of its stability interval and " +
      "1.72, where clipped stages still settle",
    (tableau) => {
      // Eigenvalues 1.5 and 0.5 at rates of 4: a spectral radius between 4·0.5 and 4·1.5, here
      // exactly 6.
      const d = {
        ...boxProblem([1, 0.5, 0.5, 1], [[0.2, 0.1]], 0, 1),
        rate: Float64Array.of(4, 4),
      };
      const lengths: number[] = [];
      explicit(tableau, pi({ rtol: 0.1, atol: 0.1 }))
        .prepare(d)
        .run(new Float64Array(2), { steps: 60 }, (_, __, h) => lengths.push(h));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(Math.min(0.7 * tableau.stability, 1.72) / 6);
      expect(Math.max(...lengths)).toBeGreaterThan(Math.min(0.6 * tableau.stability, 1.6) / 6);
    },
  );

  test("takes no step over a cap in τ, and begins with the step it is told", () => {
    const lengths: number[] = [];
    const d = boxProblem([1], [[0.5]], 0, 1);
    explicit(bogackiShampine, pi({ ...loose, cap: 0.25, first: 0.01 }))
      .prepare(d)
      .run(new Float64Array(1), { steps: 40 }, (_, __, h) => lengths.push(h));
    expect(lengths[0]).toBe(0.01);
    expect(Math.max(...lengths)).toBe(0.25);
  });

  test("rejects what is no number and tries shorter steps", () => {
    // ṡ = 1/√(1 − s) is no number beyond s = 1, where the solution arrives at t = 2/3.
    const d = problem({
      size: 1,
      force: (s, out) => {
        out[0] = 1 / Math.sqrt(1 - s[0]);
      },
      jacobian: (s, v, out) => {
        out[0] = v[0] * 0.5 * (1 - s[0]) ** -1.5;
      },
    });
    const s = Float64Array.of(0);
    const end = settle(d, s, explicit(bogackiShampine, pi({ ...loose, cap: "none", first: 0.6 })), {
      steps: 400,
      time: 0.6,
    });
    expect(end.stats.rejected).toBeGreaterThan(0);
    // (1 − s)^(3/2) = 1 − 3t/2: s = 1 − 0.1^(2/3).
    expect(Math.abs(s[0] - (1 - 0.1 ** (2 / 3)))).toBeLessThan(1e-2);
  });
});

describe("bad input", () => {
  test.each<[string, () => Controller, string]>([
    ["a step of zero", () => constant(0), "constant: the step is 0, expected a positive number"],
    [
      "a tolerance below zero",
      () => pi({ rtol: -1e-3, atol: 1e-3 }),
      "pi: rtol is -0.001, expected a positive number",
    ],
    ["no tolerance", () => pi({ rtol: 1e-3, atol: NaN }), "pi: atol is NaN"],
    ["a cap of zero", () => pi({ ...loose, cap: 0 }), "pi: the cap is 0"],
    ["no integral part", () => pi({ ...loose, icoeff: 0 }), "icoeff 0"],
    [
      "an Armijo share of one",
      () => energyDescent({ c: 1 }),
      "energyDescent: c is 1, expected a number between 0 and 1",
    ],
    ["growth below one", () => energyDescent({ grow: 0.5 }), "energyDescent: grow is 0.5"],
  ])("%s is refused", (_, make, message) => {
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });

  test(
    "adaptive steps without an error estimate, and any flow on a noisy circuit, are refused " +
      "with a way out",
    () => {
      const d = boxProblem([1], [[0]], 0, 1);
      const noisy = {
        ...d,
        noise: { amplitude: Float64Array.of(1), clock: 0, normal: () => undefined },
      };
      expect(() => explicit(forwardEuler, pi(loose)).prepare(d)).toThrow(
        "pi: forward-euler does not estimate its error; use",
      );
      expect(() => explicit(heun, constant(0.1)).prepare(noisy)).toThrow(
        "heun: the circuit is noisy",
      );
    },
  );
});
