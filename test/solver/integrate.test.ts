import { describe, expect, test } from "vitest";
import { constant, energyDescent, pi } from "../../src/solver/controllers.ts";
import { explicit, type Flow } from "../../src/solver/explicit.ts";
import { exponentialEuler } from "../../src/solver/exponential.ts";
import { extrapolation } from "../../src/solver/extrapolation.ts";
import { linearlyImplicitEuler, pseudoTransient } from "../../src/solver/implicit.ts";
import { integrate } from "../../src/solver/integrate.ts";
import { settle } from "../../src/solver/settle.ts";
import {
  bogackiShampine,
  dormandPrince,
  forwardEuler,
  heun,
  type Tableau,
} from "../../src/solver/tableaux.ts";
import type { Solver } from "../../src/solver/solver.ts";
import { discrepancy, kepler } from "../support/detest.ts";
import { digitNet } from "../support/digit-nets.ts";
import { orderOf } from "../support/order.ts";
import { boxProblem } from "../support/problems.ts";

describe("a waveform", () => {
  test.each<[Tableau, number]>([
    [forwardEuler, 0.1],
    [heun, 0.15],
    [bogackiShampine, 0.2],
    [dormandPrince, 0.4],
  ])("has between the steps of $name the order that it has at them", (tableau, within) => {
    const counts = [20, 28, 40, 57, 80];
    const errors = counts.map((n) => {
      const { tau, states } = integrate(
        kepler.dynamics(),
        Float64Array.from(kepler.start),
        explicit(tableau, constant(1 / n)),
        { end: 1, saveAt: 333 },
      );
      return Math.max(...states.map((s, k) => discrepancy(s, kepler.exact(tau[k]))));
    });
    expect(
      Math.abs(
        orderOf(
          counts.map((n) => 1 / n),
          errors,
        ) - tableau.order,
      ),
    ).toBeLessThan(within);
  });

  test("is there at the times that were asked for, in τ and seconds, from the start to the end", () => {
    const flows: Flow[] = [
      explicit(dormandPrince, pi({ rtol: 1e-7, atol: 1e-7 })),
      extrapolation({ rtol: 1e-7, atol: 1e-7 }),
      explicit(heun, constant(1e-3)),
      exponentialEuler(1e-4),
    ];
    for (const flow of flows) {
      const d = { ...boxProblem([1], [[0.2], [0.5], [0]], 0, 1), tauSeconds: 1e-8 };
      const s0 = Float64Array.of(1, 1, 1);
      const { tau, seconds, states, equilibrium } = integrate(d, s0, flow, {
        end: 3,
        saveAt: [0, 0.1, 0.1, 2, 3],
      });
      expect(Array.from(tau)).toEqual([0, 0.1, 0.1, 2, 3]);
      expect(seconds[3]).toBeCloseTo(2e-8, 20);
      // ṡ = b − s from 1: b + (1 − b)e^−t.
      states.forEach((s, k) => {
        expect(
          discrepancy(
            s,
            [0.2, 0.5, 0].map((b) => b + (1 - b) * Math.exp(-tau[k])),
          ),
        ).toBeLessThan(1e-6);
      });
      expect(equilibrium).toMatchObject({ outcome: "end-time", time: { tau: 3 } });
      expect(equilibrium.state).toEqual(states[4]);
      expect(Array.from(s0)).toEqual([1, 1, 1]);
    }
  });

  test("has as many times as were asked for, evenly", () => {
    const { tau } = integrate(
      kepler.dynamics(),
      Float64Array.from(kepler.start),
      explicit(heun, constant(0.1)),
      { end: 1, saveAt: 5 },
    );
    expect(Array.from(tau)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });

  test("ends in NaN where the steps run out, and says why", () => {
    const { states, equilibrium } = integrate(
      kepler.dynamics(),
      Float64Array.from(kepler.start),
      explicit(heun, constant(0.1)),
      { end: 1, saveAt: [0.2, 0.9], steps: 3 },
    );
    expect(states[0][0]).not.toBeNaN();
    expect(Array.from(states[1])).toEqual([NaN, NaN, NaN, NaN]);
    expect(equilibrium.outcome).toBe("max-steps");
  });

  test(
    "of a chip at λ = 100 is within 3 % of exact by eight exponential steps, where Heun needs " +
      "as many more",
    () => {
      const reference = digitNet([784, 500, 10], 100);
      const shape = { end: 0.05, saveAt: 11 };
      const exact = integrate(
        reference,
        reference.state.array,
        explicit(dormandPrince, pi({ rtol: 1e-8, atol: 1e-8 })),
        shape,
      ).states;
      const error = (flow: Flow) => {
        const chip = digitNet([784, 500, 10], 100);
        const { states } = integrate(chip, chip.state.array, flow, shape);
        return Math.max(
          ...states.map((s, k) =>
            s.reduce((top, x, i) => Math.max(top, Math.abs(x - exact[k][i])), 0),
          ),
        );
      };
      expect(error(exponentialEuler(0.05 / 8))).toBeLessThan(0.03);
      expect(error(explicit(heun, constant(0.05 / 4)))).toBeGreaterThan(
        error(exponentialEuler(0.05 / 8)),
      );
    },
  );

  test("of a minimiser, of no time, or at times that do not rise is refused", () => {
    const d = boxProblem([1], [[0]], 0, 1);
    const s = new Float64Array(1);
    const flow = explicit(heun, constant(0.1));
    expect(() => integrate(d, s, pseudoTransient(), { end: 1 })).toThrow(
      "integrate: pseudo-transient is a minimiser",
    );
    expect(() => integrate(d, s, flow, { end: 0 })).toThrow("integrate: the end is 0 τ");
    expect(() => integrate(d, s, flow, { end: 1, saveAt: [0.5, 0.2] })).toThrow(
      "integrate: saveAt[1] is 0.2 τ",
    );
    expect(() => integrate(d, s, flow, { end: 1, saveAt: 1 })).toThrow(
      "integrate: saveAt is 1, expected a whole number ≥ 2",
    );
  });
});

describe("where they settle", () => {
  const loose = { rtol: 1e-3, atol: 1e-3 };

  test.each([1, 10])(
    "all flows agree within 1e-6 at a tolerance of 1e-9, λ = %d",
    (lambda) => {
      const solvers: Solver[] = [
        explicit(forwardEuler, energyDescent()),
        explicit(forwardEuler, constant(0.1)),
        exponentialEuler(0.5),
        linearlyImplicitEuler(2),
        pseudoTransient(),
        ...[heun, bogackiShampine, dormandPrince].map((tableau) => explicit(tableau, pi(loose))),
        extrapolation(loose),
      ];
      const ends = solvers.map((solver) => {
        const chip = digitNet([784, 500, 10], lambda);
        expect(
          settle(chip, chip.state.array, solver, { steps: 2000, tolerance: 1e-9 }).outcome,
          solver.name,
        ).toBe("settled");
        return Float64Array.from(chip.state.array);
      });
      for (const end of ends)
        expect(end.reduce((top, x, i) => Math.max(top, Math.abs(x - ends[0][i])), 0)).toBeLessThan(
          1e-6,
        );
    },
    30_000,
  );
});
