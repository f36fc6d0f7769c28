import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  circuitNames,
  circuitText,
  parseCircuit,
  timeConstant,
} from "../../../src/circuit/index.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { oconnor2019 } from "../../../src/output/cite.ts";

const ideal = circuitText("ideal");

/** The ideal schematic with one line replaced. */
function edited(line: string, by: string): string {
  const start = ideal.indexOf(`\n${line}`) + 1;
  if (start === 0) throw new Error(`no line starts with ${JSON.stringify(line)}`);
  const end = ideal.indexOf("\n", start);
  return ideal.slice(0, start) + by + ideal.slice(end);
}

const lineOf = (text: string, line: string) =>
  text.split("\n").findIndex((l) => l.startsWith(line)) + 1;

async function complaint(text: string): Promise<InputError> {
  try {
    await parseCircuit(text, "a.yaml");
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error;
  }
  throw new Error("the schematic was accepted");
}

describe("the ideal circuit", () => {
  test("is a 1 pF, 100 uS neuron between 0 V and 1 V, with exactly no mismatch", async () => {
    expect(await parseCircuit(ideal, "ideal.yaml")).toMatchObject({
      name: "ideal",
      temperature: 300,
      rails: { low: 0, high: 1 },
      neuron: { capacitance: 1e-12, leak: 1e-4, clamp: "ideal" },
      synapse: { coding: "signed", memory: "exact" },
      mismatch: {
        capacitance: 0,
        leak: 0,
        offset: 0,
        synapse: 0,
        reciprocal: true,
        gain: 0,
        rail: 0,
      },
    });
  });

  test("settles with a time constant of 10 ns", async () => {
    // Two correctly rounded operands and one division: at most 3 half-ulps from 1e-8.
    expect(
      Math.abs(timeConstant(await parseCircuit(ideal, "ideal.yaml")) / 1e-8 - 1),
    ).toBeLessThanOrEqual(1.5 * Number.EPSILON);
  });

  test("cites the paper in the words of the reports, which list it once", async () => {
    expect((await parseCircuit(ideal, "ideal.yaml")).cites).toEqual([oconnor2019]);
  });
});

describe("a schematic reads its units", () => {
  test("a leak written as the resistance is its reciprocal", async () => {
    const circuit = await parseCircuit(edited("  leak: 100", "  leak: 10 kOhm"), "a.yaml");
    expect(circuit.neuron.leak).toBe(1 / 1e4);
  });

  test("temperature, mismatch, clamp and noise have defaults: 300 K, none, ideal, none", async () => {
    const circuit = await parseCircuit(
      "name: short\nrails: {low: 0.2 V, high: 700 mV}\nneuron: {capacitance: 5f, leak: 1 uS}\n",
      "a.yaml",
    );
    expect(circuit).toEqual({
      family: "transconductors",
      name: "short",
      description: "",
      cites: [],
      temperature: 300,
      rails: { low: 0.2, high: 0.7 },
      neuron: { capacitance: 5e-15, leak: 1e-6, clamp: "ideal" },
      synapse: { coding: "signed", memory: "exact" },
      mismatch: {
        capacitance: 0,
        leak: 0,
        offset: 0,
        synapse: 0,
        reciprocal: true,
        gain: 0,
        rail: 0,
      },
      noise: { thermal: 0 },
    });
  });

  test("degrees Celsius are absolute temperatures", async () => {
    expect(
      (await parseCircuit(edited("temperature:", "temperature: 27 degC"), "a.yaml")).temperature,
    ).toBe(300.15);
  });
});

