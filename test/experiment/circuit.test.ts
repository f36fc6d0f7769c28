import { describe, expect, test } from "vitest";
import { circuitNames, circuitText } from "../../src/circuit/library.ts";
import { imperfectionNames } from "../../src/circuit/read/imperfections.ts";
import { deviceOf } from "../../src/circuit/elements.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { resolveCircuit } from "../../src/experiment/circuit.ts";
import { parseOverride, withoutOverride } from "../../src/experiment/overrides.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { readExperiment, resolvedYaml, parseExperiment } from "../../src/experiment/yaml.ts";

const rest = "network: { layers: [4, 3, 2] }\nlearning: { rates: [0.1, 0.1] }\n";

async function read(circuit: string, sets: readonly string[] = [], without?: string) {
  const { experiment, author } = await readExperiment(`name: a\n${circuit}\n${rest}`, "a.yaml", [
    ...sets.map((s) => parseOverride(s, experimentSchema)),
    ...(without === undefined ? [] : [withoutOverride(without)]),
  ]);
  const found = await resolveCircuit(experiment.circuit, {
    author: (path, part) => author(["circuit", ...path], part),
    open: (base) => ({ text: circuitText(base), file: `circuits/${base}.yaml` }),
  });
  return { experiment, ...found };
}

describe("values of a circuit are settings", () => {
  test("one that is set is the base with that value, in units, and no other", async () => {
    const { circuit } = await read("circuit: mismatched", ["circuit.mismatch.synapse=20 %"]);
    const base = await parseCircuit(circuitText("mismatched"), "mismatched.yaml");
    expect(circuit).toEqual({
      ...base,
      name: "mismatched, changed",
      mismatch: { ...base.mismatch, synapse: 0.2 },
    });
  });

  test("an experiment without a circuit has the ideal one changed", async () => {
    const { circuit, experiment } = await read("", ["circuit.noise.thermal=2"]);
    expect(experiment.circuit).toEqual({ base: "ideal", noise: { thermal: 2 } });
    expect(circuit.noise.thermal).toBe(2);
  });

  test("a circuit chosen after a value was set keeps the value", async () => {
    const { circuit } = await read("", ["circuit.noise.thermal=0", "circuit=cmos-130nm"]);
    expect([circuit.name, circuit.noise.thermal]).toEqual(["cmos-130nm, changed", 0]);
  });

  test("an inline circuit is a schematic, and its text says all of it", async () => {
    const { circuit, text, experiment } = await read(
      "circuit: { name: mine, rails: { low: 0 V, high: 1 V }, " +
        "neuron: { capacitance: 2 pF, leak: 1 uS } }",
    );
    expect(circuit.neuron.capacitance).toBe(2e-12);
    expect(await parseCircuit(text, "circuit.yaml")).toEqual(circuit);
    expect(await parseExperiment(await resolvedYaml(experiment), "again.yaml")).toEqual(experiment);
  });

  test("null takes a part out of the base", async () => {
    const { circuit } = await read("circuit: { base: cmos-130nm, converters: null }");
    expect(circuit.converters).toBeUndefined();
  });

  test.each([
    [
      "circuit: { base: ideal, mismach: { leak: 1 % } }",
      [],
      'a.yaml:2:25: unknown key "mismach" in circuit; did you mean "mismatch"?',
    ],
    ["circuit: { base: ideal, mismatch: { leak: 3 pF } }", [], "a.yaml:2:43: mismatch.leak: "],
    [
      "circuit: { base: ideal, mismatch: { leak: -3 % } }",
      [],
      "a.yaml:2:43: mismatch.leak: found -3 %, expected zero or more",
    ],
    [
      "circuit: { base: ideel }",
      [],
      'a.yaml:2:10: circuit: there is no schematic "ideel"; did you mean "ideal"?',
    ],
    ["circuit: { base: ideal, neuron: { clamp: { law: dioed } } }", [], "a.yaml:2:"],
    ["circuit: { name: mine }", [], "a.yaml:2:1: rails: missing"],
    [
      "circuit: ideal",
      ["circuit.noise.thermal=3 V"],
      "--set circuit.noise.thermal=3 V: noise.thermal: ",
    ],
    ["circuit: { base: ideal, without: [nois] }", [], "a.yaml:2:35: circuit.without.0: "],
  ])("what is wrong in %s is blamed on who wrote it", async (circuit, sets, message) => {
    await expect(read(circuit, sets)).rejects.toThrow(message);
  });

  test("an unknown imperfection is named with those that there are", async () => {
    await expect(read("", [], "noize")).rejects.toThrow(
      '--without noize: there is no imperfection "noize"; did you mean "noise"?',
    );
  });
});

describe("what is left out is exactly zero", () => {
  test.each(circuitNames())(
    "%s without all is perfect, and each name leaves a circuit",
    async (name) => {
      const { circuit } = await read(`circuit: ${name}`, [], "all");
      const { noise, mismatch, converters = {}, hold, nudge, link, neuron } = circuit;
      expect(Object.values(noise).filter((n) => n !== undefined && n !== 0)).toEqual([]);
      const still = { capacitance: 0, leak: 0, offset: 0, synapse: 0, rail: 0 };
      expect(mismatch).toMatchObject(still);
      expect(Object.values(converters).filter((c) => c !== undefined)).toEqual([]);
      expect([hold, nudge?.spread || undefined, link?.spread || undefined]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(neuron.clamp).toBe("ideal");
      expect(["exact", "registers"]).toContain(circuit.synapse.memory);
      for (const one of imperfectionNames) await read(`circuit: ${name}`, [], one);
    },
  );

  test("a device keeps what is not left out", async () => {
    const { circuit } = await read("circuit: reram-array", [], "mismatch.stuck,write");
    const { stuck, programming, bounds, update } = deviceOf(circuit.synapse)!;
    expect([stuck, programming]).toEqual([0, null]);
    expect(bounds.spreadHigh).toBeGreaterThan(0);
    expect(update).toMatchObject({ cycle: 0, writeNoise: 0 });
  });

  test("--without joins what the file leaves out", async () => {
    const { experiment } = await read("circuit: { base: pcm, without: ageing }", [], "noise");
    expect(experiment.circuit).toEqual({ base: "pcm", without: ["ageing", "noise"] });
  });
});
