import { describe, expect, test } from "vitest";
import type { Circuit, TransconductorCircuit } from "../../../src/circuit/circuit.ts";
import { devices } from "../../../src/circuit/devices/registry.ts";
import type { Transconductor, WeightStore } from "../../../src/circuit/elements.ts";
import { parseCircuit } from "../../../src/circuit/read/parse.ts";
import type { Chip } from "../../../src/dynamics/chip.ts";
import { fabricate } from "../../../src/dynamics/fabricate.ts";
import { chain } from "../../../src/energy/graph.ts";
import type { Precision, Tensor } from "../../../src/numerics/vec.ts";
import { oddChain, tangled } from "../../support/graphs.ts";
import { lessons } from "../../support/lessons.ts";
import { rough } from "../../support/rough.ts";
import { ideal } from "../../support/setups.ts";
import { inDevices, inRegisters } from "../../support/stores.ts";

const spread = { ...ideal.mismatch, leak: 0.1, offset: 0.02, synapse: 0.1 };
const withSynapse = (
  store: WeightStore,
  coding: Transconductor["coding"] = "signed",
  mismatch = spread,
): TransconductorCircuit => ({
  ...ideal,
  mismatch,
  synapse: { coding, ...store },
});
/** Without any spread. */
const exactly = (store: WeightStore) => withSynapse(store, "signed", ideal.mismatch);
const pairs = (store: WeightStore = inDevices("pcm", { span: 0.5 })) => withSynapse(store, "pair");

const kinds: readonly (readonly [string, TransconductorCircuit])[] = [
  ["registers of 6 bits", withSynapse(inRegisters({ bits: 6 }))],
  ["registers rounded by chance", withSynapse(inRegisters({ bits: 6, rounding: "chance" }))],
  [
    "registers with accumulators behind a DAC",
    withSynapse(inRegisters({ bits: 7, accumulate: 5, dac: 4 })),
  ],
  [
    "registers with accumulators rounded by chance that program devices",
    withSynapse(
      inRegisters({ device: "reram-array-om", bits: 6, accumulate: 3, rounding: "chance" }),
    ),
  ],
  ["exact registers behind a DAC of 6 bits", withSynapse(inRegisters({ dac: 6 }))],
  ["registers that program pairs with an error", pairs(inRegisters({ device: "pcm", span: 0.5 }))],
  [
    "registers that program bounded and stuck devices",
    withSynapse(inRegisters({ device: "reram-array-om", bits: 8 })),
  ],
  ["devices pulsed in place", withSynapse(inDevices("ecram"))],
  [
    "devices pulsed in place with write noise, some of them stuck",
    withSynapse(inDevices("reram-array-om")),
  ],
  ["devices of an exponential law", withSynapse(inDevices("reram-exponential"))],
  ["devices with accumulators", withSynapse(inDevices("reram-array-om", { accumulate: true }))],
  [
    "devices with accumulators of 6 bits",
    withSynapse(inDevices("reram-array-om", { accumulate: 6, rounding: "chance" })),
  ],
  ["pairs with accumulators of 6 bits", pairs(inDevices("pcm", { span: 0.5, accumulate: 6 }))],
  ["capacitors that leak", withSynapse(inDevices("capacitor"))],
  ["devices under write-verify", withSynapse(inDevices("reram-cmo"))],
  ["pairs that only go up", pairs()],
  ["pairs with accumulators", pairs(inDevices("pcm", { span: 0.5, accumulate: true }))],
];
/** Their lateral blocks hold one device for both directions, or two. */
const wired = [true, false].flatMap((reciprocal) =>
  kinds.map(
    ([name, circuit]) =>
      [
        name,
        reciprocal ? "one device both ways" : "each direction its own gain",
        { ...circuit, mismatch: { ...circuit.mismatch, reciprocal } },
      ] as const,
  ),
);