describe("a wrong schematic is refused where it is wrong", () => {
  test.each<[string, string, string]>([
    [
      "  leak: 100",
      "  leak: 10 pF",
      `neuron.leak: "10 pF" is a capacitance, expected a conductance such as 100 uS`,
    ],
    ["  leak: 100", "  leak: -10 kOhm", "neuron.leak: found -10 kOhm, expected more than zero"],
    ["  leak: 100", "  leak: 0 S", "neuron.leak: found 0 S, expected more than zero"],
    ["  leak: 100", "  leak: 100 uX", `neuron.leak: "100 uX": "uX" is not a known unit`],
    ["  leak: 100", "  leak: true", "neuron.leak"],
    ["  capacitance: 1", "  capacitance: .inf", "neuron.capacitance"],
    [
      "  capacitance: 1",
      "  capacitance: 1e999 pF",
      'neuron.capacitance: "1e999 pF" is not a finite number',
    ],
    [
      "  capacitance: 0",
      "  capacitance: -5 %",
      "mismatch.capacitance: found -5 %, expected zero or more",
    ],
    ["  offset:", "  offset: 5 %", 'mismatch.offset: "5 %": a percentage, expected a voltage'],
    ["  synapse:", "  synapse: -1 %", "mismatch.synapse: found -1 %, expected zero or more"],
    ["  reciprocal:", "  reciprocal: perhaps", "mismatch.reciprocal"],
    ["  gain:", "  gain: 3 mV", 'mismatch.gain: "3 mV" is a voltage, expected'],
    ["  rail:", "  rail: 5 %", 'mismatch.rail: "5 %": a percentage, expected a voltage'],
    ["  high:", "  high: -1 V", "rails.high: found -1 V, expected more than the low rail (0 V)"],
    ["  high:", "  high: 0 V", "rails.high: found 0 V, expected more than the low rail (0 V)"],
    [
      "temperature:",
      "temperature: -274 degC",
      "temperature: found -274 degC, expected zero or more",
    ],
    [
      "  clamp:",
      "  clamp: diode",
      'neuron.clamp: found the text "diode", expected ideal or a mapping',
    ],
    ["  clamp:", "  clmap: ideal", 'unknown key "clmap" in neuron; did you mean "clamp"?'],
    ["name:", "name: ''", "name"],
  ])("%j → %j", async (line, by, message) => {
    const text = edited(line, by);
    const error = await complaint(text);
    expect(error.message).toContain(message);
    expect(error.place).toMatchObject({ file: "a.yaml", line: lineOf(text, by) });
    expect(error.message).toMatch(/^a\.yaml:\d+:\d+: /);
  });

  test("a quantity is blamed at its value, not at its key", async () => {
    const text = edited("  leak: 100", "  leak:   10 pF");
    expect((await complaint(text)).place).toEqual({
      file: "a.yaml",
      line: lineOf(text, "  leak:   10"),
      column: 11,
    });
  });

  test("a missing part is named", async () => {
    expect((await complaint("name: x\nrails: {low: 0, high: 1}\n")).message).toContain(
      "neuron: missing",
    );
  });

  test("one value replaced by anything gives a circuit or an InputError", async () => {
    const lines = [
      "temperature:",
      "  low:",
      "  high:",
      "  capacitance: 1",
      "  leak: 100",
      "  clamp:",
      "  capacitance: 0",
      "  offset:",
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...lines),
        fc.oneof(fc.string(), fc.json(), fc.double().map(String)),
        async (line, value) => {
          try {
            await parseCircuit(edited(line, `${line.replace(/:.*/, ":")} ${value}`), "a.yaml");
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the library of schematics", () => {
  test("every schematic parses, and is named after its file", async () => {
    expect(circuitNames()).toContain("ideal");
    for (const name of circuitNames())
      expect((await parseCircuit(circuitText(name), `${name}.yaml`)).name).toBe(name);
  });

  test.each(["idael", "constructor", ""])(
    "there is no schematic %j, and the near one is named",
    (name) => {
      expect(() => circuitText(name)).toThrow(InputError);
      expect(() => circuitText(name)).toThrow(
        name === "idael" ? /did you mean "ideal"\?/ : /known circuits: .*\bideal\b/,
      );
    },
  );
});
