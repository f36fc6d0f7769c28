import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { parity, type Simulator } from "../../../src/testbench/spice/parity.ts";
import { agrees, type ParityData } from "../../../src/output/spice/data.ts";
import { parityText, verdictText } from "../../../src/output/spice/wording.ts";
import { ideal } from "../../support/setups.ts";
import { spiceBench, wasm } from "../../support/spice.ts";

const mismatched: Circuit = {
  ...ideal,
  mismatch: { ...ideal.mismatch, capacitance: 0.05, leak: 0.02, synapse: 0.03 },
};
/** Every spread that leaves no energy, rails beside ground, offsets of everything. */
const rough: Circuit = {
  ...ideal,
  rails: { low: -0.2, high: 0.6 },
  mismatch: {
    capacitance: 0.1,
    leak: 0.1,
    offset: 0.02,
    synapse: 0.1,
    reciprocal: false,
    gain: 0.1,
    rail: 0.02,
  },
  nudge: { spread: 0.1, offset: 0.02 },
  link: { spread: 0.1, offset: 0.02 },
};
const engine = await wasm();
const now = () => performance.now();
/** Twenty points in a τ are enough for the waveforms, and quick. */
const asked = { input: 0, beta: 0.5, fold: false, resolution: 20 };
const worst = ({ rows }: ParityData, what: string) =>
  Math.max(...rows.filter((r) => r.what.endsWith(what)).map((r) => r.max));

describe("ngspice, our ODE and our minimiser agree on one die", () => {
  test.each<[string, Circuit, readonly number[], number]>([
    ["8-6-4, ideal", ideal, [8, 6, 4], 0],
    ["8-6-4 with 5 % of C, 2 % of the leak, 3 % of the synapses", mismatched, [8, 6, 4], 0],
    ["64-32-10, ideal", ideal, [64, 32, 10], 0],
    ["64-32-10 with the same spreads", mismatched, [64, 32, 10], 0],
  ])(
    "%s: equilibria to 0.02 mV, waveforms to 1 mV of a swing of 1 V",
    async (_, circuit, sizes, lambda) => {
      const found = await parity(spiceBench(circuit, sizes, { seed: 2, lambda }), asked, engine, {
        now,
      });
      expect(found.spice).toEqual({
        engine: expect.stringMatching(/^ngspice-\d/) as string,
        failure: null,
      });
      expect(found.notes).toEqual([]);
      expect(found.rows).toHaveLength(7);
      expect(worst(found, "equilibrium")).toBeLessThan(2e-5);
      expect(worst(found, "waveform")).toBeLessThan(1e-3);
      expect(agrees(found)).toBe(true);
      // Something happened: the units moved, and moved on when they were nudged.
      const moved = found.traces.units.map(({ ours }) =>
        Math.abs(
          ours.at(-1)! -
            ours[
              Math.floor(ours.length * (found.time.free / (found.time.free + found.time.nudged))) -
                1
            ],
        ),
      );
      expect(Math.max(...moved)).toBeGreaterThan(0.1);
      expect(found.points).toBeGreaterThan(200);
    },
    120_000,
  );

  test("a die without an energy, its rails beside ground and everything beside its value, with λ " +
    "and its inputs folded", async () => {
    const found = await parity(
      spiceBench(rough, [8, 6, 4], { lambda: 0.5 }),
      { ...asked, beta: -0.3, fold: true },
      engine,
      { now },
    );
    expect(found.rows.map((r) => r.between)).toEqual([
      ["ngspice", "dormand-prince"],
      ["ngspice", "dormand-prince"],
      ["ngspice", "dormand-prince"],
    ]);
    expect(worst(found, "equilibrium")).toBeLessThan(0.8 * 2e-5);
    expect(worst(found, "waveform")).toBeLessThan(0.8 * 1e-3);
  }, 120_000);

  test.each<[string, Circuit, number]>([
    [
      "currents, for a positive and a strong",
      { ...mismatched, nudge: { spread: 0.1, offset: 0.02, kind: "current" } },
      2,
    ],
    [
      "currents of a negative β, outputs in pairs, an ADC that reads them",
      {
        ...mismatched,
        outputs: "differential",
        nudge: { spread: 0, offset: 0, kind: "current" },
        converters: { readout: { bits: 6, low: 0, high: 1, noise: 0 } },
      },
      -1,
    ],
  ])(
    "a die whose outputs are nudged by %s",
    async (_, circuit, beta) => {
      const found = await parity(
        spiceBench(circuit, [8, 6, 4], { seed: 2 }),
        { ...asked, beta },
        engine,
        { now },
      );
      expect(found.rows).toHaveLength(7);
      expect(worst(found, "equilibrium")).toBeLessThan(1e-5);
      expect(worst(found, "waveform")).toBeLessThan(1e-3);
    },
    120_000,
  );

  test("phases that end before the chip has settled are compared as waveforms alone, and nothing " +
    "is said of equilibria", async () => {
    const found = await parity(
      spiceBench(ideal, [4, 3, 2]),
      { ...asked, fold: true, time: 1.5 },
      engine,
      { now },
    );
    expect(found.rows.map((r) => [r.what, ...r.between])).toEqual([
      ["waveform", "ngspice", "dormand-prince"],
    ]);
    expect(found.notes.join()).toMatch(
      /^the phases end before the chip has settled, which takes \d+ and \d+ τ/,
    );
    expect(verdictText(found)).toBe("Both agree.");
    expect(parityText(found)).toMatch(
      / elements \(inputs folded\) and \d+ points in time, reading included\.$/m,
    );
  }, 60_000);

  // Of this seed's units 1.1, 1.5 and 2.0 come to rest between the rails, where nothing hides a
  // fault.
  test.each<[string, (netlist: string) => string, RegExp]>([
    [
      "a synapse that conducts 2 % more one way",
      (n) =>
        n.replace(
          /^(Gb1_2_5_0 .* )(\S+)$/m,
          (_, head: string, gm: string) => `${head}${1.02 * Number(gm)}`,
        ),
      /equilibrium/,
    ],
    [
      "a bias with its sign turned",
      (n) =>
        n.replace(
          /^(I1_1 .* DC )(\S+)$/m,
          (_, head: string, ampere: string) => `${head}${-Number(ampere)}`,
        ),
      /equilibrium/,
    ],
    [
      "a capacitor 2 % too large",
      (n) =>
        n.replace(
          /^(C2_0 \S+ 0 )(\S+)/m,
          (_, head: string, farad: string) => `${head}${1.02 * Number(farad)}`,
        ),
      /waveform/,
    ],
    ["a start from the operating point", (n) => n.replace(" UIC", ""), /waveform/],
  ])(
    "and disagree where the netlist has %s",
    async (_, plant, where) => {
      let planted = false;
      const faulty: Simulator = {
        version: "faulty",
        run: (n) => {
          const bad = plant(n);
          planted = bad !== n;
          return engine.run(bad);
        },
      };
      const found = await parity(spiceBench(mismatched, [8, 6, 4], { seed: 8 }), asked, faulty, {
        now,
      });
      expect(planted).toBe(true);
      expect(agrees(found)).toBe(false);
      expect(verdictText(found)).toMatch(/^They differ: /);
      expect(verdictText(found)).toMatch(where);
    },
    120_000,
  );
});

