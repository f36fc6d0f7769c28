import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nudgingOf, usualSchemes } from "../../../src/circuit/nudging.ts";
import type {
  Circuit,
  ResistorCircuit,
  TransconductorCircuit,
} from "../../../src/circuit/circuit.ts";
import { deviceNamed, ends } from "../../../src/circuit/devices/index.ts";
import type { WeightRegisters } from "../../../src/circuit/elements.ts";
import { circuitNames, circuitText } from "../../../src/circuit/library.ts";
import { parseCircuit } from "../../../src/circuit/read/parse.ts";
import {
  answerUnits,
  citeKey,
  physicalAnswers,
  valueText,
  type Answer,
  type Case,
  type Load,
} from "../../../src/circuit/physics/index.ts";

const circuit: TransconductorCircuit = {
  family: "transconductors",
  name: "by hand",
  description: "",
  cites: [],
  temperature: 300,
  rails: { low: 0, high: 1 },
  neuron: { capacitance: 1e-12, leak: 1e-6, clamp: "ideal" },
  synapse: { coding: "signed", memory: "exact" },
  mismatch: { capacitance: 0, leak: 0, offset: 0, synapse: 0, reciprocal: true, gain: 0, rail: 0 },
  noise: { thermal: 1, excess: 0.5 },
  converters: {
    input: { bits: 8, low: 0, high: 1 },
    guess: { bits: 8 },
    readout: { bits: 10, low: 0, high: 1, noise: 1e-4 },
  },
};

/** The same with resistors of up to 1 µS, the weight 1. */
const crossbar: ResistorCircuit = {
  ...circuit,
  family: "resistors",
  synapse: { memory: "exact", conductance: { low: 0, high: 1e-6 }, span: 1 },
  diodes: { hidden: "rails", output: "rails" },
  input: { gain: 1, complementary: false },
  amplifier: { gain: 1 },
};

const load = (from: number, to: number, across: number): Load => {
  const sums = (plain: number) => ({ plain, absolute: 0.4 * plain, signed: 0.1 * plain });
  return { from: sums(from), to: sums(to), across: sums(across) };
};

/** 2-3-1 with its copy: Σ|w| of 1.2 and 0.6, Σ|b| of 0.5, settled in 10 τ and 2 τ more. */
const small: Case = {
  circuit,
  given: { supply: 1.8, gmOverI: 10 },
  wiring: {
    sizes: [2, 3, 1],
    blocks: [
      { from: 0, to: 1, synapses: 6 },
      { from: 1, to: 2, synapses: 3 },
    ],
    copy: true,
  },
  weights: { source: "weights of a test", absolute: [1.2, 0.6], biases: 0.5 },
  operation: {
    images: 5,
    free: 10,
    nudged: 2,
    nudgedPhases: 1,
    nudgedReadings: 1,
    squares: 0.8,
    inputs: 0.7,
    blocks: [load(2.1, 1.2, 3), load(0.6, 0.9, 1)],
    clock: "euler",
  },
  contrast: {
    beta: 0.5,
    nudging: nudgingOf(usualSchemes["one-sided"]),
    batch: 4,
    blocks: [
      {
        from: 0,
        to: 1,
        synapses: 6,
        rate: 0.1,
        rms: 0.3,
        mean: 0.2,
        squares: 0.5,
        halving: 0.01,
        halvingAgain: 0.005,
        percentiles: Array.from({ length: 101 }, (_, p) => p / 100),
      },
      {
        from: 1,
        to: 2,
        synapses: 3,
        rate: 0.05,
        rms: 0.6,
        mean: 0.4,
        squares: 0.8,
        halving: 0.04,
        halvingAgain: 0.02,
        percentiles: [],
      },
    ],
  },
};

const all = (c: Case) => new Map(physicalAnswers(c).map((a) => [a.key, a]));
const values = (c: Case) => {
  const found = all(c);
  return (key: string) => found.get(key)!.value!;
};
const change = (neuron: Partial<Circuit["neuron"]>): Case => ({
  ...small,
  circuit: { ...circuit, neuron: { ...circuit.neuron, ...neuron } },
});

