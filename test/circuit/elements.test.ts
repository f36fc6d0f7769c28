import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  circuitText,
  parseCircuit,
  refuseUnsupported,
  unsupported,
  type Circuit,
  type DeviceModel,
} from "../../src/circuit/index.ts";
import { timeConstant, unitConductance } from "../../src/circuit/families/families.ts";
import { deviceNamed, devices as presets } from "../../src/circuit/devices/registry.ts";
import { deviceData } from "../../src/circuit/devices/yaml.ts";
import { withDevice } from "../../src/circuit/read/parse.ts";
import { compileLaw } from "../../src/circuit/law.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { InputError } from "../../src/numerics/errors.ts";

const least = "name: a\nrails: {low: 0 V, high: 1 V}\nneuron: {capacitance: 1 pF, leak: 100 uS}\n";
const withNeuron = (more: string) => least.replace("100 uS}", `100 uS, ${more}}`);
const crossbar = "synapse: {kind: crossbar, conductance: {low: 1 nS, high: 100 uS}}\n";
const read = (text: string) => parseCircuit(text, "a.yaml");

async function complaint(text: string): Promise<InputError> {
  try {
    await read(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error;
  }
  throw new Error("the schematic was accepted");
}

describe("the elements of a schematic are read in SI units", () => {
  test("a linear and a diode clamp", async () => {
    expect(
      (await read(withNeuron("clamp: {law: linear, conductance: 10 Ohm}"))).neuron.clamp,
    ).toEqual({ law: "linear", conductance: 0.1 });
    expect(
      (await read(withNeuron("clamp: {law: diode, saturation: 4.352 nA, ideality: 1.906}"))).neuron
        .clamp,
    ).toEqual({ law: "diode", saturation: 4.352e-9, ideality: 1.906 });
    expect((await read(withNeuron("clamp: {law: diode, saturation: 1f}"))).neuron.clamp).toEqual({
      law: "diode",
      saturation: 1e-15,
      ideality: 1,
    });
  });

  test("a clamp by a law of the user's, which is plain data until it is compiled", async () => {
    const {
      neuron: { clamp },
    } = await read(
      withNeuron(
        `clamp: {law: custom, current: "b*max(0, V - Vth)^2", parameters: {b: 50 uA/V^2, Vth: ` +
          "0.5 V}}",
      ),
    );
    if (clamp === "ideal" || clamp.law !== "custom") throw new Error("expected a custom clamp");
    const { value, slope, text } = compileLaw(structuredClone(clamp).current);
    expect([text, value(0.2, NaN), value(1.5, NaN), slope(1.5, NaN)]).toEqual([
      "b*max(0, V - Vth)^2",
      0,
      5e-5,
      1e-4,
    ]);
  });

  test("saturation, synapses, ties, converters, hold and noise", async () => {
    const circuit = await read(`${withNeuron("saturation: 60 mV")}
synapse:
  {kind: differential, device: ecram, span: 1.5,
   bits: 12, rounding: chance, accumulate: 6, dac: 8}
nudge: {spread: 10 %}
link: {offset: 2 mV}
converters:
  input: {bits: 8}
  guess: {bits: 10}
  readout: {bits: 9, low: -100 mV, high: 1.1 V, noise: 0.4 mV}
hold: {capacitance: 1 pF, leakage: 1f, time: 10 us}
readout: {average: 8 tau, leak: 5 %, droop: 1 mV}
noise:
  {thermal: 1, excess: 2, shot: 1, read: 1 %,
   flicker: {corner: 10 kHz}, telegraph: {depth: 1 %, rate: 100 Hz}}
`);
    expect(circuit).toMatchObject({
      neuron: { saturation: 0.06, clamp: "ideal" },
      synapse: {
        coding: "pair",
        device: deviceNamed("ecram"),
        span: 1.5,
        memory: "registers",
        bits: 12,
        rounding: "chance",
        accumulate: 6,
        dac: 8,
      },
      nudge: { spread: 0.1, offset: 0 },
      link: { spread: 0, offset: 0.002 },
      converters: {
        input: { bits: 8, low: 0, high: 1 },
        guess: { bits: 10 },
        readout: { bits: 9, low: -0.1, high: 1.1, noise: 4e-4 },
      },
      hold: { capacitance: 1e-12, leakage: 1e-15, time: 1e-5 },
      readout: { average: 8 * timeConstant(circuit), leak: 0.05, droop: 1e-3 },
      noise: {
        thermal: 1,
        excess: 2,
        shot: 1,
        flicker: { corner: 1e4 },
        telegraph: { depth: 0.01, rate: 100 },
        read: 0.01,
      },
    });
    expect(circuit.warnings).toBeUndefined();
  });

  test("a crossbar's resistors lead the charge away, so that its nodes need no leak", async () => {
    expect((await read(least.replace("100 uS", "0 S") + crossbar)).neuron.leak).toBe(0);
  });

  test("a crossbar's weights are conductances over the high end of its range over its span", async () => {
    const circuit = await read(
      `${least.replace("100 uS", "0 S")}synapse: {kind: crossbar, conductance: {low: 1 uS, ` +
        "high: 50 uS}, span: 2}\ndiodes: {hidden: rectifying, output: none}\ninput: {gain: 480, " +
        "complementary: true}\namplifier: {gain: 4}\n",
    );
    expect(circuit.family).toBe("resistors");
    expect(circuit.synapse).toEqual({
      memory: "exact",
      conductance: { low: 1e-6, high: 5e-5 },
      span: 2,
    });
    expect(circuit).toMatchObject({
      diodes: { hidden: "rectifying", output: "none" },
      input: { gain: 480, complementary: true },
      amplifier: { gain: 4 },
    });
    expect(unitConductance(circuit)).toBeCloseTo(25e-6, 15);
    expect(timeConstant(circuit)).toBeCloseTo(1e-12 / 25e-6, 20);
  });

  test("a device is one of the package, one of whoever reads, or written out", async () => {
    const pcm = deviceNamed("pcm");
    const mine = { ...pcm, name: "mine" };
    const synapse = async (device: string, options = {}) =>
      (await parseCircuit(`${least}synapse: {device: ${device}, span: 1}\n`, "a.yaml", options))
        .synapse;
    const holds = (device: DeviceModel) => ({
      coding: "signed",
      memory: "registers",
      device,
      span: 1,
    });
    expect(await synapse("pcm")).toEqual(holds(pcm));
    expect(await synapse("mine", { device: () => mine })).toEqual(holds(mine));
    expect(await synapse(JSON.stringify(deviceData(mine)))).toEqual(holds(mine));
  });

  test.each(Object.values(presets))(
    "a schematic with $name written out is the same circuit, to the last digit",
    async (device) => {
      const text = circuitText("ecram").replace("device: ecram", "device: mine");
      const named = await parseCircuit(text, "a.yaml", { device: () => device });
      expect(named.synapse).toMatchObject({ device });
      expect(await parseCircuit(await withDevice(text, device), "b.yaml")).toEqual(named);
    },
  );
});

describe("a wrong element is refused where it is wrong", () => {
  const clamp = (text: string) => withNeuron(`clamp: {${text}}`);
  const custom = (current: string, parameters = "") =>
    clamp(
      "law: custom, current: " +
        `"${current}"${parameters === "" ? "" : `, parameters: {${parameters}}`}`,
    );
  const cases: readonly (readonly [string, string])[] = [
    [
      clamp("law: diodes"),
      'neuron.clamp.law: found the text "diodes", expected one of linear, diode, custom; did ' +
        'you mean "diode"?',
    ],
    [clamp("conductance: 1 S"), "neuron.clamp.law: missing; expected one of linear, diode, custom"],
    [clamp("law: linear"), "neuron.clamp.conductance: missing"],
    [
      clamp("law: linear, conductanse: 1 S, conductance: 1 S"),
      'unknown key "conductanse" in neuron.clamp; did you mean "conductance"?',
    ],
    [
      clamp("law: linear, conductance: -1 S"),
      "neuron.clamp.conductance: found -1 S, expected more than zero",
    ],
    [
      clamp("law: linear, conductance: 1 pF"),
      'neuron.clamp.conductance: "1 pF" is a capacitance, expected a conductance',
    ],
    [
      clamp("law: diode, saturation: 1 V"),
      'neuron.clamp.saturation: "1 V" is a voltage, expected a current',
    ],
    [
      clamp("law: diode, saturation: 1 nA, ideality: 0"),
      "neuron.clamp.ideality: found 0, expected more than zero",
    ],
    [
      custom("sin(V)"),
      'neuron.clamp.current: character 1: "sin" is not a function that a law may call; did ' +
        'you mean "sinh"?',
    ],
    [custom("Is*exp(V)", "Is: 1 nA"), "neuron.clamp.current: exp(V): exp of a voltage"],
    [
      custom("V*R", "R: 1 kOhm"),
      "neuron.clamp.current: the law gives a quantity in V^2/A, expected a current",
    ],
    [custom("V/R", "R: 1 kOhn"), 'neuron.clamp.parameters.R: "1 kOhn": "kOhn" is not a known unit'],
    [
      custom("V/R", "R: 0 Ohm"),
      "neuron.clamp.current: the current is -Infinity at V = -1 V, where the node is between " +
        "the rails",
    ],
    [
      custom("sqrt(V/R*1*Is)", "R: 1 Ohm, Is: 1 A"),
      "neuron.clamp.current: the current is NaN at V = -1 V",
    ],
    [
      custom(`${"(".repeat(1e4)}V${")".repeat(1e4)}`),
      "neuron.clamp.current: character 101: parentheses more than 100 levels deep",
    ],
    [withNeuron("saturation: 0 V"), "neuron.saturation: found 0 V, expected more than zero"],
    [withNeuron("saturation: never"), 'neuron.saturation: "never" is not a number with a unit'],
    [
      least.replace("100 uS", "0 S"),
      "neuron.leak: found 0 S, expected more than zero: the node floats",
    ],
    [
      least.replace("100 uS", "-10 kOhm"),
      "neuron.leak: found -10 kOhm, expected more than zero: a negative conductance",
    ],
    [least.replace("1 pF", "-1 pF"), "neuron.capacitance: found -1 pF, expected more than zero"],
    [least.replace("100 uS", "-1 uS") + "synapse: {kind: crossbar}\n", "neuron.leak: found -1 uS"],
    [
      `${least}synapse: {device: ecarm, span: 1}\n`,
      'synapse.device: there is no device "ecarm"; did you mean "ecram"? known devices: ' +
        "ideal, ",
    ],
    [`${least}synapse: {device: ecram}\n`, "synapse.device: a device needs a span"],
    [
      `${least}synapse: {device: ecram, span: -1}\n`,
      "synapse.span: found -1, expected more than zero",
    ],
    [
      `${least}synapse: {memory: devices}\n`,
      "synapse.memory: found devices, but no device is named",
    ],
    [`${least}synapse: {bits: 8}\n`, "synapse.bits: bits need a span"],
    [`${least}synapse: {bits: 8.5, span: 1}\n`, "synapse.bits: found 8.5, expected a whole number"],
    [
      `${least}synapse: {device: pcm, span: 1, memory: devices, bits: 8}\n`,
      "synapse.bits: bits belong to registers",
    ],
    [
      `${least}synapse: {device: pcm, span: 1, accumulate: true}\n`,
      "synapse.accumulate: an accumulator gives whole pulses to devices or whole steps to ",
    ],
    [
      `${least}synapse: {bits: 6, span: 1, accumulate: true}\n`,
      "synapse.accumulate: found true; an accumulator beside a register has bits",
    ],
    [`${least}synapse: {bits: 6, span: 1, accumulate: 1}\n`, "synapse.accumulate: "],
    [`${least}synapse: {dac: 6}\n`, "synapse.dac: a DAC needs a span"],
    [
      `${least}synapse: {device: ecram, span: 1, memory: devices, dac: 6}\n`,
      "synapse.dac: a DAC stands between a register and its synapse",
    ],
    [
      `${least}synapse: {dac: 6, span: 1, rounding: chance}\n`,
      "synapse.rounding: nothing is rounded that it could be of",
    ],
    [
      `${least}synapse: {device: ecram, span: 1, memory: devices, rounding: chance}\n`,
      "synapse.rounding: nothing is rounded that it could be of",
    ],
    [
      `${least}synapse: {kind: crosbar}\n`,
      'synapse.kind: found the text "crosbar", expected one of transconductor, crossbar, ' +
        'differential; did you mean "crossbar"?',
    ],
    [
      `${least}${crossbar}mismatch: {reciprocal: false}\n`,
      "mismatch.reciprocal: found false, but a crossbar's resistors",
    ],
    [
      `${least}${crossbar}mismatch: {gain: 5 %}\n`,
      "mismatch.gain: found 5 %, but nodes of a crossbar have no output",
    ],
    [`${least}${crossbar}noise: {excess: 0.7}\n`, "noise.excess: it belongs to transconductors"],
    [
      `${withNeuron("saturation: 60 mV")}${crossbar}`,
      "neuron.saturation: it belongs to transconductors",
    ],
    [
      `${least}synapse: {kind: crossbar}\n`,
      "synapse.kind: a crossbar needs the range of its resistors",
    ],
    [
      `${least}synapse: {kind: crossbar, conductance: {low: 2 uS, high: 1 uS}}\n`,
      "synapse.conductance.high: found 1 uS, expected more than the low end (2 uS)",
    ],
    [
      `${least}synapse: {kind: crossbar, conductance: {low: -1 S, high: 1 uS}}\n`,
      "synapse.conductance.low: found -1 S, expected zero or more",
    ],
    [
      `${least}synapse: {kind: crossbar, conductance: {high: 1 pF}}\n`,
      'synapse.conductance.high: "1 pF" is a capacitance, expected a conductance',
    ],
    [
      `${least}synapse: {device: {name: a, range: [1 nS, 1 uS], update: {law: idael}}, span: 1}\n`,
      'update.law: found the text "idael", expected one of ideal, constant, linear, ' +
        'soft-bounds, exponential; did you mean "ideal"?',
    ],
    [
      `${least}synapse: {device: {name: a, range: [1 uS, 1 nS], update: {law: ideal}}, span: 1}\n`,
      "range: found 1 uS and 1 nS, expected the lower conductance first",
    ],
    [
      `${least}synapse: {device: [ecram], span: 1}\n`,
      "synapse.device: found a list of 1, expected text or a mapping",
    ],
    [
      `${least}synapse: {conductance: {high: 1 uS}}\n`,
      "synapse.conductance: it belongs to a crossbar, and synapse.kind is transconductor",
    ],
    [
      `${least}amplifier: {gain: 4}\n`,
      "amplifier: it belongs to a crossbar, and synapse.kind is transconductor",
    ],
    [`${least}diodes: {hidden: none}\n`, "diodes: it belongs to a crossbar"],
    [
      `${least}${crossbar}amplifier: {gain: 0}\n`,
      "amplifier.gain: found 0, expected more than zero",
    ],
    [`${least}${crossbar}input: {gain: -1}\n`, "input.gain: found -1, expected more than zero"],
    [
      `${least}${crossbar}diodes: {hidden: rectifing}\n`,
      'diodes.hidden: found the text "rectifing", expected one of rails, rectifying, none',
    ],
    [
      `${least}${crossbar}diodes: {hidden: none}\nconverters: {guess: {bits: 6}}\n`,
      "converters.guess.bits: the DAC of the guess reaches from rail to rail",
    ],
    [
      `${least}nudge: {kind: curent}\n`,
      'nudge.kind: found the text "curent", expected one of conductance, current; did you ' +
        'mean "current"?',
    ],
    [`${least}link: {kind: current}\n`, 'unknown key "kind" in link'],
    [
      `${least}outputs: differential\n`,
      "outputs: found differential, and nudge.kind is conductance",
    ],
    [
      `${least}outputs: differential\nnudge: {kind: conductance}\n`,
      "write nudge: { kind: current }",
    ],
    [`${least}nudge: {spread: -1 %}\n`, "nudge.spread: found -1 %, expected zero or more"],
    [`${least}link: {offset: 1 %}\n`, 'link.offset: "1 %": a percentage, expected a voltage'],
    [
      `${least}converters: {input: {low: 1 V, high: 0 V}}\n`,
      "converters.input.high: the range is from 1 V to 0 V",
    ],
    [
      `${least}converters: {readout: {low: 2 V}}\n`,
      "converters.readout.low: the range is from 2 V to 1 V",
    ],
    [`${least}converters: {readout: {noise: -1 mV}}\n`, "converters.readout.noise: found -1 mV"],
    [
      `${least}converters: {reedout: {}}\n`,
      'unknown key "reedout" in converters; did you mean "readout"?',
    ],
    [`${least}readout: {average: 1 V}\n`, 'readout.average: "1 V" is a voltage, expected a time'],
    [`${least}readout: {average: -1 tau}\n`, "readout.average: found -1, expected zero or more"],
    [`${least}readout: {average: 1 us, leak: 100 %}\n`, "readout.leak: found 100 %, expected less"],
    [`${least}hold: {capacitance: -1 pF}\n`, "hold.capacitance: found -1 pF"],
    [
      `${least}hold: {capacitance: 1 pF, leakage: 1 S}\n`,
      'hold.leakage: "1 S" is a conductance, expected a current',
    ],
    [
      `${least}noise: {telegraph: {depth: 120 %, rate: 1 Hz}}\n`,
      "noise.telegraph.depth: found 120 %, expected at most 100 %",
    ],
    [
      `${least}noise: {flicker: {corner: 1 ms}}\n`,
      'noise.flicker.corner: "1 ms" is a time, expected a frequency',
    ],
    [`${least}noise: {exces: 1}\n`, 'unknown key "exces" in noise; did you mean "excess"?'],
  ];
  test.each(cases.map(([text, message]) => [message.slice(0, 90), text, message] as const))(
    "%s",
    async (_, text, message) => {
      const error = await complaint(text);
      expect(error.message).toContain(message);
      expect(error.message).toMatch(/^a\.yaml:\d+:\d+: /);
    },
  );

  test("at the line and column of its value", async () => {
    const text = `${least}converters:\n  readout:\n    noise:  1 A\n`;
    const lines = text.split("\n").length;
    expect((await complaint(text)).place).toEqual({ file: "a.yaml", line: lines - 1, column: 13 });
  });

  test("anything in the place of a clamp, a synapse or a converter gives a circuit or an InputError", async () => {
    const key = fc.constantFrom("synapse", "nudge", "link", "converters", "hold", "noise");
    await fc.assert(
      fc.asyncProperty(key, fc.oneof(fc.json(), fc.string()), async (k, value) => {
        for (const text of [`${least}${k}: ${value}\n`, withNeuron(`clamp: ${value}`)])
          try {
            await read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
      }),
      { numRuns: 150 },
    );
  });
});

describe("what is legal but probably not meant is said", () => {
  test.each<[string, RegExp]>([
    [
      `${least}converters: {readout: {low: 0.2 V, high: 0.8 V}}\n`,
      /^converters\.readout: its range from 200 mV to 800 mV leaves out part of what lies between the rails, 0 V to 1 V, and clips it$/,
    ],
    [
      `${least}hold: {capacitance: 1 pF, leakage: 1 pA, time: 1 s}\n`,
      /^hold: it droops by 1 V until it is read, more than half of the distance of the rails$/,
    ],
    [
      `${least}hold: {capacitance: 1 pF, leakage: 1 pA, time: 10 ms}\nconverters: {readout: ` +
        "{bits: 8}}\n",
      /^hold: it droops by 10 mV .* half of the readout's step of 3\.922 mV$/,
    ],
    [`${least}temperature: 0 K\nnoise: {thermal: 1}\n`, /^temperature: at 0 K/],
    [
      `${least}noise: {flicker: {corner: 1 kHz}}\n`,
      /^noise\.flicker: it is as strong as the white noise at its corner, and there is none/,
    ],
    [`${least}noise: {read: 1 %}\n`, /^noise\.read: without synapse\.device/],
    [
      withNeuron('clamp: {law: custom, current: "-V/R", parameters: {R: 1 kOhm}}'),
      /^neuron\.clamp\.current: its slope is negative at V = -1 V/,
    ],
  ])("%s", async (text, message) => {
    const { warnings } = await read(text);
    expect(warnings).toHaveLength(1);
    expect(warnings?.[0]).toMatch(message);
  });

  test("that diodes have a law where there are none", async () => {
    const diodes = `${withNeuron("clamp: {law: diode, saturation: 1 nA}")}${crossbar}diodes: `;
    expect((await read(`${diodes}{hidden: none, output: none}\n`)).warnings).toEqual([
      "neuron.clamp: it is the law of diodes, and diodes says that there are none",
    ]);
    expect((await read(`${diodes}{hidden: rectifying, output: none}\n`)).warnings).toBeUndefined();
  });

  test("and nothing is said of a droop below half a step", async () => {
    expect(
      (
        await read(
          `${least}hold: {capacitance: 1 pF, leakage: 1 pA, time: 1 ms}\nconverters: ` +
            "{readout: {bits: 8}}\n",
        )
      ).warnings,
    ).toBeUndefined();
  });
});

describe("a chip is never quietly more ideal than its schematic", () => {
  const telegraph = "telegraph: {depth: 1 %, rate: 1 Hz}";
  test.each<[string, string]>([
    [`${least}synapse: {kind: differential}\n`, "synapse.kind (differential)"],
    [
      `${withNeuron("saturation: 60 mV")}noise: {${telegraph}}\n`,
      "noise.telegraph where neuron.saturation is",
    ],
  ])("case %#", async (text, key) => {
    const circuit: Circuit = await read(text);
    expect(unsupported(circuit)).toEqual([key]);
    expect(() => {
      refuseUnsupported(circuit);
    }).toThrow(`circuit a: not simulated yet: ${key}; remove it from the schematic`);
    expect(() => fabricate(circuit, chain([2, 2]))).toThrow(InputError);
  });

  test("a written zero is as good as nothing written", async () => {
    expect(unsupported(await read(least))).toEqual([]);
    expect(
      unsupported(
        await read(
          `${least}synapse: {}\nnudge: {}\nlink: {spread: 0 %}\nconverters: {input: {}, ` +
            "guess: {}, readout: {low: -1 V, high: 2 V}}\nnoise: {excess: 0, shot: 0, flicker: " +
            "{corner: 0 Hz}, telegraph: {depth: 0 %, rate: 1 Hz}, read: 0 %}\n",
        ),
      ),
    ).toEqual([]);
  });
});

describe("the read noise of a device", () => {
  const schematic = (device: string, noise = "") =>
    parseCircuit(
      "name: read\nrails: { low: 0 V, high: 1 V }\n" +
        "neuron: { capacitance: 1 pF, leak: 100 uS }\n" +
        `synapse: { device: ${device}, span: 1 }\n${noise}`,
      "read.yaml",
    );

  test("reaches the chip of a schematic that names the device and no other noise of reading", async () => {
    const { noise } = await schematic("reram-array-om");
    expect(noise.read).toBe(presets["reram-array-om"].readNoise);
    expect(noise.read).toBe(0.01);
  });

  test("is what the schematic says where it says something, also exactly none", async () => {
    expect((await schematic("reram-array-om", "noise: { read: 3 % }")).noise.read).toBe(0.03);
    expect((await schematic("reram-array-om", "noise: { read: 0 }")).noise.read).toBe(0);
  });

  test("is none of a device that has none", async () => {
    expect((await schematic("ecram")).noise.read).toBeUndefined();
  });
});