describe.each(["f32", "f64"] as const)("in %s, on skip, lateral and masked blocks", (precision) => {
  test.each(wired)(
    "%s, %s, learn the same bits by one member and by two or three",
    (_, __, circuit) => {
      const alone = lessons({ circuit, precision });
      expect(lessons({ circuit, precision, parts: 2 })).toEqual(alone);
      expect(lessons({ circuit, precision, parts: 3 })).toEqual(alone);
      expect(alone.tensors).not.toEqual(lessons({ circuit, precision, last: 0 }).tensors);
    },
  );

  test.each(wired)(
    "%s, %s, held and restored go on to the bits of a chip that never stopped",
    (_, __, circuit) => {
      const { held } = lessons({ circuit, precision, last: 4 });
      const whole = lessons({ circuit, precision });
      const { tensors, held: after } = lessons({ circuit, precision, first: 4, from: held });
      expect(tensors).toEqual(whole.tensors);
      expect(after).toEqual(whole.held);
    },
  );
});

describe("the devices of a die", () => {
  /** The bounds of all devices, as weights that go beyond all bounds are programmed. */
  const bounds = (circuit: Circuit, die = 3) =>
    [-100, 100].map((value) => {
      const chip = fabricate(circuit, tangled, { batch: 1, die });
      chip.program(filled(chip, value));
      return weights(chip);
    });
  test.each<[string, TransconductorCircuit]>([
    ["pulsed", withSynapse(inDevices("ecram"))],
    ["pairs", pairs()],
    ["stuck", withSynapse(inDevices("reram-array-om"))],
  ])("are the same whatever else is drawn (%s)", (_, circuit) => {
    const more: TransconductorCircuit = {
      ...circuit,
      mismatch: { ...rough.mismatch, reciprocal: true },
      noise: { thermal: 1, flicker: { corner: 1e6 } },
      converters: { readout: { bits: 8, low: 0, high: 1, noise: 1e-3 } },
    };
    expect(bounds(more)).toEqual(bounds(circuit));
    expect(bounds(circuit, 4)).not.toEqual(bounds(circuit));
  });

  test(
    "stop where their preset says: half of them before its bound, and one in six by more than " +
      "its spread",
    () => {
      const { high, spreadHigh } = devices["gokmen-vlasov"].bounds;
      const n = 40_000;
      const chip = fabricate(exactly(inDevices("gokmen-vlasov")), chain([200, 200]), {
        batch: 1,
        precision: "f64",
      });
      chip.program(filled(chip, 100));
      const below = (part: number) => weights(chip).filter((w) => w < high * part).length / n;
      // Φ(0) and Φ(−1); 4σ of a share of n.
      expect(Math.abs(below(1) - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / n));
      expect(Math.abs(below(1 - spreadHigh) - 0.158655)).toBeLessThan(
        4 * Math.sqrt((0.158655 * 0.841345) / n),
      );
    },
  );

  test("that are stuck keep their weight through any number of lessons", () => {
    const circuit = exactly(inDevices("reram-array-om"));
    const [low, high] = bounds(circuit, 1);
    const after = weightsOf(lessons({ circuit, precision: "f32", rate: 30 }).tensors);
    const stuck = low.flatMap((w, i) => (w === high[i] && w !== 0 ? [i] : []));
    expect(stuck.length).toBeGreaterThan(10);
    for (const i of stuck) expect(after[i]).toBe(low[i]);
  });
});

