import { describe, expect, test } from "vitest";
import { thermalVariance } from "../../../src/circuit/circuit.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import { ideal } from "../../support/setups.ts";

const hot = { ...ideal, noise: { thermal: 1 } };
const rows = 50;
const units = 200;

/** Unconnected neurons that rest in the middle between the rails. */
function loose(circuit = hot, moment = 0): Chip {
  const chip = fabricate(circuit, chain([1, units, 4]), { batch: rows, precision: "f64" });
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 1 ? 0.5 : 0)) })),
  );
  chip.inputs.showReals(new Float64Array(rows), rows, moment);
  chip.present();
  chip.state.array.fill(0.5);
  chip.touch();
  return chip;
}

const deviations = (chip: Chip) =>
  Array.from(
    { length: rows * units },
    (_, k) => chip.state.array[Math.floor(k / units) * chip.size + (k % units)] - 0.5,
  );

describe("thermal noise", () => {
  test("has the variance kT/C on a node by itself: 64 µV on 1 pF at 300 K", () => {
    expect(Math.sqrt(thermalVariance(hot))).toBeCloseTo(64.36e-6, 8);
    const dt = 0.1;
    const chip = loose();
    const d = deviations((settle(chip, chip.state.array, euler(dt), { steps: 200 }), chip));
    const measured = d.reduce((sum, x) => sum + x * x, 0) / d.length;
    // Whatever the step; a sample variance has σ = √(2/n).
    const expected = thermalVariance(hot);
    expect(Math.abs(measured / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / d.length));
  });

  test("grows with leak and shrinks with the square root of capacitance as its formula says", () => {
    for (const [leak, capacitance] of [
      [1e-3, 1e-12],
      [1e-4, 4e-12],
    ] as const) {
      const circuit = { ...hot, neuron: { ...hot.neuron, leak, capacitance } };
      const dt = 0.1;
      const chip = loose(circuit);
      const d = deviations((settle(chip, chip.state.array, euler(dt), { steps: 200 }), chip));
      const measured = d.reduce((sum, x) => sum + x * x, 0) / d.length;
      expect(Math.abs(measured / thermalVariance(circuit) - 1)).toBeLessThan(
        4 * Math.sqrt(2 / d.length),
      );
    }
  });

  test("is drawn anew at each presentation, and again the same for the same one", () => {
    const at = (moment: number) => {
      const chip = loose(hot, moment);
      return deviations((settle(chip, chip.state.array, euler(0.5), { steps: 5 }), chip));
    };
    expect(at(3)).toEqual(at(3));
    const a = at(3);
    const b = at(4);
    const product = a.reduce((sum, x, k) => sum + x * b[k], 0);
    const size = a.reduce((sum, x) => sum + x * x, 0);
    // Independent: the correlation of n pairs has σ = 1/√n.
    expect(Math.abs(product / size)).toBeLessThan(4 / Math.sqrt(a.length));
  });

  test("of zero is exactly none", () => {
    const quiet = loose(ideal);
    const zero = loose({ ...hot, noise: { thermal: 0 } });
    const cold = loose({ ...hot, temperature: 0 });
    for (const chip of [quiet, zero, cold])
      settle(chip, chip.state.array, euler(0.3), { steps: 20 });
    expect(zero.state.array).toEqual(quiet.state.array);
    expect(cold.state.array).toEqual(quiet.state.array);
  });
});
