import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../../src/circuit/circuit.ts";
import { fabricate } from "../../../../src/dynamics/fabricate.ts";
import { chain } from "../../../../src/energy/graph.ts";
import { dormandPrince } from "../../../../src/solver/tableaux.ts";
import { explicit } from "../../../../src/solver/explicit.ts";
import { integrate } from "../../../../src/solver/integrate.ts";
import { blockDescent } from "../../../../src/solver/minimise/block-descent.ts";
import { fista } from "../../../../src/solver/minimise/fista.ts";
import { newtonCG } from "../../../../src/solver/minimise/newton-cg.ts";
import { spectralGradient } from "../../../../src/solver/minimise/spectral-gradient.ts";
import { settle } from "../../../../src/solver/settle.ts";
import { pi } from "../../../../src/solver/controllers.ts";
import { resistors } from "../../../support/resistors.ts";
import { sparseInputs } from "../../../support/setups.ts";

const layers = chain([30, 12, 8, 4]);
const rows = 3;
const network =
  "input: { gain: 10, complementary: true }\ndiodes: { hidden: rectifying, output: none }";
const spread: Circuit["mismatch"] = {
  capacitance: 0.1,
  leak: 0.2,
  offset: 1e-3,
  synapse: 0.3,
  reciprocal: true,
  gain: 0,
  rail: 1e-3,
};

const presented = (circuit: Circuit) => {
  const chip = fabricate(circuit, layers, { batch: rows, precision: "f64", seed: 2, die: 5 });
  chip.inputs.showReals(sparseInputs(rows, 30, 1).flat(), rows);
  chip.present();
  chip.start();
  return chip;
};

describe("a network of resistors", () => {
  test("has one equilibrium, which every solver finds", async () => {
    const circuit = { ...(await resistors(network, { leak: "20 uS" })), mismatch: spread };
    const found = [
      blockDescent(),
      spectralGradient(),
      newtonCG(),
      fista(),
      explicit(dormandPrince, pi({ rtol: 1e-6, atol: 1e-6 })),
    ].map((solver) => {
      const chip = presented(circuit);
      const end = settle(chip, chip.state.array, solver, { steps: 20_000, tolerance: 1e-10 });
      expect(end.outcome).toBe("settled");
      return Float64Array.from(chip.state.array);
    });
    // Residuals are within 1e-10, and the least curvature is above the leak of 0.2.
    for (const state of found)
      state.forEach((v, i) => {
        expect(Math.abs(v - found[0][i])).toBeLessThan(1e-8);
      });
  });

  test("conducts on a die what was programmed times a gain of the resistor's own, the same both ways", async () => {
    const chip = presented({ ...(await resistors(network)), mismatch: spread });
    const { blocks, layers: units } = chip.components();
    const tensors = chip.parameters.tensors();
    const F = new Float64Array(rows * chip.size);
    chip.state.array.forEach((_, i) => {
      chip.state.array[i] = Math.sin(i);
    });
    chip.project(chip.state.array);
    chip.touch();
    chip.force(chip.state.array, F);
    const x = sparseInputs(rows, 30, 1)[1];
    const v = [
      [...x.map((u) => 10 * u), ...x.map((u) => -10 * u)],
      ...[1, 2, 3].map((l) =>
        Array.from(
          chip.state.array.subarray(
            chip.size + chip.layout.offset[l],
            chip.size + chip.layout.offset[l] + chip.layout.sizes[l],
          ),
        ),
      ),
    ];
    blocks.forEach(({ forward }, k) => {
      forward.forEach((g, i) => {
        expect(g).toBeGreaterThanOrEqual(0);
        if (tensors[k].data[i] === 0) expect(g).toBe(0);
      });
    });
    expect(blocks[1].forward.some((g, i) => Math.abs(g - tensors[1].data[i]) > 0.05 * g)).toBe(
      true,
    );
    for (let l = 1; l < 4; l++)
      for (let j = 0; j < chip.layout.sizes[l]; j++) {
        let into = units[l - 1].bias[j] + units[l - 1].offset[j] - units[l - 1].leak[j] * v[l][j];
        v[l - 1].forEach((u, i) => {
          into += blocks[l - 1].forward[i * chip.layout.sizes[l] + j] * (u - v[l][j]);
        });
        if (l < 3)
          v[l + 1].forEach((u, m) => {
            into += blocks[l].forward[j * chip.layout.sizes[l + 1] + m] * (u - v[l][j]);
          });
        expect(F[chip.size + chip.layout.offset[l] + j]).toBeCloseTo(into, 11);
      }
  });

  test("charges a node without neighbours as 1 − e^(−t Σg/C)", async () => {
    const circuit = await resistors("diodes: { hidden: none, output: none }");
    const chip = fabricate(circuit, chain([6, 1]), { batch: 1, precision: "f64" });
    chip.inputs.showReals([0.1, 0.9, 0.3, 0.5, 0.7, 0.2], 1);
    chip.present();
    chip.start();
    const load = chip.curvature[0];
    const end = 2 / load;
    const [{ data }] = chip.parameters.tensors();
    const target =
      [0.1, 0.9, 0.3, 0.5, 0.7, 0.2].reduce((sum, u, i) => sum + u * data[i], 0) / load;
    expect(load).toBeCloseTo(
      Array.from(data).reduce((a, b) => a + b, 0),
      14,
    );
    const { states } = integrate(
      chip,
      chip.state.array,
      explicit(dormandPrince, pi({ rtol: 1e-9, atol: 1e-9 })),
      { end, saveAt: [end / 4, end] },
    );
    [0.5, 2].forEach((t, k) => {
      expect(states[k][0]).toBeCloseTo(target * (1 - Math.exp(-t)), 7);
    });
  });

  test("has readings that converters take in volts, behind amplifiers too", async () => {
    const circuit: Circuit = {
      ...(await resistors("amplifier: { gain: 4 }\ndiodes: { hidden: none, output: none }")),
      converters: { readout: { bits: 4, low: -0.03, high: 0.03, noise: 0 } },
    };
    const chip = presented(circuit);
    const read = chip.vector();
    const step = 0.06 / 15;
    chip.state.array.forEach((_, i) => {
      chip.state.array[i] = 6 * Math.sin(i);
    });
    chip.project(chip.state.array);
    chip.touch();
    chip.read(read);
    for (let l = 1; l < 4; l++)
      for (let i = chip.layout.offset[l]; i < chip.layout.offset[l] + chip.layout.sizes[l]; i++) {
        const volt = (0.01 * read.array[i]) / 4 ** (3 - l);
        const code = (volt + 0.03) / step;
        const exact = Math.min(Math.max((0.01 * chip.state.array[i]) / 4 ** (3 - l), -0.03), 0.03);
        expect(Math.abs(code - Math.round(code))).toBeLessThan(1e-9);
        expect(Math.abs(volt - exact)).toBeLessThanOrEqual(step / 2 + 1e-12);
      }
  });
});
