import { describe, expect, test } from "vitest";
import { readLaw } from "../../../src/circuit/law.ts";
import type { Clamp } from "../../../src/circuit/elements.ts";
import { anyQuantity } from "../../../src/numerics/units.ts";
import { parity } from "../../../src/testbench/spice/parity.ts";
import { ideal } from "../../support/setups.ts";
import { spiceBench, wasm } from "../../support/spice.ts";

const engine = await wasm();
const oneSided = await readLaw("G*(V+abs(V)) + G*(V+abs(V))^3/Vn^2", {
  variables: { V: "voltage" },
  parameters: { G: await anyQuantity("1 mS"), Vn: await anyQuantity("0.1 V") },
  result: "current",
});

describe("clamps of one law agree in ngspice and here", () => {
  test.each<[string, Clamp]>([
    ["linear ones of 100 leaks", { law: "linear", conductance: 1e-2 }],
    ["diodes of N = 0.02", { law: "diode", saturation: 1e-14, ideality: 0.02 }],
    ["diodes of N = 0.005", { law: "diode", saturation: 1e-14, ideality: 0.005 }],
    ["a law of the schematic's own", { law: "custom", current: oneSided }],
  ])(
    "%s: equilibria to 0.01 mV, waveforms to 1 mV of a swing of 1 V",
    async (_, clamp) => {
      const circuit = {
        ...ideal,
        neuron: { ...ideal.neuron, clamp },
        mismatch: { ...ideal.mismatch, capacitance: 0.05, leak: 0.02, synapse: 0.03 },
      };
      const { rows, notes, spice } = await parity(
        spiceBench(circuit, [8, 6, 4], { seed: 8 }),
        { input: 0, beta: 0.5, fold: false, resolution: 20 },
        engine,
        { now: () => performance.now() },
      );
      expect([spice.failure, notes]).toEqual([null, []]);
      for (const r of rows)
        expect(r.max, `${r.what} of ${r.between.join(" and ")}`).toBeLessThan(
          r.what === "waveform" ? 1e-3 : 1e-5,
        );
    },
    240_000,
  );
});
