import { describe, expect, test } from "vitest";
import { usualSchemes } from "../../../src/circuit/nudging.ts";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import type { Converters, Hold } from "../../../src/circuit/elements.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { quantiser } from "../../../src/dynamics/units/converters.ts";
import { chain } from "../../../src/energy/graph.ts";
import { learner } from "../../../src/learning/algorithm.ts";
import { digitalCopy } from "../../../src/learning/copy.ts";
import { random } from "../../../src/numerics/random.ts";
import { ideal, labelsFor, phases, sparseInputs } from "../../support/setups.ts";

const rows = 50;
const units = 200;
const rails = { low: 0, high: 1 };
const withReadout = (readout: Partial<NonNullable<Converters["readout"]>>): Circuit => ({
  ...ideal,
  converters: { readout: { ...rails, noise: 0, ...readout } },
});
const withHold = (hold: Partial<Hold>, circuit = ideal): Circuit => ({
  ...circuit,
  hold: { capacitance: 1e-14, leakage: 0, time: 0, ...hold },
});

/** A chip whose states are uniform between the rails. */
function spread(circuit: Circuit): Chip {
  const chip = fabricate(circuit, chain([1, units, 3]), { batch: rows, precision: "f64" });
  const rng = random(1, "states");
  chip.inputs.showReals(new Float64Array(rows), rows);
  chip.present();
  chip.state.array.set(chip.state.array.map(() => rng.uniform()));
  chip.project(chip.state.array);
  return chip;
}
const reading = (chip: Chip, held = false) => {
  const to = chip.vector();
  chip.read(to, held);
  return to.array.slice();
};
/** What a reading says of the hidden units beyond their states. */
const errors = (chip: Chip, held = false) => {
  const seen = reading(chip, held);
  return Array.from(
    { length: rows * units },
    (_, k) => Math.floor(k / units) * chip.size + (k % units),
  ).map((k) => seen[k] - chip.state.array[k]);
};
const mean = (x: readonly number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
const n = rows * units;

describe("a reading", () => {
  test("without converters is the state, bit for bit", () => {
    for (const circuit of [
      ideal,
      withReadout({}),
      withReadout({ low: -1, high: 2 }),
      withHold({}, { ...ideal, temperature: 0 }),
    ]) {
      const chip = spread(circuit);
      expect(reading(chip, true)).toEqual(chip.state.array);
    }
  });

  test("through an ADC lies on its grid, with an error of variance q²/12", () => {
    const chip = spread(withReadout({ bits: 6 }));
    const q = 1 / 63;
    const e = errors(chip);
    const seen = reading(chip);
    for (const x of seen) expect(Math.abs(x / q - Math.round(x / q))).toBeLessThan(1e-12);
    expect(Math.max(...e.map(Math.abs))).toBeLessThanOrEqual(q / 2 + 1e-15);
    // The square of a uniform error has the variance q⁴/180.
    expect(Math.abs(mean(e.map((x) => x * x)) - q ** 2 / 12)).toBeLessThan(
      (4 * q ** 2) / Math.sqrt(180 * n),
    );
  });

  test("beyond the ADC's range is clipped to it", () => {
    const chip = spread(withReadout({ low: 0.25, high: 0.5 }));
    const seen = reading(chip);
    chip.state.array.forEach((s, k) => {
      expect(seen[k]).toBe(isUnit(chip, k) ? Math.min(Math.max(s, 0.25), 0.5) : 0);
    });
  });

  test("has its noise, new each time and again the same after the same presentation", () => {
    const sigma = 3e-3;
    const chip = spread(withReadout({ noise: sigma }));
    const first = errors(chip);
    const second = errors(chip);
    expect(Math.abs(mean(first.map((x) => x * x)) / sigma ** 2 - 1)).toBeLessThan(
      4 * Math.sqrt(2 / n),
    );
    expect(Math.abs(mean(first.map((x, k) => x * second[k])) / sigma ** 2)).toBeLessThan(
      4 / Math.sqrt(n),
    );
    expect(errors(spread(withReadout({ noise: sigma })))).toEqual(first);
  });

  test(
    "of a held state has the noise kT/C_s and has drooped by I t / C_s; of one that still " +
      "stands neither",
    () => {
      const c = 1e-14;
      const chip = spread(withHold({ capacitance: c, leakage: 1e-12, time: 1e-4 }));
      const e = errors(chip, true);
      const variance = (1.380649e-23 * 300) / c;
      expect(Math.abs(mean(e) + (1e-12 * 1e-4) / c)).toBeLessThan(4 * Math.sqrt(variance / n));
      expect(Math.abs(mean(e.map((x) => (x - mean(e)) ** 2)) / variance - 1)).toBeLessThan(
        4 * Math.sqrt(2 / n),
      );
      expect(new Set(errors(chip))).toEqual(new Set([0]));
    },
  );

  test(
    "is in volt on the schematic: rails 0.4 V apart make the same noise and range 2.5 times as " +
      "wide a state",
    () => {
      const narrow = { ...withReadout({ noise: 1e-3 }), rails: { low: 0.3, high: 0.7 } };
      const wide = spread(withReadout({ noise: 2.5e-3, low: -0.75, high: 1.75 }));
      const a = errors(spread(narrow));
      const b = errors(wide);
      a.forEach((x, k) => {
        expect(x).toBeCloseTo(b[k], 12);
      });
    },
  );
});

describe("learning and naming see readings", () => {
  const outputs = (circuit: Circuit) => {
    const g = chain([1, 4, 4]);
    const chip = fabricate(circuit, g, { batch: 1, precision: "f64" });
    const teacher = learner(chip, null, { ...phases(40, 40), beta: 0.5, lambda: 0, rates: [1, 1] });
    chip.program(
      chip.parameters.tensors().map((t) => ({
        ...t,
        data: t.data.map((_, i) => (t.shape.length === 1 ? [0.6, 0.9, 0.1, 0.2][i] : 0)),
      })),
    );
    chip.inputs.showReals([0], 1);
    chip.inputs.label([3]);
    return { chip, teacher };
  };

  test("one bit takes 0.6 and 0.9 for the same, so the first of them is named", () => {
    const named = (circuit: Circuit) => {
      const { teacher } = outputs(circuit);
      teacher.settle();
      return teacher.namedByChip.array[0];
    };
    expect(named(ideal)).toBe(1);
    expect(named(withReadout({ bits: 1 }))).toBe(0);
  });

  test("a bias changes by whole steps of the ADC over β", () => {
    const { chip, teacher } = outputs(withReadout({ bits: 4 }));
    const before = chip.parameters.bias.array.slice();
    teacher.learn(1);
    const steps = Array.from(chip.parameters.bias.array, (b, i) => (b - before[i]) * 0.5 * 15);
    for (const k of steps) expect(Math.abs(k - Math.round(k))).toBeLessThan(1e-9);
    // The label's output, nudged from 0.2 to (0.2 + 1) / 2, is read as 9/15 after 3/15.
    expect(steps[chip.layout.offset[2] + 3]).toBeCloseTo(6, 9);
  });

  test("with every converter and noise at its zero fifty steps end with the ideal chip's bits", () => {
    const g = chain([30, 20, 10]);
    const ends = (circuit: Circuit, centred: boolean) => {
      const chip = fabricate(circuit, g, { batch: 7 });
      const copy = digitalCopy(chip);
      const teacher = learner(chip, copy, {
        ...phases(10, 4),
        beta: 0.5,
        lambda: 0.1,
        rates: [0.1, 0.05],
        scheme: usualSchemes[centred ? "centred" : "one-sided"],
      });
      for (let k = 0; k < 50; k++) {
        chip.inputs.showReals(sparseInputs(7, 30, k).flat(), 7, k);
        chip.inputs.label(labelsFor(7, g, k));
        teacher.learn(1);
      }
      return [...chip.parameters.tensors(), ...copy.parameters.tensors()];
    };
    const zero: Circuit = {
      ...ideal,
      converters: { input: rails, guess: {}, readout: { ...rails, noise: 0 } },
      noise: {
        thermal: 0,
        excess: 0,
        shot: 0,
        flicker: { corner: 0 },
        telegraph: { depth: 0, rate: 1 },
      },
    };
    for (const centred of [false, true]) expect(ends(zero, centred)).toEqual(ends(ideal, centred));
  });
});

describe("the DACs", () => {
  const g = chain([256, 20, 10]);
  const pixels = Uint8Array.from({ length: 256 }, (_, b) => b);
  const shown = (circuit: Circuit, show: (chip: Chip) => void) => {
    const chip = fabricate(circuit, g, { batch: 1 });
    const force = new Float32Array(chip.size);
    show(chip);
    chip.present();
    chip.force(chip.state.array, force);
    return force;
  };
  const bytes = (chip: Chip) => {
    chip.inputs.showBytes(pixels, [0], 1 / 255);
  };
  const withInput = (input: NonNullable<Converters["input"]>): Circuit => ({
    ...ideal,
    converters: { input },
  });

  test("bytes pass eight bits and more unchanged, bit for bit, and fewer bits round them", () => {
    for (const bits of [8, 9, 12])
      expect(shown(withInput({ bits, ...rails }), bytes)).toEqual(shown(ideal, bytes));
    const level = quantiser({ bits: 4, low: 0, high: 1 });
    const rounded = shown(ideal, (chip) => {
      chip.inputs.showReals(
        Float64Array.from(pixels, (b) => level(b / 255)),
        1,
      );
    });
    expect(shown(withInput({ bits: 4, ...rails }), bytes)).toEqual(rounded);
    expect(rounded).not.toEqual(shown(ideal, bytes));
  });

  test("inputs beyond the range are clipped", () => {
    const clipped = shown(ideal, (chip) => {
      chip.inputs.showReals(
        Float64Array.from(pixels, (b) => Math.min(b / 255, 0.5)),
        1,
      );
    });
    expect(shown(withInput({ low: 0, high: 0.5 }), bytes)).toEqual(clipped);
  });

  test("λ pulls to the level next to the guess, where the states start too; the copy keeps its guess", () => {
    const tied = (circuit: Circuit) => {
      const chip = fabricate(circuit, g, { batch: 1, precision: "f64" });
      const copy = digitalCopy(chip);
      const force = new Float64Array(chip.size);
      chip.inputs.showBytes(pixels, [0], 1 / 255);
      chip.present();
      copy.forward();
      chip.start(copy.guess);
      const start = chip.state.array.slice();
      chip.tie({ lambda: 0.7, beta: 0 });
      chip.force(new Float64Array(chip.size), force);
      return { start, force, guess: copy.guess.array.slice() };
    };
    const level = quantiser({ bits: 3, low: 0, high: 1 });
    const exact = tied(ideal);
    const rounded = tied({ ...ideal, converters: { guess: { bits: 3 } } });
    expect(rounded.guess).toEqual(exact.guess);
    expect(rounded.start).toEqual(exact.guess.map(level));
    rounded.force.forEach((f, i) => {
      expect(f - exact.force[i]).toBeCloseTo(0.7 * (level(exact.guess[i]) - exact.guess[i]), 12);
    });
    expect(rounded.force).not.toEqual(exact.force);
  });
});

function isUnit(chip: Chip, k: number): boolean {
  return !chip.layout.padding.includes(k % chip.size);
}
