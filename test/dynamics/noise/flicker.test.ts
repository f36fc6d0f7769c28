import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { timeConstant } from "../../../src/circuit/families/families.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { processes } from "../../../src/dynamics/noise/flicker.ts";
import { chain } from "../../../src/energy/graph.ts";
import { euler } from "../../../src/solver/euler.ts";
import { settle } from "../../../src/solver/settle.ts";
import type { Solver } from "../../../src/solver/solver.ts";
import { eulerMaruyama, stochasticHeun } from "../../../src/solver/stochastic.ts";
import { ideal } from "../../support/setups.ts";

const tau = timeConstant(ideal);
/** A corner at so many cycles in one τ. */
const pink = (corner: number): Circuit => ({
  ...ideal,
  noise: { thermal: 1, flicker: { corner: corner / tau } },
});

/** Unconnected neurons that rest in the middle between the rails. */
function loose(circuit: Circuit, rows: number, units: number, moment = 0): Chip {
  const chip = fabricate(circuit, chain([1, units, 4]), { batch: rows, precision: "f64" });
  chip.program(
    chip.parameters
      .tensors()
      .map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 1 ? 0.5 : 0)) })),
  );
  chip.inputs.showReals(new Float64Array(rows), rows, moment);
  chip.present();
  chip.state.array.fill(0.5);
  chip.project(chip.state.array);
  return chip;
}

/** What coloured noise adds in each of `steps`, in units of the white amplitude, unit by unit. */
function series(chip: Chip, units: number, steps: number, h: number): Float64Array[] {
  const { noise } = chip;
  const out = new Float64Array(chip.state.length);
  const all = Array.from({ length: chip.batch * units }, () => new Float64Array(steps));
  for (let t = 0; t < steps; t++) {
    noise!.coloured!(t, h, out);
    all.forEach((x, k) => {
      x[t] = out[Math.floor(k / units) * chip.size + (k % units)] / noise!.amplitude[k % units];
    });
  }
  return all;
}
const meanOf = <A>(all: readonly A[], of: (a: A) => number) =>
  all.reduce((sum, a) => sum + of(a), 0) / all.length;

