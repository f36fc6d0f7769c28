import { describe, expect, test } from "vitest";
import {
  thermalVariance,
  type Circuit,
  type TransconductorCircuit,
} from "../../../src/circuit/circuit.ts";
import { timeConstant } from "../../../src/circuit/families/families.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { processes } from "../../../src/dynamics/noise/flicker.ts";
import { chain } from "../../../src/energy/graph.ts";
import type { Ties } from "../../../src/energy/hopfield.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import type { Solver } from "../../../src/solver/solver.ts";
import { eulerMaruyama, stochasticHeun } from "../../../src/solver/stochastic.ts";
import { resistors } from "../../support/resistors.ts";
import { ideal } from "../../support/setups.ts";

const rows = 50;
const units = 200;
const sightings = 4;
const hot: TransconductorCircuit = { ...ideal, noise: { thermal: 1 } };
const solvers = { euler, "euler-maruyama": eulerMaruyama, "stochastic-heun": stochasticHeun };
const names = Object.keys(solvers) as (keyof typeof solvers)[];
const lengths = [0.5, 0.1, 0.02];

/** Unconnected units, tied, all of them between the rails. */
function loose(circuit: Circuit, ties: Ties): Chip {
  const chip = fabricate(circuit, chain([1, 4, units]), { batch: rows, precision: "f64" });
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 1 ? 0.5 : 0)) })),
  );
  chip.inputs.showReals(new Float64Array(rows), rows);
  chip.inputs.label(Array.from({ length: rows }, () => 0));
  chip.present();
  chip.guess.array.fill(0.5);
  chip.state.array.fill(0.3);
  chip.touch();
  chip.tie(ties);
  return chip;
}

/** Mean square of the outputs around drive / curvature. */
function variance(chip: Chip, solver: Solver & { step: number }, settling = 4): number {
  const s = chip.state.array;
  const first = chip.layout.offset.at(-1)!;
  const rest = Float64Array.from(s);
  const { noise } = chip;
  const clock = noise!.clock;
  const force = new Float64Array(s.length);
  chip.force(rest, force);
  for (let k = 0; k < rest.length; k++) rest[k] += force[k] / chip.curvature[k % chip.size];
  s.set(rest);
  chip.touch();
  noise!.clock = clock;
  let sum = 0;
  for (let k = 0; k < sightings; k++) {
    const tau = k === 0 ? settling : 3;
    settle(chip, s, solver, { steps: Math.round(tau / solver.step) });
    for (let r = 0; r < rows; r++)
      for (let i = first; i < first + units; i++)
        sum += (s[r * chip.size + i] - rest[r * chip.size + i]) ** 2;
  }
  return sum / (sightings * rows * units);
}

describe.each(names)("by %s a node by itself", (name) => {
  test.each(
    lengths.flatMap((step) =>
      [
        { lambda: 0, beta: 0 },
        { lambda: 1, beta: 0 },
        // Fine steps take long, and these say no more there.
        ...(step < 0.1
          ? []
          : [
              { lambda: 0.1, beta: 0.5 },
              { lambda: 0, beta: -0.2 },
            ]),
      ].map((ties) => ({ step, ...ties })),
    ),
  )("has kT/C at steps of $step τ, λ = $lambda, β = $beta", ({ step, ...ties }) => {
    const measured = variance(loose(hot, ties), solvers[name](step)) / thermalVariance(hot);
    // 4·10⁴ values: a standard deviation of 0.7 %.
    expect(Math.abs(measured - 1)).toBeLessThan(0.028);
  });

  test.each([0.5, 0.1])("has what 1/f noise gives it, at steps of %f τ", (step) => {
    const corner = 2 / timeConstant(hot);
    const circuit = { ...hot, noise: { thermal: 1, flicker: { corner } } };
    const lambda = 0.5;
    const a = 1 + lambda;
    // White noise of the leak has 2 kT/C; a process of rate r its variance / a (a + r) times that.
    const flicker = processes(2).reduce((sum, p) => sum + (2 * p.variance) / (a * (a + p.rate)), 0);
    const measured =
      variance(loose(circuit, { lambda, beta: 0 }), solvers[name](step)) / thermalVariance(hot);
    expect(Math.abs(measured / (1 + flicker) - 1)).toBeLessThan(0.04);
  });
});

describe.each(names)("by %s a node of a crossbar", (name) => {
  test.each([0.5, 0.1])("has kT/C whatever loads it, at %f of its own time", async (of) => {
    const circuit = {
      ...(await resistors("diodes: { hidden: none, output: none }", { leak: "50 uS" })),
      noise: { thermal: 1 },
    };
    const swing = circuit.rails.high - circuit.rails.low;
    const chip = fabricate(circuit, chain([6, units]), { batch: rows, precision: "f64" });
    chip.inputs.showReals(new Float64Array(6 * rows), rows);
    chip.inputs.label(Array.from({ length: rows }, () => 0));
    chip.present();
    const fastest = Math.max(...Array.from(chip.curvature, (c, i) => c * chip.rate[i]));
    const measured = variance(chip, solvers[name](of / fastest), 4);
    expect(Math.abs(measured / (thermalVariance(circuit) / swing ** 2) - 1)).toBeLessThan(0.03);
  });
});
