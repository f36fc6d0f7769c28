import { describe, expect, test } from "vitest";
import { constant, pi } from "../../src/solver/controllers.ts";
import { explicit } from "../../src/solver/explicit.ts";
import { extrapolation } from "../../src/solver/extrapolation.ts";
import { integrate } from "../../src/solver/integrate.ts";
import { settle } from "../../src/solver/settle.ts";
import { dormandPrince } from "../../src/solver/tableaux.ts";
import { detest, discrepancy, kepler } from "../support/detest.ts";
import { digitNet } from "../support/digit-nets.ts";
import { boxProblem, problem } from "../support/problems.ts";

const odex = extrapolation({ rtol: 1e-8, atol: 1e-8 });

describe("odex", () => {
  test.each(detest.map((known) => [known.name, known] as const))(
    "%s is followed to the tolerance, and agrees with Dormand–Prince",
    (_, known) => {
      const a = Float64Array.from(known.start);
      const b = Float64Array.from(known.start);
      expect(settle(known.dynamics(), a, odex, { steps: 10_000, time: 20 }).time.tau).toBe(20);
      settle(
        known.dynamics(),
        b,
        explicit(dormandPrince, pi({ rtol: 1e-8, atol: 1e-8, cap: "none" })),
        { steps: 10_000, time: 20 },
      );
      const most = (known === kepler ? 200 : 40) * 1e-8;
      expect(discrepancy(a, known.exact(20))).toBeLessThan(most);
      expect(discrepancy(a, b)).toBeLessThan(2 * most);
    },
  );

  test("follows a waveform with hits of rails as Dormand–Prince with short steps does", () => {
    // s₀ rises to its rail, s₁ follows and pulls it off again.
    const make = () => boxProblem([1, 1.2, -0.6, 0.1], [[2.1, 0]], 0, 1);
    const at = { end: 6, saveAt: 13 };
    const a = integrate(make(), new Float64Array(2), odex, at);
    const b = integrate(make(), new Float64Array(2), explicit(dormandPrince, constant(1e-3)), at);
    expect(Math.max(...a.states.map((s) => s[0]))).toBeGreaterThan(0.999);
    expect(a.states.at(-1)![0]).toBeLessThan(0.999);
    // Short clipped steps are of first order at each of two events: 1e-3·slope·change of slope.
    a.states.forEach((s, k) => {
      expect(discrepancy(s, b.states[k])).toBeLessThan(2e-3);
    });
  });

  test("counts evaluations of its own, and none twice", () => {
    const known = detest[3];
    const d = known.dynamics() as ReturnType<typeof problem>;
    const { stats } = settle(d, Float64Array.from(known.start), odex, {
      steps: 1000,
      time: 20,
      tolerance: 1e-12,
    });
    // settle asks once more for the residual, which this problem does not count.
    expect(stats.evaluations).toBe(d.asked[0].forces);
    expect(stats.steps).toBeGreaterThan(3);
  });

  test("stops when its steps are over, or when settled", () => {
    const known = detest[0];
    const steps = settle(known.dynamics(), Float64Array.from(known.start), odex, {
      steps: 3,
      time: 20,
    });
    expect(steps.stats.steps + steps.stats.rejected).toBe(3);
    expect(steps.time.tau).toBeLessThan(20);
    const settled = settle(boxProblem([1], [[0.5]], 0, 1), new Float64Array(1), odex, {
      steps: 1000,
      tolerance: 1e-4,
    });
    expect(settled.outcome).toBe("settled");
    expect(settled.residual).toBeGreaterThan(1e-12);
  });

  test("both forms settle 784-500-10 where Dormand–Prince does", () => {
    const reached = (form: "projected" | "potential") => {
      const chip = digitNet([784, 500, 10], 1);
      const solver = extrapolation({ rtol: 1e-6, atol: 1e-6, form });
      expect(settle(chip, chip.state.array, solver, { steps: 1000, tolerance: 1e-9 }).outcome).toBe(
        "settled",
      );
      return chip.state.array.slice();
    };
    const chip = digitNet([784, 500, 10], 1);
    settle(chip, chip.state.array, explicit(dormandPrince, pi({ rtol: 1e-3, atol: 1e-3 })), {
      steps: 1000,
      tolerance: 1e-9,
    });
    for (const form of ["projected", "potential"] as const)
      expect(discrepancy(reached(form), chip.state.array)).toBeLessThan(1e-8);
  });

  test("names a stiff circuit, with numbers and a way out", () => {
    // A τ of its own ten thousand times shorter: some 10⁴ evaluations a τ.
    const d = {
      ...boxProblem([1, 0.1, 0.1, 1], [[0.3, 0.3]], 0, 1),
      rate: Float64Array.of(1, 1e4),
    };
    expect(() => settle(d, new Float64Array(2), odex, { steps: 1e6, time: 30 })).toThrow(
      /^odex: the circuit is stiff: \d+ evaluations took sample 0 to [\d.]+ τ, .* 1\.0e\+4 times in a τ; .* use exponentialEuler or linearlyImplicitEuler/,
    );
  });

  test("ends, non-finite, where the force is no number", () => {
    const d = problem({
      size: 1,
      force: (s, out) => {
        out[0] = Math.sqrt(1 - s[0]) + 1;
      },
      jacobian: (_, v, out) => {
        out[0] = v[0];
      },
    });
    expect(settle(d, Float64Array.of(0), odex, { steps: 1e5, time: 20 }).outcome).toBe(
      "non-finite",
    );
  });

  test("tolerances that are not positive are refused", () => {
    expect(() => extrapolation({ rtol: 0, atol: 1e-3 })).toThrow(
      "odex: rtol is 0, expected a positive number",
    );
  });
});