describe("a net small enough for paper", () => {
  const value = values(small);

  test("settles in multiples of C/G_L", () => {
    expect(value("time.tau")).toBeCloseTo(1e-6, 18);
    expect(value("time.free")).toBeCloseTo(10e-6, 17);
    expect(value("time.nudged")).toBeCloseTo(2e-6, 17);
    expect(value("time.sample")).toBeCloseTo(12e-6, 17);
  });

  test("biases its transconductors, those between neurons twice, and its neurons", () => {
    // (1.2 + 2·0.6)·1 µS / (10/V) · 1.8 V, and 0.5·1 µS·1 V·1.8 V.
    expect(value("power.synapses")).toBeCloseTo(0.432e-6, 15);
    expect(value("power.static")).toBeCloseTo(1.332e-6, 15);
    expect(value("power.leak")).toBeCloseTo(0.8e-6, 15);
  });

  test("pays for power, membranes and conversions", () => {
    // 10 fJ·2⁸ each of 2 inputs and 4 guesses; 10 fJ·2¹⁰ each of 1 output, or of 4 neurons in two
    // phases.
    expect(value("energy.static")).toBeCloseTo(13.32e-12, 20);
    expect(value("energy.membranes")).toBeCloseTo(0.8e-12, 20);
    expect(value("energy.conversions.inference")).toBeCloseTo(25.6e-12, 20);
    expect(value("energy.conversions.sample")).toBeCloseTo(97.28e-12, 20);
    expect(value("energy.inference")).toBeCloseTo(39.72e-12, 20);
    expect(value("energy.sample")).toBeCloseTo(15.984e-12 + 0.8e-12 + 97.28e-12, 20);
  });

  test("counts its parts", () => {
    const counts = Object.fromEntries(
      ["neurons", "weights", "elements", "capacitors", "dacs", "adcs"].map((k) => [
        k,
        value(`parts.${k}`),
      ]),
    );
    expect(counts).toEqual({
      neurons: 4,
      weights: 9,
      elements: 12,
      capacitors: 4,
      dacs: 6,
      adcs: 4,
    });
  });

  test("has the noise of kT/C, of its synapses and of its readout", () => {
    const node = (1.380649e-23 * 300) / 1e-12;
    const driven = node * (1 + (0.5 * 2.4) / 4);
    const reading = driven + 1e-8 + (1 / 1023) ** 2 / 12;
    expect(value("noise.node")).toBeCloseTo(Math.sqrt(node), 12);
    expect(value("noise.driven")).toBeCloseTo(Math.sqrt(driven), 12);
    expect(value("noise.reading")).toBeCloseTo(Math.sqrt(reading), 12);
    expect(value("noise.signal")).toBeCloseTo(10 * Math.log10(0.2 / reading), 9);
  });

  test("learns from a signal above its noise, best where bias and noise weigh alike", () => {
    const sigma = value("noise.reading");
    const mean = (a: number, b: number) => Math.sqrt((6 * a + 3 * b) / 9);
    const signal = mean(0.3 ** 2, 0.6 ** 2);
    const noise = (sigma / 0.5) * mean((2 * 0.5) / 4, (2 * 0.8) / 4);
    const c = mean(0.01 ** 2, 0.04 ** 2) / 0.25;
    expect(value("learning.signal")).toBeCloseTo(signal, 12);
    expect(value("learning.noise")).toBeCloseTo(noise, 12);
    expect(value("learning.snr")).toBeCloseTo(20 * Math.log10(signal / noise), 9);
    expect(value("learning.beta.least")).toBeCloseTo((0.5 * noise) / signal, 12);
    const best = value("learning.beta.optimum");
    const squared = (b: number) => (c * b) ** 2 + ((0.5 * noise) / b) ** 2;
    expect(squared(best)).toBeLessThan(Math.min(squared(0.99 * best), squared(1.01 * best)));
  });

  test("gives the best β as a range of one digit, and says where its ends disagree", () => {
    const best = (again: number) => {
      const blocks = small.contrast!.blocks.map((b) => ({ ...b, halvingAgain: again * b.halving }));
      return all({ ...small, contrast: { ...small.contrast!, blocks } }).get(
        "learning.beta.optimum",
      )!;
    };
    const smooth = best(1 / 2);
    expect(smooth.range![0]).toBeCloseTo(smooth.range![1], 12);
    expect(valueText(smooth)).toMatch(/^about \d*\.?0*[1-9]$/);
    expect(smooth.assumes.join()).toContain("smooth in β, as far as the two β tell");
    // A bias that stays what it is while β is halved has its double at the half: √2 in β.
    const [low, high] = best(1).range!;
    expect(high / low).toBeCloseTo(Math.SQRT2, 12);
    expect(best(1).value).toBeCloseTo(Math.sqrt(low * high), 12);
    const rails = best(8);
    expect(rails.range![1] / rails.range![0]).toBeCloseTo(4, 12);
    expect(valueText(rails)).toMatch(/^\S+ to \S+ \(two measurements, which disagree\)$/);
    expect(rails.assumes.join()).toContain("do not agree");
  });

  test("with both signs of β halves the noise, and its optimum balances β² against 1/β", () => {
    // Of second order, where halving β leaves a quarter.
    const blocks = small.contrast!.blocks.map((b) => ({ ...b, halvingAgain: b.halving / 4 }));
    const centred = {
      ...small,
      contrast: { ...small.contrast!, nudging: nudgingOf(usualSchemes.centred), blocks },
    };
    const both = values(centred);
    expect(both("learning.noise")).toBeCloseTo(value("learning.noise") / 2, 12);
    const c = Math.sqrt((6 * 0.01 ** 2 + 3 * 0.04 ** 2) / 9) / (0.75 * 0.25);
    const squared = (b: number) => (c * b * b) ** 2 + ((0.5 * both("learning.noise")) / b) ** 2;
    const best = both("learning.beta.optimum");
    expect(squared(best)).toBeLessThan(Math.min(squared(0.99 * best), squared(1.01 * best)));
  });

  test("compares the change of a weight with the code of its register and the pulse of its device", () => {
    const registers = values({
      ...small,
      circuit: {
        ...circuit,
        synapse: { coding: "signed", memory: "registers", bits: 6, span: 1 },
      },
    });
    // Codes 1/31 apart; |Δw| is uniform up to 0.1, so that the share below 1/62 is 10/62.
    expect(registers("learning.step")).toBeCloseTo(1 / 31, 12);
    expect(registers("learning.change.0-1")).toBeCloseTo(0.05, 12);
    expect(registers("learning.lost.0-1")).toBeCloseTo(10 / 62, 9);
    expect(registers("parts.registers")).toBe(54);
    const stored = (synapse: Omit<WeightRegisters, "memory" | "span">) =>
      values({
        ...small,
        circuit: {
          ...circuit,
          synapse: { coding: "signed", memory: "registers", span: 1, ...synapse },
        },
      });
    // The bits that exist: of 9 weights, with accumulators of 8 bits; the DAC has none.
    const both = stored({ bits: 6, accumulate: 8, dac: 4 });
    expect(both("parts.registers")).toBe(9 * 14);
    expect(both("learning.step")).toBeCloseTo(1 / 7, 12);
    expect(stored({ dac: 6 })("parts.registers")).toBeNull();
    expect(stored({ dac: 6 })("learning.step")).toBeCloseTo(1 / 31, 12);
    const ecram = deviceNamed("ecram");
    const { update } = ecram;
    if (update.law === "ideal") throw new Error("expected pulses");
    const inPlace = values({
      ...small,
      circuit: {
        ...circuit,
        synapse: {
          coding: "signed",
          memory: "devices",
          device: ecram,
          span: 0.5,
          accumulate: false,
        },
      },
    });
    expect(inPlace("learning.step")).toBeCloseTo(0.5 * update.step, 12);
    // A conductance and its reference, each with the one of x = 0, and w/span between them; inputs
    // drive forward only.
    const [least, most] = ecram.range;
    const [low, high] = ends(ecram);
    const slope = (most - least) / (high - low);
    const rest = least - slope * low;
    expect(inPlace("power.synapses")).toBeCloseTo(
      (2 * rest + (0.1 * slope) / 0.5) * (2.1 + 0.6 + 0.9),
      15,
    );
    expect(inPlace("parts.elements")).toBe(9);
    // Only the copy reads: 4 neurons, once.
    expect(inPlace("energy.conversions.sample")).toBeCloseTo((6 * 256 + 4 * 1024) * 10e-15, 20);
  });

  test("dissipates in resistors what their conductances see", () => {
    const bare = values({ ...small, circuit: crossbar });
    expect(bare("power.synapses")).toBeCloseTo(1e-6 * 0.4 * 4, 15);
    expect(bare("parts.elements")).toBe(9);
    const pcm = deviceNamed("pcm");
    const [low, high] = ends(pcm);
    const slope = (pcm.range[1] - pcm.range[0]) / (high - low) / 2;
    const pair = values({
      ...small,
      circuit: {
        ...circuit,
        synapse: { coding: "pair", memory: "registers", device: pcm, span: 2 },
      },
    });
    // Inputs drive forward only; x = 0 is the low end of a one-sided device.
    expect(pair("power.synapses")).toBeCloseTo(
      (2 * pcm.range[0] + 0.4 * slope) * (2.1 + 0.6 + 0.9),
      15,
    );
    expect(pair("power.static")).toBeCloseTo(pair("power.synapses") + 0.9e-6 + 0.8e-6, 15);
    expect(pair("parts.elements")).toBe(18);
    expect(pair("parts.gain")).toBeCloseTo(1e-6 / slope, 9);
  });
});

