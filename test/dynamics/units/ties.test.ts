import { describe, expect, test } from "vitest";
import { usualSchemes } from "../../../src/circuit/nudging.ts";
import type { Circuit, TransconductorCircuit } from "../../../src/circuit/circuit.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { outputTies } from "../../../src/dynamics/units/ties.ts";
import { chain, type Graph } from "../../../src/energy/graph.ts";
import { learner } from "../../../src/learning/algorithm.ts";
import { digitalCopy } from "../../../src/learning/copy.ts";
import { random } from "../../../src/numerics/random.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import { tangled } from "../../support/graphs.ts";
import { plainDie, rough, unpackStates } from "../../support/rough.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../../support/setups.ts";

const rows = 3;
const ties = { lambda: 0.3, beta: -0.2 };
const spread: TransconductorCircuit = {
  ...ideal,
  link: { spread: 0.4, offset: 0.1 },
  nudge: { spread: 0.3, offset: 0.2 },
};

/** A tied chip at random states between its rails. */
function tied(
  circuit: Circuit,
  g: Graph = tangled,
  die = 3,
): { chip: Chip; xs: number[][]; labels: number[] } {
  const chip = fabricate(circuit, g, { batch: rows, precision: "f64", seed: 4, die });
  const xs = sparseInputs(rows, g.sizes[0], 2);
  const labels = labelsFor(rows, g, 3);
  const rng = random(1, "states");
  chip.inputs.showReals(xs.flat(), rows);
  chip.inputs.label(labels);
  chip.guess.array.set(chip.guess.array.map(() => rng.uniform()));
  chip.project(chip.guess.array);
  chip.present();
  chip.tie(ties);
  chip.state.array.set(chip.state.array.map(() => rng.uniform()));
  chip.project(chip.state.array);
  return { chip, xs, labels };
}
const isUnit = (chip: Chip, k: number) => !chip.layout.padding.includes(k % chip.size);

