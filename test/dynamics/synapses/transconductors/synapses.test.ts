import { describe, expect, test } from "vitest";
import type { Circuit, TransconductorCircuit } from "../../../../src/circuit/circuit.ts";
import { digits } from "../../../../src/data/digits.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain, type Graph } from "../../../../src/energy/graph.ts";
import { createSession } from "../../../../src/training/create-session.ts";
import { experimentSchema } from "../../../../src/experiment/schema.ts";
import { learner } from "../../../../src/learning/algorithm.ts";
import { digitalCopy } from "../../../../src/learning/copy.ts";
import { random } from "../../../../src/numerics/random.ts";
import type { Precision } from "../../../../src/numerics/vec.ts";
import { oddChain, tangled } from "../../../support/graphs.ts";
import { plainDie, rough, unpackStates } from "../../../support/rough.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../../../support/setups.ts";

const rows = 3;
const ties = { lambda: 0.3, beta: 0.2 };
const spread = (mismatch: Partial<TransconductorCircuit["mismatch"]>): TransconductorCircuit => ({
  ...ideal,
  mismatch: { ...ideal.mismatch, ...mismatch },
});

/** A tied chip between its rails, with its inputs. */
function tied(circuit: Circuit, g: Graph, precision: Precision = "f64", die = 3) {
  const chip = fabricate(circuit, g, { batch: rows, precision, seed: 4, die });
  const xs = sparseInputs(rows, g.sizes[0], 2);
  const labels = labelsFor(rows, g, 3);
  const rng = random(1, "states");
  chip.inputs.showReals(xs.flat(), rows);
  chip.inputs.label(labels);
  chip.guess.array.set(chip.guess.array.map(() => rng.uniform()));
  chip.project(chip.guess.array);
  chip.present();
  chip.tie(ties);
  chip.state.array.set(chip.state.array.map(() => -0.2 + 1.4 * rng.uniform()));
  chip.project(chip.state.array);
  const targets = labels.map((label) =>
    Array.from({ length: g.sizes.at(-1)! }, (_, i) => (i === label ? 1 : 0)),
  );
  return { chip, xs, targets };
}

/** The largest distance between a chip's forces and the plain ones. */
function distance(
  { chip, xs, targets }: ReturnType<typeof tied>,
  circuit: TransconductorCircuit,
  s = chip.state.array,
): number {
  const die = plainDie(circuit, chip.graph, chip.die, chip.parameters.tensors());
  const f = new Float64Array(rows * chip.size);
  chip.force(s, f);
  let far = 0;
  xs.forEach((x, r) => {
    const states = unpackStates(chip, s, r, x);
    const tie = { ties, guess: unpackStates(chip, chip.guess.array, r, x), y: targets[r] };
    for (let l = 1; l < states.length; l++)
      states[l].forEach((v, i) => {
        far = Math.max(
          far,
          Math.abs(
            f[r * chip.size + chip.layout.offset[l] + i] -
              (die.drive(states, l, i, tie) - die.curvature(l, i, ties) * v),
          ),
        );
      });
  });
  return far;
}

const kinds: [string, TransconductorCircuit][] = [
  ["every spread at once", rough],
  ["no spread", ideal],
  ["reciprocal synapses", spread({ synapse: 0.2 })],
  ["synapses drawn apart", spread({ synapse: 0.2, reciprocal: false })],
  ["output gains", spread({ gain: 0.2 })],
  ["output gains on reciprocal synapses", spread({ gain: 0.2, synapse: 0.1 })],
];

describe.each([
  ["a chain", oddChain],
  ["skip, lateral and masked blocks", tangled],
])("on %s", (_, g) => {
  test.each(kinds)(
    "with %s the force is that of the die's elements, drawn and summed plainly",
    (_, circuit) => {
      const setup = tied(circuit, g);
      expect(distance(setup, circuit)).toBeLessThan(1e-12);
      // A state elsewhere has its drives formed anew.
      expect(distance(setup, circuit, Float64Array.from(setup.chip.state.array))).toBeLessThan(
        1e-12,
      );
      // Single precision: every drive is a sum of less than 60 terms of order one.
      expect(distance(tied(circuit, g, "f32"), circuit)).toBeLessThan(60 * 2 ** -23);
    },
  );

  test("after an update the force is that of the new weights under the old gains", () => {
    const setup = tied(rough, g);
    const { chip } = setup;
    const before = chip.parameters.tensors();
    const teacher = learner(chip, null, {
      ...phases(30, 10),
      beta: 0.5,
      lambda: 0,
      rates: new Array<number>(4).fill(0.5),
    });
    teacher.learn(1);
    chip.present();
    chip.tie(ties);
    expect(chip.parameters.tensors()).not.toEqual(before);
    expect(distance(setup, rough)).toBeLessThan(1e-12);
  });
});

describe("an energy", () => {
  test.each<[boolean, string, Circuit]>([
    [true, "no spread", ideal],
    [true, "reciprocal synapses", spread({ synapse: 0.2, leak: 0.1, offset: 0.1, rail: 0.1 })],
    [true, "unreciprocal synapses without spread", spread({ reciprocal: false })],
    [false, "synapses drawn apart", spread({ synapse: 0.01, reciprocal: false })],
    [false, "output gains", spread({ gain: 0.01 })],
  ])("exists (%s) with %s, and so do sweeps", (exists, _, circuit) => {
    const chip = fabricate(circuit, tangled, { batch: 1 });
    expect([chip.energy !== undefined, chip.sweep !== undefined]).toEqual([exists, exists]);
  });

  test("of reciprocal synapses with spread falls along the force: F = −∂E/∂s by central differences", () => {
    const { chip } = tied(spread({ synapse: 0.3, leak: 0.1, offset: 0.1 }), tangled);
    const s = Float64Array.from(chip.state.array);
    const f = new Float64Array(s.length);
    const e = new Float64Array(rows);
    const d = 1e-5;
    chip.force(s, f);
    for (let i = 0; i < s.length; i++) {
      if (chip.high[i % chip.size] === 0) continue;
      const at = (h: number) => {
        const moved = Float64Array.from(s);
        moved[i] += h;
        chip.energy!(moved, e);
        return e[Math.floor(i / chip.size)];
      };
      // E is quadratic, so the central difference is exact up to rounding: 1e-16·|E|/d.
      expect(f[i]).toBeCloseTo(-(at(d) - at(-d)) / (2 * d), 8);
    }
  });
});

