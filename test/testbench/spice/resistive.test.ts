import { describe, expect, test } from "vitest";
import type { Circuit } from "../../../src/circuit/circuit.ts";
import { resistiveNetlist } from "../../../src/circuit/spice/resistive.ts";
import { writeNetlist } from "../../../src/circuit/spice/write.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import { random } from "../../../src/numerics/random.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { settle } from "../../../src/solver/settle.ts";
import { parity, type Simulator } from "../../../src/testbench/spice/parity.ts";
import { agrees, type ParityData } from "../../../src/output/spice/data.ts";
import { renderParityPage } from "../../../src/output/spice/page.ts";
import { verdictText } from "../../../src/output/spice/wording.ts";
import { resistors, voltages } from "../../support/resistors.ts";
import { ofResistors } from "../../support/setups.ts";
import { spiceBench, wasm } from "../../support/spice.ts";

const engine = await wasm();
const kendall =
  "diodes: { hidden: rectifying, output: none }\namplifier: { gain: 4 }\ninput: { gain: 20, " +
  "complementary: true }";
const currents = "nudge: { kind: current, spread: 10 %, offset: 0.5 mV }";
const spread = "mismatch: { synapse: 10 %, offset: 1 mV, rail: 0.5 mV }";

/** A chip of conductances from 1 to 100 uS and biases, before random inputs of class 1. */
function drawn(circuit: Circuit, sizes: readonly number[]): Chip {
  const chip = fabricate(circuit, chain([...sizes]), {
    batch: 1,
    precision: "f64",
    seed: 3,
    die: 2,
  });
  const rng = random(4, "resistors");
  chip.program(
    chip.parameters.tensors().map((t) => ({
      ...t,
      data: t.data.map(() => (t.shape.length === 2 ? 0.01 + 0.99 * rng.uniform() : rng.normal())),
    })),
  );
  chip.inputs.showReals(
    Array.from({ length: sizes[0] }, () => rng.uniform()),
    1,
  );
  chip.inputs.label([1]);
  return chip;
}

describe("the operating point of ngspice is where block descent ends", () => {
  test.each<[string, readonly number[], string, number]>([
    ["128-64-20, amplified fourfold", [128, 64, 20], kendall, 1],
    ["128-64-64-20, amplified fourfold", [128, 64, 64, 20], kendall, 1],
    [
      "128-64-20 between rails, a rough die",
      [128, 64, 20],
      `amplifier: { gain: 4 }\ninput: { gain: 20, complementary: true }\n${spread}`,
      1,
    ],
    [
      "16-12-6 without amplifiers, nudged",
      [16, 12, 6],
      `diodes: { hidden: rectifying, output: none }\n${spread}`,
      0.5,
    ],
    [
      "128-64-20, amplified fourfold, outputs in pairs that currents nudge",
      [128, 64, 20],
      `${kendall}\n${currents}\noutputs: differential\n${spread}`,
      4,
    ],
    [
      "16-12-6 under a strong negative nudge by currents",
      [16, 12, 6],
      `diodes: { hidden: rectifying, output: none }\n${currents}\n${spread}`,
      -5,
    ],
  ])(
    "%s: to 0.01 mV",
    async (_, sizes, more, beta) => {
      const circuit = await resistors(more, { low: "1 uS", high: 1 });
      const chip = drawn(circuit, sizes);
      const volts: Float64Array[] = [];
      const ours: number[][] = [];
      for (const phase of ["free", "nudged"] as const) {
        // The nudge comes on at the free equilibrium.
        if (phase === "free") {
          chip.present();
          chip.start();
        }
        chip.tie({ lambda: 0, beta: phase === "free" ? 0 : beta });
        const { outcome, stats } = settle(chip, chip.state.array, blockDescent(), {
          steps: 200,
          tolerance: 1e-12,
        });
        expect([outcome, stats.steps <= 50]).toEqual(["settled", true]);
        const netlist = resistiveNetlist(
          circuit,
          chip.components(),
          { ...chip.terminals(0), beta },
          chip.scale.layer,
          { title: "resistors", phase },
        );
        const run = await engine.run(writeNetlist(netlist));
        if ("failure" in run) throw new Error(run.failure);
        expect(run.result.plot).toBe("Operating Point");
        if (phase === "nudged" && circuit.nudge)
          expect(
            netlist.elements.filter((e) => e.kind === "I" && e.name.startsWith("y")),
          ).toHaveLength(sizes.at(-1)!);
        volts.push(Float64Array.from(netlist.save, (n) => run.result.values.get(`v(${n})`)![0]));
        ours.push(
          voltages(chip)
            .flat()
            .map((v) => 0.01 * v),
        );
      }
      const apart = volts.map((v, p) => Math.max(...v.map((x, k) => Math.abs(x - ours[p][k]))));
      // Something happened: the outputs moved by half a millivolt and more.
      expect(Math.max(...ours[0].map((x, k) => Math.abs(x - ours[1][k])))).toBeGreaterThan(4e-4);
      expect(Math.max(...apart)).toBeLessThan(1e-5);
    },
    120_000,
  );
});

