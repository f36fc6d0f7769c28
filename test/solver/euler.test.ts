import { expect, test } from "vitest";
import { euler } from "../../src/solver/euler.ts";
import { integrate } from "../../src/solver/integrate.ts";
import { settle } from "../../src/solver/settle.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { eulerMaruyama, stochasticHeun } from "../../src/solver/stochastic.ts";
import { ideal, sparseInputs } from "../support/setups.ts";

test("watched Euler takes the fused steps one by one, to rounding", () => {
  const chip = fabricate(ideal, chain([13, 9, 5]), { batch: 3, precision: "f64", seed: 2 });
  chip.inputs.showReals(sparseInputs(3, 13, 1).flat(), 3);
  chip.present();
  chip.start();
  const start = Float64Array.from(chip.state.array);
  const seen = integrate(chip, start, euler(0.5), { end: 10, saveAt: 21 });
  const fused = settle(chip, chip.state.array, euler(0.5), { steps: 20 });
  expect(seen.equilibrium.samples.map((s) => [s.steps, s.evaluations, s.tau])).toEqual(
    fused.samples.map((s) => [s.steps, s.evaluations + 1, s.tau]),
  );
  for (let i = 0; i < start.length; i++)
    expect(Math.abs(seen.states[20][i] - fused.state[i])).toBeLessThan(1e-14);
});

test("no noise comes twice within one presentation, whoever draws it", () => {
  const chip = fabricate(
    { ...ideal, temperature: 300, noise: { ...ideal.noise, thermal: 1e6 } },
    chain([13, 9, 5]),
    { batch: 2, precision: "f64", seed: 2 },
  );
  const before: number[] = [];
  chip.inputs.showReals(sparseInputs(2, 13, 1).flat(), 2);
  chip.present();
  chip.start();
  for (const solver of [euler(0.1), eulerMaruyama(0.1), stochasticHeun(0.1), eulerMaruyama(0.1)]) {
    before.push(chip.noise!.clock);
    settle(chip, chip.state.array, solver, { steps: 4 });
  }
  expect([...before, chip.noise!.clock]).toEqual([0, 4, 16, 28, 40]);
  chip.present();
  expect(chip.noise!.clock).toBe(0);
});

test.each([0.7, 0.2, 1.5, 1e-22])(
  "a flow of %s τ ends there, in fused steps as in single ones",
  (time) => {
    const chip = shown();
    const seen = integrate(chip, Float64Array.from(chip.state.array), euler(0.5), {
      end: time,
      saveAt: [time],
    });
    const fused = settle(chip, chip.state.array, euler(0.5), { steps: 100, time });
    expect(fused.samples.map((s) => [s.outcome, s.steps, s.tau])).toEqual(
      Array.from({ length: 3 }, () => ["end-time", Math.ceil(time / 0.5), time]),
    );
    seen.states[0].forEach((x, i) => {
      expect(Math.abs(x - fused.state[i])).toBeLessThan(1e-14);
    });
    // What has settled before rests, and its time stands still.
    const tolerance = 0.3;
    const again = shown();
    const early = settle(again, again.state.array, euler(0.5), {
      steps: 100,
      time: 100.2,
      tolerance,
    });
    for (const s of early.samples) {
      expect(s.outcome).toBe("settled");
      expect(s.tau).toBeLessThan(100);
    }
  },
);

test("nothing is settled without a tolerance, and a limit of steps is not the time", () => {
  const outcome = (steps: number, time: number) => {
    const chip = shown();
    return settle(chip, chip.state.array, euler(0.5), { steps, time }).outcome;
  };
  expect([outcome(100, 40), outcome(10, 40)]).toEqual(["end-time", "max-steps"]);
});

/** Three samples on their way from zero. */
function shown() {
  const chip = fabricate(ideal, chain([13, 9, 5]), { batch: 3, precision: "f64", seed: 2 });
  chip.inputs.showReals(sparseInputs(3, 13, 1).flat(), 3);
  chip.present();
  chip.start();
  return chip;
}