describe("scaling", () => {
  const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
  // Products and quotients of doubles: a few roundings of 2⁻⁵³ each.
  const close = (found: number, expected: number) => {
    expect(Math.abs(found / expected - 1)).toBeLessThan(1e-12);
  };
  const before = values(small);

  test("k times the capacitance takes k times the time and the energy, and 1/k of the noise power", () => {
    fc.assert(
      fc.property(factor, (k) => {
        const after = values(change({ capacitance: k * 1e-12 }));
        for (const key of [
          "time.tau",
          "time.free",
          "time.sample",
          "energy.static",
          "energy.membranes",
        ])
          close(after(key), k * before(key));
        for (const key of ["energy.conversions.inference", "power.static"])
          close(after(key), before(key));
        close(after("noise.node") ** 2, before("noise.node") ** 2 / k);
      }),
    );
  });

  test("k times the leak takes k times the power and 1/k of the time, hence the same energy", () => {
    fc.assert(
      fc.property(factor, (k) => {
        const after = values(change({ leak: k * 1e-6 }));
        close(after("time.sample"), before("time.sample") / k);
        close(after("power.static"), k * before("power.static"));
        for (const key of ["energy.static", "energy.inference", "energy.sample", "noise.node"])
          close(after(key), before(key));
      }),
    );
  });

  test(
    "k times the rails take k² times the energy where the supply follows, and V_s k is as far " +
      "above the noise",
    () => {
      fc.assert(
        fc.property(factor, (k) => {
          const rails = (high: number) =>
            values({ ...small, given: {}, circuit: { ...circuit, rails: { low: 0, high } } });
          // Class A: I_b = G_m V_s, so that the power is quadratic too.
          for (const key of ["power.static", "energy.static", "energy.membranes"])
            close(rails(k)(key), k * k * rails(1)(key));
          expect(rails(k)("noise.span") - rails(1)("noise.span")).toBeCloseTo(
            20 * Math.log10(k),
            9,
          );
        }),
      );
    },
  );

  test("the best β grows as (σ²/B)^¼, of the centred contrast as (σ²/B)^⅙", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.boolean(), (batch, centred) => {
        const best = (b: number) =>
          values({
            ...small,
            contrast: {
              ...small.contrast!,
              nudging: nudgingOf(usualSchemes[centred ? "centred" : "one-sided"]),
              batch: b,
            },
          })("learning.beta.optimum");
        close(best(batch), best(1) * batch ** (centred ? -1 / 6 : -1 / 4));
      }),
    );
  });

  test("area is capacitance over density", () => {
    fc.assert(
      fc.property(factor, (k) => {
        close(
          values({ ...small, given: { capacitanceDensity: k * 2e-3, synapseArea: 1e-12 } })(
            "area.total",
          ),
          4e-12 / (k * 2e-3) + 12e-12,
        );
      }),
    );
  });
});

