import { Matrix, solve } from "ml-matrix";
import { describe, expect, test } from "vitest";
import type { Circuit, TransconductorCircuit } from "../../../../src/circuit/circuit.ts";
import type { Chip } from "../../../../src/dynamics/chip.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { graph } from "../../../../src/energy/graph.ts";
import { random } from "../../../../src/numerics/random.ts";
import { euler } from "../../../../src/solver/euler.ts";
import { settle } from "../../../../src/solver/settle.ts";
import type { Solver } from "../../../../src/solver/solver.ts";
import { stochasticHeun } from "../../../../src/solver/stochastic.ts";
import { ideal } from "../../../support/setups.ts";

const inputs = 2;
const g = graph(
  [inputs, 3, 2],
  [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 1, to: 1 },
  ],
);
const skewed: Circuit["mismatch"] = {
  ...ideal.mismatch,
  synapse: 0.3,
  reciprocal: false,
  gain: 0.2,
  leak: 0.2,
  capacitance: 0.3,
};
const k = 1.380649e-23;
const q = 1.602176634e-19;
const T = 300;
const C = 1e-12;
const G = 1e-4;

/**
 * A network that rests in the middle between its rails, with strong synapses, none from a unit to
 * itself.
 */
function free(circuit: Circuit, rows: number): Chip {
  const chip = fabricate(circuit, g, { batch: rows, precision: "f64" });
  const rng = random(3, "weights");
  const weights = chip.parameters.tensors().map((t) => ({
    ...t,
    data: t.data.map((_, k) =>
      t.shape.length === 1 || (t.name.endsWith("1-1.weight") && k % 4 === 0)
        ? 0
        : 0.6 * rng.uniform() - 0.3,
    ),
  }));
  chip.program(
    weights.map((t) =>
      t.name.endsWith("0-1.weight") ? { ...t, data: t.data.map((w) => 8 * w) } : t,
    ),
  );
  present(chip, rows);
  const s = new Float64Array(rows * chip.size).fill(0.5);
  const f = new Float64Array(s.length);
  chip.force(s, f);
  chip.program(
    chip.parameters.tensors().map((t) =>
      t.shape.length === 2
        ? t
        : {
            ...t,
            data: t.data.map(
              (_, i) => -f[chip.layout.offset[t.name.includes("layer.1") ? 1 : 2] + i],
            ),
          },
    ),
  );
  present(chip, rows);
  chip.state.array.fill(0.5);
  chip.project(chip.state.array);
  return chip;
}

function present(chip: Chip, rows: number): void {
  chip.inputs.showReals(new Float64Array(rows * inputs), rows);
  chip.present();
}

/** Real units of a row. */
const unitsOf = (chip: Chip) =>
  Array.from({ length: chip.size }, (_, i) => i).filter((i) => !chip.layout.padding.includes(i));

/**
 * −∂F/∂s, and per unit the Σ|w| of what it receives from units and inputs, by probing forces alone.
 */
function probe(circuit: Circuit): { curvature: Matrix; received: number[] } {
  const chip = free(circuit, 1);
  const at = unitsOf(chip);
  const zero = new Float64Array(chip.size);
  const out = new Float64Array(chip.size);
  const columns = at.map((i) => {
    const v = new Float64Array(chip.size);
    v[i] = 1;
    chip.jacobian(zero, v, out);
    return at.map((r) => -out[r]);
  });
  const curvature = new Matrix(columns).transpose();
  const received = at.map((_, i) =>
    at.reduce((sum, _, j) => sum + (i === j ? 0 : Math.abs(curvature.get(i, j))), 0),
  );
  const rest = new Float64Array(chip.size);
  chip.force(zero, rest);
  for (let j = 0; j < inputs; j++) {
    chip.inputs.showReals(
      Array.from({ length: inputs }, (_, i) => Number(i === j)),
      1,
    );
    chip.present();
    chip.force(zero, out);
    at.forEach((r, i) => {
      received[i] += Math.abs(out[r] - rest[r]);
    });
  }
  return { curvature, received };
}

/**
 * Densities of every unit's current, A²/Hz one-sided, from the amplitude: ½ S_I τ / (C V_s)² is its
 * square.
 */
const densities = (chip: Chip) =>
  unitsOf(chip).map((i) => (2 * ((chip.noise!.amplitude[i] / chip.rate[i]) * C) ** 2) / (C / G));

