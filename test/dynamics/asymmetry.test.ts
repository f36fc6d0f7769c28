import { describe, expect, test } from "vitest";
import type { Circuit } from "../../src/circuit/circuit.ts";
import { asymmetry } from "../../src/dynamics/asymmetry.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain, directed, type Graph } from "../../src/energy/graph.ts";
import { tangled } from "../support/graphs.ts";
import { rough } from "../support/rough.ts";
import { ideal } from "../support/setups.ts";

const block = (
  from: number,
  to: number,
  forward: readonly number[],
  backward: readonly number[] | null,
) => ({
  from,
  to,
  forward: Float64Array.from(forward),
  backward: backward && Float64Array.from(backward),
});
const of = (circuit: Circuit, graph: Graph) =>
  asymmetry(fabricate(circuit, graph, { batch: 1, precision: "f64" }).components());
const spread = (sigma: number, reciprocal = false): Circuit => ({
  ...ideal,
  mismatch: { ...ideal.mismatch, synapse: sigma, reciprocal },
});

describe("the asymmetry of a net of three units", () => {
  const inputs = block(0, 1, [7, 9, 8], null);

  test("is ‖W − Wᵀ‖ / ‖W + Wᵀ‖, by hand: one unit below two", () => {
    // Differences 0.5 and −1, sums 1.5 and 3, each in W twice.
    expect(
      asymmetry({ sizes: [1, 1, 2], blocks: [inputs, block(1, 2, [1, 1], [0.5, 2])] }),
    ).toBeCloseTo(Math.sqrt((0.25 + 1) / (2.25 + 9)), 14);
  });

  test("knows the two directions of a lateral block", () => {
    // 1 against 2, 3 against 3, 0 against −2.
    expect(
      asymmetry({
        sizes: [1, 3],
        blocks: [inputs, block(1, 1, [0, 1, 3, 2, 0, 0, 3, -2, 0], null)],
      }),
    ).toBeCloseTo(Math.sqrt((1 + 0 + 4) / (9 + 36 + 4)), 14);
  });

  test(
    "is 1 where synapses lead one way, nothing of resistors or without synapses, and without " +
      "bound where w_ji = −w_ij",
    () => {
      expect(asymmetry({ sizes: [1, 1, 2], blocks: [block(1, 2, [1, -3], [0, 0])] })).toBe(1);
      expect(asymmetry({ sizes: [1, 1, 2], blocks: [inputs, block(1, 2, [1, -3], null)] })).toBe(0);
      expect(asymmetry({ sizes: [1, 3], blocks: [inputs] })).toBe(0);
      expect(asymmetry({ sizes: [1, 1, 2], blocks: [block(1, 2, [1, 2], [-1, -2])] })).toBe(
        Infinity,
      );
    },
  );
});

describe("the asymmetry of a die", () => {
  test("is exactly zero where its synapses are reciprocal, in either precision", () => {
    for (const circuit of [ideal, spread(0.2, true)]) {
      expect(of(circuit, tangled)).toBe(0);
      expect(asymmetry(fabricate(circuit, tangled, { batch: 1 }).components())).toBe(0);
    }
    expect(
      of({ ...rough, mismatch: { ...rough.mismatch, reciprocal: true, gain: 0 } }, tangled),
    ).toBe(0);
  });

  test.each([0.01, 0.05, 0.2])(
    "is σ/√(2 + σ²) with a gain of its own, 1 + σξ, in each direction: σ = %f",
    (sigma) => {
      const sizes = [2, 200, 150];
      const n = sizes[1] * sizes[2];
      // W − Wᵀ = σ w (ξ − ξ′) and W + Wᵀ = w (2 + σ (ξ + ξ′)): squares 2σ²w² and (4 + 2σ²) w². Of
      // uniform w, Σw⁴/(Σw²)² = 1.8/n, so that the first varies by √(2·1.8/n) of itself and the
      // second by about σ times that; the ratio of the roots by half.
      expect(
        Math.abs(of(spread(sigma), chain(sizes)) / (sigma / Math.sqrt(2 + sigma ** 2)) - 1),
      ).toBeLessThan(4 * 0.5 * Math.sqrt((3.6 * (1 + sigma ** 2)) / n));
    },
  );

  test("counts output gains, which make w_ij a_i of one direction and w_ij a_j of the other", () => {
    const chip = fabricate(
      { ...ideal, mismatch: { ...ideal.mismatch, gain: 0.1 } },
      chain([2, 40, 30]),
      { batch: 1, precision: "f64" },
    );
    // Recovered from a chip whose weights are all 1: what each sends is its output gain.
    chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => 1) })));
    const { forward, backward } = chip.components().blocks[1];
    const a = (i: number) => forward[i * 30];
    const b = (j: number) => backward![j * 40];
    let apart = 0;
    let together = 0;
    for (let i = 0; i < 40; i++)
      for (let j = 0; j < 30; j++) {
        apart += (a(i) - b(j)) ** 2;
        together += (a(i) + b(j)) ** 2;
      }
    expect(asymmetry(chip.components())).toBeCloseTo(Math.sqrt(apart / together), 12);
    // (a_i − a_j)/(a_i + a_j) of lognormal gains is about σ/√2, give or take what 30 draws of the
    // smaller layer leave open.
    expect(Math.abs(asymmetry(chip.components()) / (0.1 / Math.SQRT2) - 1)).toBeLessThan(
      4 / Math.sqrt(2 * 30),
    );
  });

  test("sees weights that learn on their own in each direction", () => {
    const chip = fabricate(ideal, directed(chain([2, 3, 2])), { batch: 1, precision: "f64" });
    const named = chip.parameters.tensors();
    expect(asymmetry(chip.components())).toBeGreaterThan(0);
    const up = named.find((t) => t.name.endsWith("1-2.weight"))!;
    chip.program(
      named.map((t) =>
        t.name.endsWith("2-1.weight")
          ? { ...t, data: t.data.map((_, k) => up.data[(k % 3) * 2 + Math.floor(k / 3)]) }
          : t,
      ),
    );
    expect(asymmetry(chip.components())).toBe(0);
  });
});