describe("diodes of one law agree in ngspice and here", () => {
  const both = "amplifier: { gain: 4 }\ninput: { gain: 20, complementary: true }";
  const diodes = [
    "{ law: diode, saturation: 10 fA, ideality: 1 }",
    "{ law: diode, saturation: 10 fA, ideality: 0.05 }",
    "{ law: linear, conductance: 100 mS }",
  ];
  const custom =
    '{ law: custom, current: "G*max(V, 0)^3/Vn^2", parameters: { G: 50 mS, Vn: 1 V } }';
  test.each<[readonly number[], string, string, number]>([
    ...[
      [128, 64, 20],
      [128, 64, 64, 20],
    ].flatMap((sizes) =>
      diodes.map((clamp): [readonly number[], string, string, number] => [
        sizes,
        clamp,
        kendall,
        1,
      ]),
    ),
    [
      [128, 64, 20],
      diodes[0],
      `${both}\nmismatch: { synapse: 10 %, offset: 10 mV, rail: 50 mV }`,
      1,
    ],
    [[16, 12, 6], custom, kendall, 1],
    [
      [16, 12, 6],
      diodes[1],
      "diodes: { hidden: rails, output: rectifying }\ninput: { gain: 20, complementary: true }",
      0.5,
    ],
  ])(
    "%j, %s: to 0.01 mV of a swing of 1 V",
    async (sizes, clamp, more, beta) => {
      const circuit = await resistors(more, { low: "1 uS", high: 1, swing: "1 V", clamp });
      const chip = drawn(circuit, sizes);
      const outputs: number[][] = [];
      let beyond = 0;
      for (const phase of ["free", "nudged"] as const) {
        chip.present();
        chip.start();
        chip.tie({ lambda: 0, beta: phase === "free" ? 0 : beta });
        const { outcome, stats } = settle(chip, chip.state.array, blockDescent(), {
          steps: 200,
          tolerance: 1e-11,
        });
        expect([outcome, stats.steps <= 50]).toEqual(["settled", true]);
        const netlist = resistiveNetlist(
          circuit,
          chip.components(),
          { ...chip.terminals(0), beta },
          chip.scale.layer,
          { title: "diodes", phase },
        );
        const run = await engine.run(writeNetlist(netlist));
        if ("failure" in run) throw new Error(run.failure);
        const ours = voltages(chip).flat();
        const apart = netlist.save.map((n, k) =>
          Math.abs(run.result.values.get(`v(${n})`)![0] - ours[k]),
        );
        expect(Math.max(...apart)).toBeLessThan(1e-5);
        // ngspice's k/q is that of 2014, some 10⁻⁷ beside ours of 2019; a drop of 0.6 V follows it.
        outputs.push(ours.slice(-sizes.at(-1)!));
        // How many nodes open a diode, so that its law matters.
        voltages(chip)
          .slice(0, -1)
          .flat()
          .forEach((v) => {
            if (v < 0 || v > 1) beyond++;
          });
      }
      expect(beyond).toBeGreaterThan(3);
      expect(Math.max(...outputs[0].map((v, k) => Math.abs(v - outputs[1][k])))).toBeGreaterThan(
        1e-3,
      );
    },
    120_000,
  );
});