describe("conductances to guess and target that differ from unit to unit", () => {
  test.each<[string, TransconductorCircuit]>([
    ["alone", spread],
    ["with every other spread", { ...rough, link: spread.link, nudge: spread.nudge }],
  ])("%s pull as the die's elements do, drawn and summed plainly", (_, circuit) => {
    const { chip, xs, labels } = tied(circuit);
    const die = plainDie(circuit, chip.graph, chip.die, chip.parameters.tensors());
    for (const s of [chip.state.array, Float64Array.from(chip.state.array)]) {
      const f = new Float64Array(rows * chip.size);
      const residual = new Float64Array(rows);
      chip.force(s, f);
      chip.residual(s, residual);
      xs.forEach((x, r) => {
        const states = unpackStates(chip, s, r, x);
        const tie = {
          ties,
          guess: unpackStates(chip, chip.guess.array, r, x),
          y: Array.from({ length: 5 }, (_, i) => Number(i === labels[r])),
        };
        let far = 0;
        for (let l = 1; l < states.length; l++)
          states[l].forEach((v, i) => {
            const force = die.drive(states, l, i, tie) - die.curvature(l, i, ties) * v;
            const [low, high] = die.rails(l, i);
            expect(f[r * chip.size + chip.layout.offset[l] + i]).toBeCloseTo(force, 12);
            far = Math.max(far, Math.abs(v - Math.min(Math.max(v + force, low), high)));
          });
        expect(residual[r]).toBeCloseTo(far, 12);
      });
    }
  });

  test("have an energy that falls along the force, with the curvature of the force", () => {
    const { chip } = tied(spread);
    const s = Float64Array.from(chip.state.array);
    const f = new Float64Array(s.length);
    const e = new Float64Array(rows);
    const d = 1e-4;
    chip.force(s, f);
    for (let k = 0; k < s.length; k++) {
      if (!isUnit(chip, k)) continue;
      const [down, here, up] = [-d, 0, d].map((h) => {
        const moved = Float64Array.from(s);
        moved[k] += h;
        chip.energy!(moved, e);
        return e[Math.floor(k / chip.size)];
      });
      // E is quadratic, so both differences are exact up to rounding: 1e-16·|E| over d and d².
      expect(f[k]).toBeCloseTo(-(up - down) / (2 * d), 8);
      expect(chip.curvature[k % chip.size]).toBeCloseTo((up - 2 * here + down) / d ** 2, 5);
    }
  });

  test(
    "with the constants of the energy: where every unit is at what it is tied to, nothing is " +
      "left of the ties",
    () => {
      const at = (circuit: Circuit) => {
        const { chip } = tied(circuit, chain([4, 3, 2]));
        const e = new Float64Array(rows);
        const s = new Float64Array(rows * chip.size);
        chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => 0) })));
        chip.present();
        chip.tie({ lambda: 0.3, beta: 0 });
        s.set(
          chip.guess.array.map((g, k) =>
            isUnit(chip, k) ? g + offset(circuit, chip)[k % chip.size] : 0,
          ),
        );
        chip.energy!(s, e);
        return e[0] - 0.5 * s.subarray(0, chip.size).reduce((sum, v) => sum + v * v, 0);
      };
      const offset = (circuit: Circuit, chip: Chip) => {
        const out = new Float64Array(chip.size);
        for (let l = 1; l < 3; l++) {
          const rng = random("die", 3, "link offset", l);
          for (let i = 0; i < chip.layout.sizes[l]; i++)
            out[chip.layout.offset[l] + i] = (circuit.link?.offset ?? 0) * rng.normal();
        }
        return out;
      };
      expect(at(spread)).toBeCloseTo(0, 14);
      expect(at(ideal)).toBeCloseTo(0, 14);
    },
  );

  test("are lognormal about λ and β, their offsets normal, as wide as the schematic says", () => {
    const n = 4000;
    const { link, nudge } = outputTies(spread, 1, 2, n);
    for (const [column, sigma] of [
      [link, 0.4],
      [nudge, 0.3],
    ] as const) {
      const logs = Array.from(column, Math.log);
      const mean = logs.reduce((a, b) => a + b) / n;
      const variance = logs.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
      expect(Math.abs(mean)).toBeLessThan((4 * sigma) / Math.sqrt(n));
      expect(Math.abs(variance / sigma ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    }
    // An output by itself, far off its rails, rests where both pulls leave it: λ l (g + p − s) = s.
    const chip = fabricate({ ...spread, link: { spread: 0, offset: 0.02 } }, chain([1, n]), {
      batch: 1,
      precision: "f64",
    });
    chip.inputs.showReals([0], 1);
    chip.guess.array.fill(0.5);
    chip.present();
    chip.tie({ lambda: 1, beta: 0 });
    chip.start();
    settle(chip, chip.state.array, euler(0.5), { steps: 60 });
    const off = Array.from(chip.state.array, (s) => 2 * s - 0.5);
    const variance = off.reduce((a, b) => a + b * b, 0) / n;
    expect(Math.abs(variance / 0.02 ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  test("of another die are others, and draw from streams of their own", () => {
    const force = (circuit: Circuit, die: number) => {
      const { chip } = tied(circuit, tangled, die);
      const f = new Float64Array(rows * chip.size);
      chip.force(chip.state.array, f);
      return f;
    };
    expect(force(spread, 3)).toEqual(force(spread, 3));
    expect(force(spread, 3)).not.toEqual(force(spread, 4));
    const untied = (circuit: Circuit) => {
      const { chip } = tied(circuit);
      const f = new Float64Array(rows * chip.size);
      chip.present();
      chip.force(chip.state.array, f);
      return f;
    };
    expect(untied({ ...rough, link: spread.link, nudge: spread.nudge })).toEqual(untied(rough));
  });

  test("with zero spread train to the bits of the ideal chip, also against a DAC", () => {
    const trained = (circuit: Circuit) => {
      const chip = fabricate(circuit, tangled, { batch: rows, seed: 5 });
      const copy = digitalCopy(chip, { seed: 5 });
      const teacher = learner(chip, copy, {
        ...phases(20, 4),
        beta: 0.5,
        lambda: 0.1,
        rates: [0.1, 0.05, 0.05, 0.05],
        scheme: usualSchemes.centred,
      });
      for (let k = 0; k < 20; k++) {
        chip.inputs.showReals(sparseInputs(rows, 11, k).flat(), rows);
        chip.inputs.label(labelsFor(rows, tangled, k));
        teacher.learn(1);
      }
      return [...chip.parameters.tensors(), ...copy.parameters.tensors()];
    };
    const zero = { link: { spread: 0, offset: 0 }, nudge: { spread: 0, offset: 0 } };
    expect(trained({ ...ideal, ...zero })).toEqual(trained(ideal));
    const converters = { guess: { bits: 5 } };
    expect(trained({ ...ideal, ...zero, converters })).toEqual(trained({ ...ideal, converters }));
    expect(trained(spread)).not.toEqual(trained(ideal));
  });
});