describe("zero settings", () => {
  const same = (circuit: Circuit, precision: Precision, graph = tangled) => {
    const plain = lessons({ circuit: ideal, precision, graph });
    const { tensors, state } = lessons({ circuit, precision, graph });
    expect({ tensors, state }).toEqual({ tensors: plain.tensors, state: plain.state });
  };
  test.each<[string, Circuit]>([
    ["ideal devices", exactly(inDevices("ideal"))],
    ["registers that program ideal devices", exactly(inRegisters({ device: "ideal" }))],
  ])("%s learn the bits of the ideal chip", (_, circuit) => {
    same(circuit, "f32");
    same(circuit, "f64");
  });

  // On a chain: one register holds both directions of a lateral pair, whose two weights rounding
  // drives apart on the ideal chip.
  test("a DAC of as many bits as its registers sets every number of theirs", () => {
    const registers = (more: Parameters<typeof inRegisters>[0]) =>
      lessons({ circuit: exactly(inRegisters({ bits: 6, ...more })), precision: "f32" }).tensors;
    expect(registers({ dac: 6 })).toEqual(registers({}));
    expect(registers({ dac: 9 })).toEqual(registers({}));
    expect(registers({ dac: 5 })).not.toEqual(registers({}));
  });

  test("registers of as many bits as a number in single precision learn the bits of the ideal chip", () => {
    same(exactly(inRegisters({ bits: 24 })), "f32", oddChain);
  });

  test("without accumulators nothing is owed: the bits are those of a schematic that does not name them", async () => {
    const read = (synapse: string) =>
      parseCircuit(
        "name: a\nrails: { low: 0 V, high: 1 V }\nneuron: { capacitance: 1 pF, leak: 1 uS }\n" +
          `synapse: { device: ecram, span: 1, memory: devices${synapse} }\n`,
        "a.yaml",
      );
    const [named, unnamed] = await Promise.all([read(", accumulate: false"), read("")]);
    expect(lessons({ circuit: named, precision: "f32" })).toEqual(
      lessons({ circuit: unnamed, precision: "f32" }),
    );
  });
});