describe("what is not known", () => {
  test("is said to be unknown, with the reason, and left out of sums with a note", () => {
    const found = all({ ...small, circuit: { ...circuit, converters: undefined } });
    expect(found.get("energy.conversions.inference")).toMatchObject({
      value: null,
      unknown: expect.stringContaining("converters.input.bits"),
    });
    expect(found.get("energy.inference")!.value).toBeCloseTo(14.12e-12, 20);
    expect(found.get("energy.inference")!.assumes.join()).toContain(
      "the energy leaves out conversions",
    );
    expect(found.get("area.total")).toMatchObject({
      value: null,
      unknown: "no capacitance per area is given",
    });
    expect(
      all({ ...small, given: {} })
        .get("power.synapses")!
        .assumes.join(),
    ).toContain("no supply is given");
  });

  test("without a measurement are times and energies", () => {
    const found = all({ ...small, operation: undefined, contrast: undefined });
    for (const key of ["time.free", "energy.inference", "learning.signal", "learning.beta.optimum"])
      expect(found.get(key)).toMatchObject({
        value: null,
        unknown: expect.stringContaining("not measured"),
      });
    expect(found.get("power.static")!.value).toBeCloseTo(1.332e-6, 15);
  });

  test("is a number that is none, as of a run that diverged", () => {
    const found = all({ ...small, operation: { ...small.operation!, squares: NaN } });
    expect(found.get("energy.membranes")).toMatchObject({
      value: null,
      unknown: expect.stringContaining("not finite"),
    });
  });

  test("is a time constant without a leak", () => {
    expect(all(change({ leak: 0 })).get("time.tau")).toMatchObject({
      value: null,
      unknown: expect.stringContaining("without a leak"),
    });
  });
});

