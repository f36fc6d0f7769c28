import { describe, expect, test } from "vitest";
import { usualSchemes, type Scheme } from "../../src/circuit/nudging.ts";
import type { Circuit } from "../../src/circuit/circuit.ts";
import type { Chip } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../src/energy/graph.ts";
import { learner } from "../../src/learning/algorithm.ts";
import { random } from "../../src/numerics/random.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { blockDescent } from "../../src/solver/minimise/block-descent.ts";
import { diode } from "../support/clamped.ts";
import { orderOf } from "../support/order.ts";
import { resistors } from "../support/resistors.ts";
import { sparseInputs } from "../support/setups.ts";

const rows = 2;
const labels = [1, 0];
const rate = 1e-3;
const settled = { solver: blockDescent(), stop: { steps: 2000, tolerance: 1e-15 } };
const by = (circuit: Circuit): Circuit => ({
  ...circuit,
  nudge: { spread: 0, offset: 0, kind: "current" },
});
const pairs = (circuit: Circuit): Circuit => ({ ...by(circuit), outputs: "differential" });
const sources = "input: { gain: 2, complementary: true }";
const rectifying = "diodes: { hidden: rectifying, output: none }";
const linear = "diodes: { hidden: none, output: none }";

/** C = mean Σ (ŷ − y)² at the free equilibrium. */
function cost(chip: Chip): number {
  chip.present();
  chip.start();
  chip.sweep!(chip.state.array, settled.stop.steps, 1e-15);
  const first = chip.layout.offset.at(-1)!;
  const { classes, differential } = chip.outputs;
  let sum = 0;
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < classes; k++) {
      const at = r * chip.size + first + k;
      const y = chip.state.array[at] - (differential ? chip.state.array[at + classes] : 0);
      sum += (y - Number(k === labels[r])) ** 2;
    }
  return sum / rows;
}

/** A chip between inputs, and conductances or weights where nothing clips. */
function begin(
  circuit: Circuit,
  g: Graph,
): { chip: Chip; initial: readonly Tensor[]; gradient: readonly Float64Array[] } {
  const chip = fabricate(circuit, g, { batch: rows, precision: "f64", seed: 6 });
  const rng = random(8, "currents");
  const resistive = circuit.family === "resistors";
  const initial = chip.parameters.tensors().map((t) => ({
    ...t,
    data: t.data.map((w) =>
      t.shape.length === 1 ? 0.3 * rng.normal() : resistive ? 0.5 + rng.uniform() : w / 2,
    ),
  }));
  chip.program(initial);
  chip.inputs.showReals(
    sparseInputs(rows, g.sizes[0], 5)
      .flat()
      .map((v) => v + 0.1),
    rows,
  );
  chip.inputs.label(labels);
  const gradient = initial.map((t, k) =>
    Float64Array.from(t.data, (_, i) => {
      const at = (d: number) => {
        chip.program(
          initial.map((u, m) =>
            m === k ? { ...u, data: u.data.map((v, j) => (j === i ? v + d : v)) } : u,
          ),
        );
        return cost(chip);
      };
      // Fourth order in h: what is left is rounding, 1e-15·C over h.
      const h = 5e-4;
      return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
    }),
  );
  return { chip, initial, gradient };
}

/** How far what is learned at β is from −η ∂C/∂θ, over that. */
function off(
  { chip, initial, gradient }: ReturnType<typeof begin>,
  beta: number,
  scheme: Scheme,
): number {
  chip.program(initial);
  learner(chip, null, {
    free: settled,
    nudged: settled,
    beta,
    scheme,
    lambda: 0,
    rates: chip.graph.sizes.slice(1).map(() => rate),
  }).learn(1);
  let apart = 0;
  let size = 0;
  chip.parameters.tensors().forEach((t, k) =>
    t.data.forEach((v, i) => {
      apart += ((v - initial[k].data[i]) / rate + gradient[k][i]) ** 2;
      size += gradient[k][i] ** 2;
    }),
  );
  expect(size).toBeGreaterThan(1e-6);
  return Math.sqrt(apart / size);
}

const betas = [0.04, 0.02, 0.01, 0.005];
const smooth = diode(4, 1e-6);
const cases: readonly (readonly [string, Circuit, Graph])[] = [
  [
    "resistors, amplifiers",
    by(await resistors(`${sources}\n${linear}\namplifier: { gain: 4 }`)),
    chain([6, 5, 4, 3]),
  ],
  [
    "resistors with rectifying diodes",
    by(await resistors(`${sources}\n${rectifying}`)),
    chain([6, 6, 3]),
  ],
  [
    "resistors, amplifiers, rectifying diodes, outputs in pairs",
    pairs(await resistors(`${sources}\n${rectifying}\namplifier: { gain: 4 }`)),
    chain([6, 6, 6]),
  ],
  [
    "resistors, amplifiers, diodes that are real, outputs in pairs",
    pairs(
      await resistors(`${sources}\n${rectifying}\namplifier: { gain: 4 }`, {
        swing: "1 V",
        clamp: "{ law: diode, saturation: 1 uA, ideality: 4 }",
      }),
    ),
    chain([6, 6, 6]),
  ],
  ["transconductors between diodes", by(smooth), chain([6, 5, 4])],
  ["transconductors between diodes, outputs in pairs", pairs(smooth), chain([6, 5, 4])],
];

describe.each(cases)("under a nudge by currents, with %s", (_, circuit, g) => {
  const learning = begin(circuit, g);

  test("one-sided contrast approaches the gradient with order 1", () => {
    const errors = betas.map((beta) => off(learning, beta, usualSchemes["one-sided"]));
    expect(Math.abs(orderOf(betas, errors) - 1)).toBeLessThan(0.1);
    expect(errors.at(-1)).toBeLessThan(5e-2);
  });

  if (circuit.neuron.clamp === "ideal")
    // Resistors answer a current in proportion to it, and between squares of v + βu and v − βu lies
    // 4β v u: nothing is left to be small.
    test("centred contrast is the gradient itself, whatever β, while no diode turns over", () => {
      for (const beta of [0.005, 0.05])
        expect(off(learning, beta, usualSchemes.centred)).toBeLessThan(1e-7);
    });
  else
    test("centred contrast approaches the gradient with order 2", () => {
      const errors = betas.map((beta) => off(learning, beta, usualSchemes.centred));
      expect(Math.abs(orderOf(betas, errors) - 2)).toBeLessThan(0.1);
      expect(errors.at(-1)).toBeLessThan(1e-2);
    });
});