describe("flicker noise", () => {
  test("is a sum of Lorentzians within 2 % of 2 f_c/f from f_c/2000 up to the corner", () => {
    const corner = 0.03;
    for (let f = corner / 2000; f <= corner; f *= 1.1) {
      const density = processes(corner).reduce(
        (sum, { rate, variance }) =>
          sum + (4 * variance * rate) / (rate ** 2 + (2 * Math.PI * f) ** 2),
        0,
      );
      expect(Math.abs(density / ((2 * corner) / f) - 1)).toBeLessThan(0.02);
    }
  });

  test("has the periodogram K/f over two decades, K its white density times the corner", () => {
    const corner = 1;
    const units = 100;
    const steps = 4096;
    const h = 0.1;
    const all = series(loose(pink(corner), 4, units), units, steps, h);
    const window = Float64Array.from(
      { length: steps },
      (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / steps),
    );
    const power = window.reduce((sum, w) => sum + w * w, 0);
    // Bins two apart are independent under Hann's window; where h f is small, a step's mean is what
    // the noise is.
    for (const bin of [4, 40, 400]) {
      const bins = [bin, bin + 2, bin + 4];
      const measured = meanOf(bins, (b) => {
        const cos = window.map((w, t) => w * Math.cos((2 * Math.PI * b * t) / steps));
        const sin = window.map((w, t) => w * Math.sin((2 * Math.PI * b * t) / steps));
        const dot = (x: Float64Array, y: Float64Array) =>
          x.reduce((sum, v, t) => sum + v * y[t], 0);
        const f = b / (steps * h);
        const box = (Math.sin(Math.PI * f * h) / (Math.PI * f * h)) ** 2;
        return (
          (meanOf(all, (x) => dot(x, cos) ** 2 + dot(x, sin) ** 2) * (2 / (h * power)) * f) /
          (2 * corner * box)
        );
      });
      // Exponential estimates: one σ is 1/√n of them; the model's 2 %; 1/f seen through the
      // window's width, (½ bin)² / bin² · ½.
      expect(Math.abs(measured - 1)).toBeLessThan(
        4 / Math.sqrt(3 * all.length) + 0.02 + 1 / (2 * bin ** 2),
      );
    }
  }, 30_000);

  test.each([
    [1, 2],
    [20, 0.1],
    [200, 0.01],
  ])("integrates to the same law in %i steps of %f τ: each is exact", (steps, h) => {
    const corner = 0.1;
    const units = 100;
    const all = series(loose(pink(corner), 50, units), units, steps, h);
    const t = steps * h;
    const expected = processes(corner).reduce(
      (sum, { rate: r, variance: v }) => sum + ((2 * v) / r ** 2) * (r * t + Math.expm1(-r * t)),
      0,
    );
    const measured = meanOf(all, (x) => x.reduce((sum, v) => sum + v, 0) ** 2);
    expect(Math.abs(measured / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / all.length));
  });

  test.each<[string, (h: number) => Solver]>([
    ["fused Euler", euler],
    ["Euler–Maruyama", eulerMaruyama],
    ["stochastic Heun", stochasticHeun],
  ])("moves a neuron as a low-pass filter does, by %s", (_, solver) => {
    const corner = 0.05;
    const h = 0.05;
    const units = 100;
    const rows = 20;
    const circuit = pink(corner);
    const chip = loose(circuit, rows, units);
    const variance = chip.noise!.amplitude[0] ** 2;
    settle(chip, chip.state.array, solver(h), { steps: 240 });
    // White noise on dy = −y dt gives ½, a process of rate r gives v / (1 + r).
    const expected =
      variance *
      (0.5 + processes(corner).reduce((sum, { rate, variance: v }) => sum + v / (1 + rate), 0));
    const measured = meanOf(
      Array.from(
        { length: rows * units },
        (_, k) => chip.state.array[Math.floor(k / units) * chip.size + (k % units)] - 0.5,
      ),
      (d) => d * d,
    );
    // Besides chance, Euler–Maruyama's variance is 1/(1 − h/2) of the white part.
    expect(Math.abs(measured / expected - 1)).toBeLessThan(
      4 * Math.sqrt(2 / (rows * units)) + h / 2,
    );
  });

  test("starts anew at each presentation, and again the same for the same one", () => {
    const at = (moment: number) =>
      series(loose(pink(0.1), 10, 100, moment), 100, 3, 0.5).flatMap((x) => [...x]);
    const a = at(3);
    const b = at(4);
    expect(at(3)).toEqual(a);
    const n = 1000;
    const sums = (x: number[]) =>
      Array.from({ length: n }, (_, k) => x[3 * k] + x[3 * k + 1] + x[3 * k + 2]);
    const x = sums(a);
    const y = sums(b);
    expect(
      Math.abs(
        meanOf(
          x.map((v, k) => v * y[k]),
          (v) => v,
        ) / meanOf(x, (v) => v * v),
      ),
    ).toBeLessThan(4 / Math.sqrt(n) + (4 * Math.sqrt(2 / n)) / Math.sqrt(n));
  });

  test.each<[string, Solver]>([
    ["fused Euler", euler(0.01)],
    ["Euler–Maruyama", eulerMaruyama(0.01)],
  ])("of a sample that rests does not depend on how long the others move, by %s", (_, solver) => {
    const after = (alone: boolean) => {
      const chip = loose(pink(1), 3, 8);
      chip.state.array.fill(0, 0, 2 * chip.size);
      chip.touch();
      if (alone) chip.inputs.focus(2, 3);
      const steps = settle(chip, chip.state.array, solver, {
        steps: 12,
        tolerance: 0.3,
      }).samples.at(-1)!.steps;
      chip.inputs.focus(2, 3);
      settle(chip, chip.state.array, solver, { steps: 5 });
      return { steps, state: chip.state.array.slice(2 * chip.size) };
    };
    expect(after(true).steps).toBeLessThan(12);
    expect(after(true)).toEqual(after(false));
  });

  test("with its corner at zero, or without white noise, is exactly none", () => {
    const [zero, plain] = [pink(0), { ...ideal, noise: { thermal: 1 } }].map((circuit) =>
      loose(circuit, 5, 8),
    );
    for (const chip of [zero, plain]) settle(chip, chip.state.array, euler(0.3), { steps: 20 });
    expect(zero.state.array).toEqual(plain.state.array);
    expect(zero.noise!.coloured).toBeUndefined();
    expect(
      loose({ ...ideal, noise: { thermal: 0, flicker: { corner: 1 } } }, 1, 4).noise,
    ).toBeUndefined();
  });
});
