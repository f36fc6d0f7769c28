import { describe, expect, test } from "vitest";
import type { Circuit } from "../../src/circuit/circuit.ts";
import { averagedVariance } from "../../src/circuit/integrators.ts";
import { thermalVariance } from "../../src/circuit/circuit.ts";
import { timeConstant } from "../../src/circuit/families/families.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { readingOf } from "../../src/learning/reading.ts";
import { solverOf } from "../../src/experiment/catalogue.ts";
import { euler } from "../../src/solver/euler.ts";
import type { Solver } from "../../src/solver/solver.ts";
import { stochasticHeun } from "../../src/solver/stochastic.ts";
import { ideal } from "../support/setups.ts";

const tau = timeConstant(ideal);
const hot: Circuit = { ...ideal, noise: { thermal: 1e4 } };
const through = (circuit: Circuit, window: number, leak = 0, droop = 0): Circuit => ({
  ...circuit,
  readout: { average: window * tau, leak, droop },
});
const rows = 40;
const units = 200;

/** Readings of unconnected neurons that rest in the middle of the rails, less what they rest at. */
function errors(circuit: Circuit, solver: Solver, settling = 10, from = 0.5): Float64Array {
  const chip = fabricate(circuit, chain([1, units, 3]), { batch: rows, precision: "f64" });
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 1 ? 0.5 : 0)) })),
  );
  chip.inputs.showReals(new Float64Array(rows), rows, 1);
  chip.present();
  chip.state.array.fill(from);
  chip.project(chip.state.array);
  const runner = solver.prepare(chip);
  runner.run(chip.state.array, { steps: 10_000, time: settling });
  const to = chip.vector();
  readingOf(chip, { solver }, runner)(to);
  return Float64Array.from(
    { length: rows * units },
    (_, k) => to.array[Math.floor(k / units) * chip.size + (k % units)] - 0.5,
  );
}
const variance = (x: Float64Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;
/** Four standard deviations of the variance of so many normal numbers, over itself. */
const sampling = 4 * Math.sqrt(2 / (rows * units));

describe("a reading through integrators", () => {
  test("of white noise falls over a window of T as 2/T (1 − (1 − e^(−T))/T), within 5 %", () => {
    const whole = thermalVariance(hot);
    for (const solver of [euler(0.25), stochasticHeun(0.1)])
      for (const window of [0, 1, 4, 16]) {
        const seen = variance(errors(through(hot, window), solver)) / whole;
        const theory = averagedVariance(window);
        expect(Math.abs(seen / theory - 1), `${solver.name} ${window}`).toBeLessThan(
          0.02 + sampling,
        );
      }
    expect(averagedVariance(200)).toBeCloseTo(2 / 200, 4);
  });

  test("that loses charge averages as over the window that it remembers", () => {
    for (const [window, leak] of [
      [8, 0.5],
      [8, 0.99],
    ] as const) {
      const seen = variance(errors(through(hot, window, leak), euler(0.25)));
      expect(
        Math.abs(seen / thermalVariance(hot) / averagedVariance(window, leak) - 1),
      ).toBeLessThan(0.03 + sampling);
    }
    // What has lost nearly all remembers L = T / −ln(1 − leak), e^(−t/L).
    const memory = 200 / -Math.log(1e-9);
    expect(averagedVariance(200, 1 - 1e-9)).toBeCloseTo(1 / (1 + memory), 6);
    expect(averagedVariance(3, 1e-12)).toBeCloseTo(averagedVariance(3), 9);
  });

  test("of 1/f noise falls no further than what is slower than the window", () => {
    const pink: Circuit = { ...hot, noise: { thermal: 1e4, flicker: { corner: 1 / tau } } };
    const of = (window: number) => variance(errors(through(pink, window), euler(0.5)));
    const [short, long] = [of(8), of(32)];
    const white = variance(errors(through(hot, 32), euler(0.5)));
    expect(long / short).toBeGreaterThan(0.6);
    expect(long).toBeGreaterThan(10 * white);
  });

  test("droops by what it says, and a window of zero is the state, bit for bit", () => {
    const dropped = errors(through(ideal, 4, 0.3, 0.01), euler(0.5), 40);
    for (const e of dropped) expect(e).toBeCloseTo(-0.01, 9);
    expect(errors(through(hot, 0), euler(0.5))).toEqual(errors(hot, euler(0.5)));
  });

  test("goes on by flows without equal steps, and by minimisers not at all", () => {
    const of = (name: "bogacki-shampine" | "block-descent") =>
      errors(through(ideal, 4), solverOf(name, 0.5), 2, 0)[0];
    // From 0 a node goes to 1/2 as e^(−t): its mean from 2 τ to 6 τ, by trapezoids of a quarter.
    const exact = (-0.5 * Math.exp(-2) * -Math.expm1(-4)) / 4;
    expect(Math.abs(of("bogacki-shampine") / exact - 1)).toBeLessThan(0.25 ** 2 / 12 + 1e-3);
    expect(Math.abs(of("block-descent"))).toBeLessThan(1e-9);
  });
});