describe("without ngspice", () => {
  const bench = () => spiceBench(ideal, [8, 6, 4]);

  test("our part is still there, and the message is its own or says how to get it", async () => {
    const missing = await parity(bench(), asked, { missing: "there is none; get one" }, { now });
    expect(missing.rows.map((r) => [r.what, ...r.between])).toEqual([
      ["free equilibrium", "block-descent", "dormand-prince"],
      ["nudged equilibrium", "block-descent", "dormand-prince"],
    ]);
    expect([missing.spice.engine, missing.points, missing.seconds.spice, agrees(missing)]).toEqual([
      null,
      0,
      null,
      false,
    ]);
    expect(verdictText(missing)).toBe("No ngspice: there is none; get one. Above is our part.");
    const failed = await parity(
      bench(),
      asked,
      { version: "ngspice-1", run: (n) => engine.run(n.replace("R1_0 s1_0 0", "Q1_0 s1_0 0")) },
      { now },
    );
    expect(agrees(failed)).toBe(false);
    expect(verdictText(failed)).toMatch(
      /^ngspice failed \(ngspice-1\): Error on line \d+ .*could not find a valid model.*\. Above is our part\.$/s,
    );
  }, 120_000);

  test("what is too large is refused before it is started", async () => {
    let started = false;
    await expect(
      parity(
        bench(),
        asked,
        {
          version: "",
          run: () => {
            started = true;
            return engine.run("");
          },
        },
        {
          now,
          before: ({ elements }) => {
            throw new Error(`${elements} elements`);
          },
        },
      ),
    ).rejects.toThrow("153 elements");
    expect(started).toBe(false);
  });
});