describe("white noise", () => {
  const hot: Circuit = { ...ideal, mismatch: skewed };

  test(
    "has the densities 4kTγΣ|G| of transconductors and 2qI of their bias currents, as conducted " +
      "on this die",
    () => {
      const { received, curvature } = probe(hot);
      const b = (chip: Chip) => unitsOf(chip).map((i) => Math.abs(chip.parameters.bias.array[i]));
      const with_ = (noise: Circuit["noise"]) => free({ ...hot, noise }, 1);
      const thermal = densities(with_({ thermal: 1 }));
      const excess = densities(with_({ thermal: 0, excess: 2 / 3 }));
      const chip = with_({ thermal: 0, shot: 1 });
      const shot = densities(chip);
      const all = densities(with_({ thermal: 2, excess: 2 / 3, shot: 1 }));
      received.forEach((sum, i) => {
        expect(thermal[i] / (4 * k * T * G * curvature.get(i, i))).toBeCloseTo(1, 12);
        expect(excess[i] / (4 * k * T * (2 / 3) * G * sum)).toBeCloseTo(1, 12);
        expect(shot[i] / (2 * q * G * (sum + b(chip)[i]))).toBeCloseTo(1, 12);
        expect(all[i] / (2 * thermal[i] + excess[i] + shot[i])).toBeCloseTo(1, 12);
      });
    },
  );

  test("follows the weights: what is programmed or learnt conducts, and so it is as noisy", () => {
    const chip = free({ ...hot, noise: { thermal: 0, excess: 1 } }, 1);
    const before = densities(chip);
    chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map((w) => -3 * w) })));
    densities(chip).forEach((s, i) => {
      expect(s / before[i]).toBeCloseTo(3, 12);
    });
    const high = chip.vector();
    const low = chip.vector();
    high.array.fill(1);
    chip.inputs.label([0]);
    chip.contrast(high, low, [1, 1]);
    chip.adjust(high, low, [1, 1]);
    densities(chip).forEach((s, i) => {
      expect(Math.abs(s / before[i] - 3)).toBeGreaterThan(0.01);
    });
    chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => 0) })));
    for (const s of densities(chip)) expect(s).toBe(0);
  });

  test.each<[string, TransconductorCircuit["noise"], Solver, number]>([
    ["excess", { thermal: 1, excess: 2 / 3 }, stochasticHeun(0.05), 0],
    ["shot", { thermal: 0, shot: 1 }, stochasticHeun(0.05), 0],
    ["excess, in fused steps", { thermal: 1, excess: 2 / 3 }, euler(0.05), 0.05],
  ])(
    "gives a free network the covariance of the Lyapunov equation JΣ + ΣJᵀ = D: %s",
    (_, noise, solver, h) => {
      const rows = 2000;
      const circuit = { ...hot, noise };
      const chip = free(circuit, rows);
      const at = unitsOf(chip);
      const size = at.length;
      const { curvature, received } = probe(circuit);
      const b = at.map((i) => Math.abs(chip.parameters.bias.array[i]));
      const c = at.map((i) => chip.rate[i]);
      const J = Matrix.diag(c).mmul(curvature);
      const I = Matrix.eye(size);
      const density = received.map(
        (sum, i) =>
          (4 * k * T * (noise.thermal * curvature.get(i, i) + (noise.excess ?? 0) * sum) +
            2 * q * (noise.shot ?? 0) * (sum + b[i])) *
          G,
      );
      const D = Matrix.diag(density.map((s, i) => (s / 2) * (C / G) * (c[i] / C) ** 2));
      // Σ = (1 − hJ) Σ (1 − hJ)ᵀ + hD for Euler–Maruyama, which as h → 0 is the equation of the
      // title.
      const equation = J.kroneckerProduct(I)
        .add(I.kroneckerProduct(J))
        .sub(J.kroneckerProduct(J).mul(h));
      const expected = Matrix.from1DArray(
        size,
        size,
        solve(equation, Matrix.columnVector(D.to1DArray())).to1DArray(),
      );

      // 20 τ from rest: what is left of the start is e⁻⁴⁰ times the slowest rate, here above a
      // third.
      settle(chip, chip.state.array, solver, { steps: 400 });
      const deviation = (r: number, i: number) => chip.state.array[r * chip.size + at[i]] - 0.5;
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++) {
          let sum = 0;
          for (let r = 0; r < rows; r++) sum += deviation(r, i) * deviation(r, j);
          const sigma = Math.sqrt(
            (expected.get(i, i) * expected.get(j, j) + expected.get(i, j) ** 2) / rows,
          );
          expect(Math.abs(sum / rows - expected.get(i, j))).toBeLessThan(4 * sigma);
        }
    },
  );

  test("of zero, or at 0 K without bias currents, is exactly none", () => {
    expect(free({ ...hot, noise: { thermal: 0, excess: 0, shot: 0 } }, 1).noise).toBeUndefined();
    expect(
      free({ ...hot, temperature: 0, noise: { thermal: 1, excess: 1, shot: 0 } }, 1).noise,
    ).toBeUndefined();
    const plain = free({ ...hot, noise: { thermal: 1 } }, 1);
    const zero = free({ ...hot, noise: { thermal: 1, excess: 0, shot: 0 } }, 1);
    for (const chip of [plain, zero]) settle(chip, chip.state.array, euler(0.3), { steps: 20 });
    expect(zero.state.array).toEqual(plain.state.array);
  });
});