describe("rails of a unit's own", () => {
  const railed = spread({ rail: 0.2 });
  test("hold its state from the start, and never cross", () => {
    // σ = 3 swings: about two in five pairs would cross.
    for (const circuit of [railed, spread({ rail: 3 })]) {
      const chip = fabricate(circuit, chain([4, 400, 5]), { batch: 1, precision: "f64" });
      for (let i = 0; i < chip.size; i++) expect(chip.low[i]).toBeLessThanOrEqual(chip.high[i]);
      chip.inputs.showReals([0, 0, 0, 0], 1);
      chip.present();
      chip.start();
      expect(Array.from(chip.state.array)).toEqual(
        Array.from(chip.low, (low, i) => Math.min(Math.max(0, low), chip.high[i])),
      );
    }
  });

  test("have the spread that the schematic says, low and high apart", () => {
    const n = 2000;
    const { low, high } = fabricate(railed, chain([1, n, 4]), { batch: 1, precision: "f64" });
    const z = (of: ArrayLike<number>, mean: number) =>
      Array.from({ length: n }, (_, i) => (of[i] - mean) / 0.2);
    const a = z(low, 0);
    const b = z(high, 1);
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v) / n;
    // A sample variance has σ = √(2/n), a correlation 1/√n; 1 in 10⁴ pairs met half way.
    for (const values of [a, b])
      expect(Math.abs(mean(values.map((v) => v * v)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(mean(a.map((v, i) => v * b[i])))).toBeLessThan(4 / Math.sqrt(n));
  });
});

describe("a die's synapses", () => {
  const force = (
    circuit: Circuit,
    { die = 3, precision = "f64" }: { die?: number; precision?: Precision } = {},
  ) => {
    const { chip } = tied(circuit, tangled, precision, die);
    const f = new Float64Array(rows * chip.size);
    chip.force(chip.state.array, f);
    return f;
  };
  test("are its own: equal numbers, equal bits; another number, other synapses", () => {
    expect(force(rough)).toEqual(force(rough));
    expect(force(rough, { die: 4 })).not.toEqual(force(rough));
  });

  test("conduct forward the same whether their backward direction is drawn or not", () => {
    // Nothing comes back to the inputs, so a net of one layer is all forward.
    const one = (reciprocal: boolean) => {
      const { chip } = tied(spread({ synapse: 0.3, reciprocal }), chain([11, 7]));
      const f = new Float64Array(rows * chip.size);
      chip.force(chip.state.array, f);
      return f;
    };
    expect(one(false)).toEqual(one(true));
    expect(force(spread({ synapse: 0.3, reciprocal: false }))).not.toEqual(
      force(spread({ synapse: 0.3 })),
    );
  });

  test.each(["f32", "f64"] as const)(
    "with zero spread train to the bits of the ideal chip in %s, whichever die and reciprocal " +
      "or not",
    (precision) => {
      const trained = (circuit: Circuit, die: number) => {
        const g = tangled;
        const chip = fabricate(circuit, g, { batch: rows, seed: 5, die, precision });
        const copy = digitalCopy(chip, { seed: 5 });
        const teacher = learner(chip, copy, {
          ...phases(20, 4),
          beta: 0.5,
          lambda: 0.1,
          rates: [0.1, 0.05, 0.05, 0.05],
        });
        for (let k = 0; k < 20; k++) {
          chip.inputs.showReals(sparseInputs(rows, 11, k).flat(), rows);
          chip.inputs.label(labelsFor(rows, g, k));
          teacher.learn(k % 2 ? 1 : -1);
        }
        return [...chip.parameters.tensors(), ...copy.parameters.tensors()];
      };
      expect(trained(spread({ reciprocal: false }), 9)).toEqual(trained(ideal, 1));
    },
  );

  test("without spread are the programmed weights themselves: no memory is used for gains", () => {
    const used = (circuit: Circuit) => fabricate(circuit, oddChain, { batch: 1 }).memory.used;
    const none = used(ideal);
    expect(used(spread({ leak: 0.1, rail: 0.1, reciprocal: false }))).toBe(none);
    expect(used(spread({ synapse: 0.1 }))).toBeGreaterThan(none);
    expect(used(rough)).toBeGreaterThan(used(spread({ synapse: 0.1 })));
  });
});

test("a chip whose synapses differ by 30 % between their directions learns the digits all the same", () => {
  const experiment = experimentSchema.parse({
    name: "asymmetric",
    seed: 7,
    network: { layers: [784, 60, 10] },
    settle: { free: { steps: 20 }, nudged: { steps: 4 } },
    learning: { beta: 0.5, rates: [0.1, 0.05] },
  });
  const data = digits(7);
  const session = createSession(experiment, spread({ synapse: 0.3, reciprocal: false }), data);
  const errors: number[] = [];
  for (let k = 0; k <= 400; k++) {
    if (k % 400 === 0) errors.push(session.evaluate().testErrorChip!);
    session.advance();
  }
  const [untrained, trained] = errors;
  expect(untrained).toBeGreaterThan(60);
  expect(trained).toBeLessThan(25);
}, 60_000);