const now = () => performance.now();
const asked = { input: 0, beta: 0.5, fold: false, resolution: 20 };
const worst = ({ rows }: ParityData, what: string) =>
  Math.max(...rows.filter((r) => r.what.endsWith(what)).map((r) => r.max));
/** Everything beside its value, the low rail beside ground, resistors of 10 uS at least. */
const rough = async (more: string) => {
  const circuit = await resistors(more, { low: "10 uS", high: 1, leak: "5 uS" });
  return {
    ...circuit,
    rails: { low: -0.002, high: 0.008 },
    nudge: circuit.nudge ?? { spread: 0.1, offset: 1e-4 },
    mismatch: {
      capacitance: 0.2,
      leak: 0.2,
      offset: 1e-4,
      synapse: 0.1,
      reciprocal: true,
      gain: 0,
      rail: 1e-4,
    },
    link: { spread: 0.1, offset: 1e-4 },
  };
};

describe("the transient of ngspice is the path of our ODE, and its operating points are our equilibria", () => {
  test.each<[string, readonly number[], string, object, number]>([
    ["16-8-6-4 behind amplifiers, rectifying", [16, 8, 6, 4], kendall, {}, 0],
    ["the same die with its inputs folded", [16, 8, 6, 4], kendall, { fold: true }, 0],
    [
      "the same die tied to a guess and nudged away from its target",
      [16, 8, 6, 4],
      kendall,
      { beta: -0.1 },
      0.5,
    ],
    ["12-8-5 between rails, folded", [12, 8, 5], "input: { gain: 3 }", { fold: true }, 0],
    [
      "16-8-6, outputs in pairs under strong negative currents",
      [16, 8, 6],
      `${kendall}\noutputs: differential\n${currents}`,
      { beta: -3 },
      0,
    ],
  ])(
    "%s: equilibria to 2e-5 of the swing, waveforms to 1e-3",
    async (_, sizes, more, options, lambda) => {
      const found = await parity(
        spiceBench(await rough(more), sizes, { seed: 2, lambda }),
        { ...asked, ...options },
        engine,
        { now },
      );
      expect([found.spice.failure, found.notes]).toEqual([null, []]);
      expect(found.rows.map((r) => r.between[0])).toEqual([
        "ngspice .op",
        "ngspice .op",
        "block-descent",
        "ngspice .op",
        "ngspice .op",
        "block-descent",
        "ngspice",
      ]);
      expect(worst(found, "equilibrium")).toBeLessThan(2e-5 * 0.01);
      expect(worst(found, "waveform")).toBeLessThan(1e-3 * 0.01);
      expect(agrees(found)).toBe(true);
      // Something happened: outputs moved by 20 uV and more when the nudge came on.
      const outputs = found.traces.units.filter((u) => u.layer === sizes.length - 1);
      const before = found.traces.tau.findLastIndex((t) => t <= found.time.free);
      expect(
        Math.max(...outputs.map(({ ours }) => Math.abs(ours.at(-1)! - ours[before]))),
      ).toBeGreaterThan(2e-5);
    },
    120_000,
  );

  test.each([
    ["{ law: diode, saturation: 22 nA, ideality: 1.08 }"],
    ["{ law: linear, conductance: 10 mS }"],
  ])(
    "diodes of the law %s: equilibria to 0.02 mV, waveforms to 1 mV of a swing of 1 V",
    async (clamp) => {
      const found = await parity(
        spiceBench(
          await resistors(kendall.replace("gain: 20", "gain: 3"), {
            low: "1 uS",
            high: 1,
            leak: "5 uS",
            swing: "1 V",
            clamp,
          }),
          [16, 8, 6, 4],
          { seed: 2 },
        ),
        asked,
        engine,
        { now },
      );
      expect([found.spice.failure, found.notes, found.rows.length]).toEqual([null, [], 7]);
      expect(worst(found, "equilibrium")).toBeLessThan(2e-5);
      expect(worst(found, "waveform")).toBeLessThan(1e-3);
    },
    120_000,
  );

  test.each<[string, (netlist: string) => string, RegExp]>([
    [
      "a resistor 2 % too large",
      (n) =>
        n.replace(
          /^(R1_2_0_0 .* )(\S+)$/m,
          (_, head: string, ohm: string) => `${head}${1.02 * Number(ohm)}`,
        ),
      /equilibrium/,
    ],
    [
      "an amplifier that draws the whole current",
      (n) => n.replace(/^(F1_0 .*) 0\.25$/m, "$1 1"),
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
    [
      "a nudge that is there from the start",
      (n) => n.replace("PULSE(0 1", "PULSE(1 1"),
      /waveform/,
    ],
  ])(
    "and they disagree where the netlist has %s",
    async (_, plant, where) => {
      let planted = false;
      const faulty: Simulator = {
        version: "faulty",
        run: (n) => {
          const bad = plant(n);
          planted ||= bad !== n;
          return engine.run(bad);
        },
      };
      const found = await parity(
        spiceBench(await rough(kendall.replace("rectifying", "none")), [16, 8, 6, 4], { seed: 2 }),
        asked,
        faulty,
        { now },
      );
      expect(planted).toBe(true);
      expect(agrees(found)).toBe(false);
      expect(verdictText(found)).toMatch(where);
    },
    120_000,
  );

  test("phases that end before the chip has settled are compared as waveforms; operating points " +
    "know no time", async () => {
    const bench = spiceBench(await rough(kendall), [16, 8, 6, 4], { seed: 2 });
    const found = await parity(bench, { ...asked, time: 2 }, engine, { now });
    expect(found.rows.map((r) => [r.what, ...r.between])).toEqual([
      ["free equilibrium", "ngspice .op", "block-descent"],
      ["nudged equilibrium", "ngspice .op", "block-descent"],
      ["waveform", "ngspice", "dormand-prince"],
    ]);
    expect(found.notes.join()).toContain("their ends are no equilibria");
    expect(agrees(found)).toBe(true);
    const alone = await parity(bench, { ...asked, op: true }, engine, { now });
    expect([alone.points, alone.seconds.spice, alone.rows.length, agrees(alone)]).toEqual([
      0,
      null,
      6,
      true,
    ]);
  }, 120_000);
});

describe("where there is no answer of ngspice", () => {
  const bench = async (low = "10 uS", leak = "5 uS") =>
    spiceBench(await resistors(kendall, { low, high: 1, leak }), [4, 3, 2], { seed: 2 });

  test("a node that nothing leads to is named before anything is run or reported", async () => {
    const floating = await bench("0 S", "0 S");
    const { chip } = floating;
    chip.program(
      chip.parameters.tensors().map((t) => ({
        ...t,
        data: t.data.map((g, k) =>
          t.name === "chip.block.1-2.weight" ? k % 2 : t.name === "chip.block.0-1.weight" ? 0.5 : g,
        ),
      })),
    );
    const started: string[] = [];
    const idle: Simulator = {
      version: "idle",
      run: (n) => {
        started.push(n);
        return engine.run(n);
      },
    };
    for (const simulator of [idle, { missing: "there is none" }])
      for (const fold of [false, true])
        await expect(parity(floating, { ...asked, fold }, simulator, { now })).rejects.toThrow(
          "the node s2_0 floats: no resistor, diode or source leads direct current from it to " +
            "ground; give it a leak, or a synapse that is not zero",
        );
    expect(started).toEqual([]);
  });

  test("without it our part is still there; where its transient fails, its operating points are " +
    "too, and its own message", async () => {
    const missing = await parity(
      await bench(),
      asked,
      { missing: "there is none; get one" },
      { now },
    );
    expect(missing.rows.map((r) => [r.what, ...r.between])).toEqual([
      ["free equilibrium", "block-descent", "dormand-prince"],
      ["nudged equilibrium", "block-descent", "dormand-prince"],
    ]);
    expect(verdictText(missing)).toBe("No ngspice: there is none; get one. Above is our part.");
    const failed = await parity(
      await bench(),
      asked,
      {
        version: "ngspice-1",
        run: (n) =>
          n.includes(".tran") ? Promise.resolve({ failure: "timestep too small" }) : engine.run(n),
      },
      { now },
    );
    expect(failed.rows.map((r) => r.between[0])).toEqual([
      "ngspice .op",
      "ngspice .op",
      "block-descent",
      "ngspice .op",
      "ngspice .op",
      "block-descent",
    ]);
    expect([agrees(failed), failed.seconds.spice, failed.points]).toEqual([false, null, 0]);
    expect(verdictText(failed)).toMatch(
      /^ngspice failed \(ngspice-\S+\): timestep too small\. Above is what there is\.$/,
    );
    // Nothing is claimed of waveforms that were not compared.
    const page = renderParityPage(failed, "spice-check", "");
    expect(page).not.toContain("waveforms apart");
    expect(page).not.toContain("dots some of ngspice");
  }, 60_000);
});

describe("constant inputs, folded", () => {
  test("are to each node Norton's current and conductance, beside its leak and bias", async () => {
    const chip = spiceBench(await rough("input: { gain: 3, complementary: true }"), [5, 4, 2], {
      seed: 2,
    }).chip;
    const x = [0.1, 0.9, 0, 0.5, 1];
    chip.inputs.showReals(x, 1);
    chip.inputs.label([0]);
    chip.present();
    const die = chip.components();
    const of = (fold: boolean) =>
      resistiveNetlist(ofResistors(chip.circuit), die, chip.terminals(0), chip.scale.layer, {
        title: "t",
        phase: "free",
        fold,
      });
    const [full, folded] = [of(false), of(true)];
    const count = (n: typeof full) => n.elements.filter((e) => e.kind !== "comment").length;
    // Ten sources and forty resistors fewer.
    expect(count(full) - count(folded)).toBe(50);
    expect(folded.notes.join()).toContain("the inputs' 40 resistors, leak and bias are folded");
    for (let j = 0; j < 4; j++) {
      const g = Array.from({ length: 10 }, (_, i) => 1e-4 * die.blocks[0].forward[i * 4 + j]);
      const v = [...x, ...x.map((u) => -u)].map((u) => 3 * 0.01 * u);
      const layer = die.layers[0];
      const R = folded.elements.find((e) => e.kind === "R" && e.name === `g1_${j}`);
      const I = folded.elements.find((e) => e.kind === "I" && e.name === `1_${j}`);
      expect(R?.kind === "R" && 1 / R.value).toBeCloseTo(
        1e-4 * layer.leak[j] + g.reduce((a, b) => a + b),
        15,
      );
      expect(I?.kind === "I" && "dc" in I.source && I.source.dc).toBeCloseTo(
        1e-6 * (layer.bias[j] + layer.offset[j]) + g.reduce((sum, gi, i) => sum + gi * v[i], 0),
        16,
      );
    }
  });
});

describe("the netlist of outputs in pairs", () => {
  test("says of which class and sign each node is, and sends opposite currents into a pair", async () => {
    const circuit = await resistors(`${kendall}\nnudge: { kind: current }\noutputs: differential`, {
      low: "1 uS",
      high: 1,
    });
    const chip = fabricate(circuit, chain([4, 3, 6]), { batch: 1, precision: "f64" });
    chip.inputs.showReals([0.1, 0.9, 0.4, 0.3], 1);
    chip.inputs.label([1]);
    chip.present();
    chip.start();
    settle(chip, chip.state.array, blockDescent(), { steps: 200, tolerance: 1e-12 });
    chip.tie({ lambda: 0, beta: 0.5 });
    const text = writeNetlist(
      resistiveNetlist(circuit, chip.components(), chip.terminals(0), chip.scale.layer, {
        title: "pairs",
        phase: "nudged",
      }),
    );
    expect(text).toContain("* s2_1: node 1 of layer 2, the V+ output of class 1, the right one\n");
    expect(text).toContain("* s2_5: node 5 of layer 2, the V- output of class 2\n");
    const ampere = [0, 1, 2, 3, 4, 5].map((i) =>
      Number(new RegExp(`^Iy${i} 0 s2_${i} DC (\\S+)$`, "m").exec(text)![1]),
    );
    for (let k = 0; k < 3; k++) expect(ampere[k + 3]).toBe(-ampere[k]);
    // Of 100 uS and 10 mV: 2β (y − ŷ) uA.
    expect(ampere[1]).toBeCloseTo(
      1e-6 *
        (1 -
          (chip.state.array[chip.layout.offset[2] + 1] -
            chip.state.array[chip.layout.offset[2] + 4])),
      15,
    );
  });
});