describe("registers of 6 bits that are asked twenty times for 0.31 of a step", () => {
  const step = 1 / 31;
  const n = 8000;
  const lessonsOf = 20;
  const moved = (
    store: Parameters<typeof inRegisters>[0],
    precision: Precision = "f64",
    each = 0.31,
  ) => {
    const chip = fabricate(exactly(inRegisters(store)), chain([80, 100]), { batch: 1, precision });
    chip.program(filled(chip, 0.4));
    const was = weights(chip);
    const [high, low] = [chip.vector(), chip.vector()];
    chip.inputs.showReals(new Array<number>(80).fill(1), 1);
    high.array.fill(each * step);
    chip.present();
    for (let t = 0; t < lessonsOf; t++) {
      chip.contrast(high, low, [1]);
      chip.adjust(high, low, [1]);
    }
    const register = chip.held().tensors.find((t) => t.name.endsWith(".register"));
    return {
      was: was.map((w) => w / step),
      steps: weights(chip).map((w, i) => (w - was[i]) / step),
      registers: Array.from(register?.data ?? [], (w) => w / step),
    };
  };

  test("hold what a step is a part of: 0.4 becomes the nearest of its 31 numbers, 12", () => {
    for (const w of moved({ bits: 6 }).was) expect(w).toBeCloseTo(12, 9);
  });

  test("never move where they round to the nearest, and move every time above half a step", () => {
    expect(moved({ bits: 6 }).steps.every((s) => Math.abs(s) < 1e-9)).toBe(true);
    for (const s of moved({ bits: 6 }, "f32", 0.51).steps) expect(s).toBeCloseTo(19, 4);
  });

  test.each(["f32", "f64"] as const)(
    "move by 6.2 on average where they round by chance, √(20·0.31·0.69) more or fewer (%s)",
    (precision) => {
      const { steps } = moved({ bits: 6, rounding: "chance" }, precision);
      const counts = lessonsOf * 0.31 * 0.69;
      expect(Math.abs(mean(steps) - 6.2)).toBeLessThan(4 * Math.sqrt(counts / n));
      expect(Math.abs(variance(steps) / counts - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
      // Whole steps, each of them.
      for (const s of steps) expect(Math.abs(s - Math.round(s))).toBeLessThan(1e-5);
    },
  );

  test("stay where they are while nothing is asked, however often chance rounds them", () => {
    const { steps } = moved({ bits: 15, rounding: "chance" }, "f32", 0);
    expect(steps.every((s) => s === 0)).toBe(true);
  });

  test("move by the six whole steps that an accumulator of 16 bits makes, which keeps what is left", () => {
    const { steps, registers } = moved({ bits: 6, accumulate: 16 });
    for (const r of registers) expect(r).toBeCloseTo(18, 9);
    // Twenty roundings to parts of a step of 2⁻¹⁵.
    for (const s of steps) expect(Math.abs(s - 6.2)).toBeLessThan(20 * 2 ** -16);
  });

  test("sum up what an accumulator of 3 bits can tell, a quarter of a step each time", () => {
    for (const s of moved({ bits: 6, accumulate: 3 }).steps) expect(s).toBeCloseTo(5, 9);
  });

  test("end at the largest number, and accumulators with them", () => {
    const { was, steps } = moved({ bits: 6, accumulate: 4 }, "f64", 2);
    expect(was[0]).toBeCloseTo(12, 9);
    for (const s of steps) expect(s).toBeCloseTo(19, 9);
  });
});

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((v) => (v - mean(values)) ** 2));

describe("twenty lessons that each ask for 0.31 of a pulse", () => {
  // Steps of 2e-4, ±30 % from device to device, each of which varies by 30 % again; 8000 devices
  // between their bounds.
  const step = 2e-4;
  const n = 8000;
  const { precision, graph } = { precision: "f64", graph: chain([80, 100]) } as const;
  const moved = (accumulate: boolean | number) => {
    const chip = fabricate(exactly(inDevices("ideal-10k", { accumulate })), graph, {
      batch: 1,
      precision,
    });
    const [high, low] = [chip.vector(), chip.vector()];
    const was = weights(chip);
    chip.inputs.showReals(new Array<number>(80).fill(1), 1);
    high.array.fill(0.31 * step);
    chip.present();
    for (let t = 0; t < 20; t++) {
      chip.contrast(high, low, [1]);
      chip.adjust(high, low, [1]);
    }
    const { tensors } = chip.held();
    const held = tensors.find((t) => t.name.endsWith(".held"))?.data ?? weights(chip);
    return {
      steps: Array.from(held, (w, i) => (w - was[i]) / step),
      owed: weights(chip).map((w, i) => (w - held[i]) / step),
    };
  };
  const once = 0.3 ** 2;
  const spread = (pulses: number) => pulses ** 2 * once + pulses * once;

  test("make six pulses of an accumulator on every device, and 0.2 are owed", () => {
    const { steps, owed } = moved(true);
    for (const part of owed) expect(part).toBeCloseTo(0.2, 9);
    // The mean of all steps is 1, and 6 of them have the spread of their gain and of six pulses.
    expect(Math.abs(mean(steps) - 6)).toBeLessThan(4 * Math.sqrt(spread(6) / n));
    expect(Math.abs(variance(steps) / spread(6) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  test("are five of an accumulator that counts in quarters, the last still owed to some", () => {
    // A pulse that rounding of reals leaves a hair short is given at the next lesson.
    const { steps, owed } = moved(3);
    for (const part of owed) expect(Math.abs(part - Math.round(part))).toBeLessThan(1e-9);
    const pulses = steps.map((s, i) => s + owed[i]);
    expect(Math.abs(mean(pulses) - 5)).toBeLessThan(4 * Math.sqrt(spread(5) / n));
  });

  test("make as many by chance, and √(20·0.31·0.69) more or fewer on each device", () => {
    const { steps, owed } = moved(false);
    const counts = 20 * 0.31 * 0.69;
    expect(owed.every((part) => part === 0)).toBe(true);
    const expected = spread(6.2) + counts * (1 + once);
    expect(Math.abs(mean(steps) - 6.2)).toBeLessThan(4 * Math.sqrt(expected / n));
    expect(Math.abs(variance(steps) / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  });

  test("are refused where a device has no pulses", () => {
    expect(() =>
      fabricate(withSynapse(inDevices("reram-cmo", { accumulate: true })), graph),
    ).toThrow(/synapse.accumulate sums up to whole pulses, and the device reram-cmo has none/);
  });
});

const filled = (chip: Chip, value: number): Tensor[] =>
  chip.parameters
    .tensors()
    .map((t) => (t.name.endsWith("weight") ? { ...t, data: t.data.map(() => value) } : t));
const weightsOf = (tensors: readonly Tensor[]) =>
  tensors.filter((t) => t.name.endsWith("weight")).flatMap((t) => Array.from(t.data));
const weights = (chip: Chip) => weightsOf(chip.parameters.tensors());
