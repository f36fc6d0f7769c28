import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ends } from "../../src/circuit/devices/device.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import {
  atTemperature,
  dependsOnAge,
  dependsOnTemperature,
} from "../../src/circuit/temperature.ts";
import { excessVariance, thermalVariance } from "../../src/circuit/circuit.ts";
import { unsupported } from "../../src/circuit/read/unsupported.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import { deviceOf, spanOf } from "../../src/circuit/elements.ts";
import { ofTransconductors, transconductors } from "../support/setups.ts";

const folder = join(import.meta.dirname, "../../circuits");
const names = readdirSync(folder).map((f) => f.replace(/\.yaml$/, ""));
const textOf = (name: string) => readFileSync(join(folder, `${name}.yaml`), "utf8");
const read = (name: string) => parseCircuit(textOf(name), `${name}.yaml`);

describe("the schematics of the package", () => {
  it("are there for CMOS, ECRAM, ReRAM and PCM besides the ideal one", () => {
    expect(names).toEqual(
      expect.arrayContaining([
        "ideal",
        "cmos-130nm",
        "cmos-subthreshold",
        "ecram",
        "reram-array",
        "pcm",
      ]),
    );
  });

  it.each(names)(
    "%s asks for nothing that a chip does not simulate, and is made into one",
    async (name) => {
      const circuit = await read(name);
      expect(unsupported(circuit)).toEqual([]);
      expect(circuit.warnings).toBeUndefined();
      expect(circuit.name).toBe(name);
      expect(circuit.cites.length).toBeGreaterThan(0);
      expect(fabricate(circuit, chain([6, 5, 4]), { batch: 2 }).circuit).toBe(circuit);
    },
  );

  it.each(names)("%s has the leak that its device's range over the span makes", async (name) => {
    const { neuron, synapse } = await read(name);
    const model = deviceOf(synapse);
    if (model === undefined) {
      expect(name).toMatch(
        /^(ideal|kendall-2020|mismatched|resistive-100|resistive-1024|resistive-diodes|xor)$/,
      );
      return;
    }
    const [low, high] = ends(model);
    const perUnit = (model.range[1] - model.range[0]) / (high - low);
    // Leaks are written with three digits.
    expect(Math.abs((neuron.leak * spanOf(synapse)!) / perUnit - 1)).toBeLessThan(5e-3);
  });

  it("refuse a device that nobody knows, with the one that was meant", async () => {
    await expect(
      parseCircuit(textOf("ecram").replace("device: ecram", "device: ecrma"), "mine.yaml"),
    ).rejects.toThrow(
      /mine\.yaml:\d+:\d+: synapse\.device: there is no device "ecrma"; did you mean "ecram"/,
    );
  });
});

describe("a circuit at another temperature", () => {
  it("has thermal noise in proportion to it, whatever the leaks, and the same droop of its hold", async () => {
    const circuit = {
      ...(await transconductors("cmos-130nm")),
      hold: { capacitance: 1e-13, leakage: 1e-15, time: 1e-6 },
    };
    const warm = ofTransconductors(atTemperature(circuit, 360));
    // Each is a product of a few doubles.
    expect(thermalVariance(warm) / thermalVariance(circuit)).toBeCloseTo(1.2, 14);
    expect(excessVariance(warm) / excessVariance(circuit)).toBeCloseTo(1.2, 14);
    expect(circuit.hold.capacitance / warm.hold!.capacitance).toBeCloseTo(1.2, 14);
    expect(
      warm.hold!.leakage /
        warm.hold!.capacitance /
        (circuit.hold.leakage / circuit.hold.capacitance),
    ).toBeCloseTo(1, 14);
    expect(warm.temperature).toBe(300);
    expect(atTemperature(circuit, 300)).toBe(circuit);
  });

  it("cannot be scaled from absolute zero", async () => {
    const cold = { ...(await read("ideal")), temperature: 0 };
    expect(() => atTemperature(cold, 300)).toThrow("circuit ideal: its temperature is 0 K");
  });

  it("says what depends on temperature and age, and nothing on an ideal one", async () => {
    const ideal = await read("ideal");
    const cmos = await read("cmos-130nm");
    const pcm = await read("pcm");
    expect([dependsOnTemperature(ideal), dependsOnAge(ideal), dependsOnAge(cmos)]).toEqual([
      [],
      [],
      [],
    ]);
    expect(dependsOnTemperature(cmos)).toEqual([
      "the thermal noise of leaks",
      "the noise of transconductors",
      "what cmos-130nm conducts (as T^-1.35)",
    ]);
    expect(dependsOnAge(pcm)).toEqual(["drift of pcm", "1/f noise of pcm"]);
  });
});
