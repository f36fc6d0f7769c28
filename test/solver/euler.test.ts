import { expect, test } from "vitest";
import { euler } from "../../src/solver/euler.ts";
import { integrate } from "../../src/solver/integrate.ts";
import { settle } from "../../src/solver/settle.ts";
import { fabricate } from "../../src/dynamics/chip.ts";
import { chain } from "../../src/energy/graph.ts";
import { ideal, sparseInputs } from "../support/setups.ts";

test("watched Euler takes the fused steps one by one, to rounding", () => {
  const chip = fabricate(ideal, chain([13, 9, 5]), { batch: 3, precision: "f64", seed: 2 });
  chip.inputs.showReals(sparseInputs(3, 13, 1).flat(), 3);
  chip.present();
  chip.start();
  const start = Float64Array.from(chip.state.array), seen = integrate(chip, start, euler(0.5), { end: 10, saveAt: 21 });
  const fused = settle(chip, chip.state.array, euler(0.5), { steps: 20 });
  expect(seen.equilibrium.samples.map((s) => [s.steps, s.evaluations, s.tau])).toEqual(fused.samples.map((s) => [s.steps, s.evaluations + 1, s.tau]));
  for (let i = 0; i < start.length; i++) expect(Math.abs(seen.states[20][i] - fused.state[i])).toBeLessThan(1e-14);
});