describe("every schematic of the package", () => {
  const complete = (a: Answer) => {
    if (a.value === null) expect(a.unknown, a.key).toBeTruthy();
    else expect(Number.isFinite(a.value), a.key).toBe(true);
    expect(answerUnits).toContain(a.unit);
    expect(a.formula, a.key).not.toBe("");
    expect(valueText(a), a.key).not.toMatch(/NaN|Infinity|undefined/);
    for (const cite of a.cites) expect(citeKey(cite), a.key).toMatch(/^[a-z]+\d{4}[a-z]*$/);
    expect(a.topic === "parts" || a.cites.length > 0 || a.key === "learning.step", a.key).toBe(
      true,
    );
  };

  test.each(circuitNames())(
    "%s gives finite answers with unit, formula and source",
    async (name) => {
      const parsed = await parseCircuit(circuitText(name), name);
      const given = {
        supply: 1.2,
        capacitanceDensity: 2e-3,
        synapseArea: 25e-12,
        synapseCapacitance: 1e-15,
      };
      for (const c of [
        { ...small, circuit: parsed, given },
        { ...small, circuit: parsed, given: {}, operation: undefined, contrast: undefined },
      ]) {
        const answers = physicalAnswers(c);
        answers.forEach(complete);
        expect(new Set(answers.map((a) => a.key)).size).toBe(answers.length);
      }
      const value = values({ ...small, circuit: parsed, given });
      for (const key of [
        "time.free",
        "energy.inference",
        "energy.sample",
        "area.total",
        "noise.node",
        "learning.snr",
      ])
        expect(Number.isFinite(value(key)), key).toBe(true);
    },
  );
});

describe("values in words", () => {
  test.each([
    [9.999e-7, "s", "1 µs"],
    [1.234e-9, "J", "1.23 nJ"],
    [1.67, "W", "1.67 W"],
    [3e-19, "J", "0.3 aJ"],
    [0, "V", "0 V"],
    [2.55e-7, "m²", "0.255 mm²"],
    [5e-10, "m²", "500 µm²"],
    [66.04, "dB", "66.0 dB"],
    [397_000, "", "397\u202f000"],
    [0.00123456, "", "0.00123"],
    [1.0649e-6, "", "1.06 × 10⁻⁶"],
    [null, "J", "unknown"],
  ] as const)("%s %s is %s", (value, unit, text) => {
    expect(valueText({ value, unit, key: "any" })).toBe(text);
  });
});
