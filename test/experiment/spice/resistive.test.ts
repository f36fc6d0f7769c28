import { describe, expect, test } from "vitest";
import { resistiveNetlist } from "../../../src/circuit/spice/resistive.ts";
import { writeNetlist } from "../../../src/circuit/spice/write.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import { random } from "../../../src/numerics/random.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { settle } from "../../../src/solver/settle.ts";
import { resistors, voltages } from "../../support/resistors.ts";
import { wasm } from "../../support/spice.ts";

const engine = await wasm(), kendall = "diodes: { hidden: rectifying, output: none }\namplifier: { gain: 4 }\ninput: { gain: 20, complementary: true }", spread = "mismatch: { synapse: 10 %, offset: 1 mV, rail: 0.5 mV }";

describe("the operating point of ngspice is where block descent ends", () => {
  test.each<[string, readonly number[], string, number]>([
    ["128-64-20, amplified fourfold", [128, 64, 20], kendall, 1], ["128-64-64-20, amplified fourfold", [128, 64, 64, 20], kendall, 1],
    ["128-64-20 between rails, a rough die", [128, 64, 20], `amplifier: { gain: 4 }\ninput: { gain: 20, complementary: true }\n${spread}`, 1], ["16-12-6 without amplifiers, nudged", [16, 12, 6], `diodes: { hidden: rectifying, output: none }\n${spread}`, 0.5],
  ])("%s: to 0.01 mV", async (_, sizes, more, beta) => {
    const circuit = await resistors(more, { low: "1 uS", high: 1 }), chip = fabricate(circuit, chain(sizes), { batch: 1, precision: "f64", seed: 3, die: 2 }), rng = random(4, "resistors");
    // 1 to 100 uS, and biases.
    chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 2 ? 0.01 + 0.99 * rng.uniform() : rng.normal())) })));
    chip.inputs.showReals(Array.from({ length: sizes[0] }, () => rng.uniform()), 1);
    chip.inputs.label([1]);
    const volts: Float64Array[] = [], ours: number[][] = [];
    for (const phase of ["free", "nudged"] as const) {
      chip.present();
      chip.start();
      chip.tie({ lambda: 0, beta: phase === "free" ? 0 : beta });
      const { outcome, stats } = settle(chip, chip.state.array, blockDescent(), { steps: 200, tolerance: 1e-12 });
      expect([outcome, stats.steps <= 50]).toEqual(["settled", true]);
      const netlist = resistiveNetlist(circuit, chip.components(), { ...chip.terminals(0), beta }, chip.scale.layer, { title: "resistors", phase }), run = await engine.run(writeNetlist(netlist));
      if ("failure" in run) throw new Error(run.failure);
      expect(run.result.plot).toBe("Operating Point");
      volts.push(Float64Array.from(netlist.save, (n) => run.result.values.get(`v(${n})`)![0]));
      ours.push(voltages(chip).flat().map((v) => 0.01 * v));
    }
    const apart = volts.map((v, p) => Math.max(...v.map((x, k) => Math.abs(x - ours[p][k]))));
    // Something happened: the outputs moved by half a millivolt and more.
    expect(Math.max(...ours[0].map((x, k) => Math.abs(x - ours[1][k])))).toBeGreaterThan(4e-4);
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  }, 120_000);
});

describe("diodes of one law agree in ngspice and here", () => {
  const both = "amplifier: { gain: 4 }\ninput: { gain: 20, complementary: true }", diodes = ["{ law: diode, saturation: 10 fA, ideality: 1 }", "{ law: diode, saturation: 10 fA, ideality: 0.05 }", "{ law: linear, conductance: 100 mS }"];
  const custom = '{ law: custom, current: "G*max(V, 0)^3/Vn^2", parameters: { G: 50 mS, Vn: 1 V } }';
  test.each<[readonly number[], string, string, number]>([
    ...[[128, 64, 20], [128, 64, 64, 20]].flatMap((sizes) => diodes.map((clamp): [readonly number[], string, string, number] => [sizes, clamp, kendall, 1])),
    [[128, 64, 20], diodes[0], `${both}\nmismatch: { synapse: 10 %, offset: 10 mV, rail: 50 mV }`, 1], [[16, 12, 6], custom, kendall, 1], [[16, 12, 6], diodes[1], "diodes: { hidden: rails, output: rectifying }\ninput: { gain: 20, complementary: true }", 0.5],
  ])("%j, %s: to 0.01 mV of a swing of 1 V", async (sizes, clamp, more, beta) => {
    const circuit = await resistors(more, { low: "1 uS", high: 1, swing: "1 V", clamp }), chip = fabricate(circuit, chain([...sizes]), { batch: 1, precision: "f64", seed: 3, die: 2 }), rng = random(4, "resistors");
    chip.program(chip.parameters.tensors().map((t) => ({ ...t, data: t.data.map(() => (t.shape.length === 2 ? 0.01 + 0.99 * rng.uniform() : rng.normal())) })));
    chip.inputs.showReals(Array.from({ length: sizes[0] }, () => rng.uniform()), 1);
    chip.inputs.label([1]);
    const outputs: number[][] = [];
    let beyond = 0;
    for (const phase of ["free", "nudged"] as const) {
      chip.present();
      chip.start();
      chip.tie({ lambda: 0, beta: phase === "free" ? 0 : beta });
      const { outcome, stats } = settle(chip, chip.state.array, blockDescent(), { steps: 200, tolerance: 1e-11 });
      expect([outcome, stats.steps <= 50]).toEqual(["settled", true]);
      const netlist = resistiveNetlist(circuit, chip.components(), { ...chip.terminals(0), beta }, chip.scale.layer, { title: "diodes", phase }), run = await engine.run(writeNetlist(netlist));
      if ("failure" in run) throw new Error(run.failure);
      const ours = voltages(chip).flat(), apart = netlist.save.map((n, k) => Math.abs(run.result.values.get(`v(${n})`)![0] - ours[k]));
      expect(Math.max(...apart)).toBeLessThan(1e-5);
      // ngspice's k/q is that of 2014, some 10⁻⁷ beside ours of 2019; a drop of 0.6 V follows it.
      outputs.push(ours.slice(-sizes.at(-1)!));
      // How many nodes open a diode, so that its law matters.
      voltages(chip).slice(0, -1).flat().forEach((v) => { if (v < 0 || v > 1) beyond++; });
    }
    expect(beyond).toBeGreaterThan(3);
    expect(Math.max(...outputs[0].map((v, k) => Math.abs(v - outputs[1][k])))).toBeGreaterThan(1e-3);
  }, 120_000);
});
