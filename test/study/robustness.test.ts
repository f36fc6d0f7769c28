import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { boltzmann, thermalVariance } from "../../src/circuit/circuit.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { unsupported } from "../../src/circuit/read/unsupported.ts";

const folder = join(import.meta.dirname, "../../experiments/robustness");
const read = (name: string) =>
  parseCircuit(readFileSync(join(folder, `${name}.yaml`), "utf8"), `${name}.yaml`);

const still = {
  capacitance: 0,
  leak: 0,
  offset: 0,
  synapse: 0,
  reciprocal: true,
  gain: 0,
  rail: 0,
};

describe("the schematics of the robustness study", () => {
  it.each([
    ["asymmetry-10", { synapse: 0.1, reciprocal: false }],
    ["asymmetry-30", { synapse: 0.3, reciprocal: false }],
    ["leak-20", { leak: 0.2 }],
    ["capacitance-30", { capacitance: 0.3 }],
    ["gain-30", { gain: 0.3 }],
    ["offset-50", { offset: 0.05 }],
    ["noise-40", {}],
  ])("%s has that imperfection and no other", async (name, only) => {
    const circuit = await read(name);
    expect(circuit.mismatch).toEqual({ ...still, ...only });
    expect(circuit.noise.thermal > 0).toBe(name === "noise-40");
    expect(unsupported(circuit)).toEqual([]);
  });

  it("noise-40 kicks a state by 0.04 in a step of half a time constant", async () => {
    const circuit = await read("noise-40");
    const dt = 0.5;
    // Its multiple is written with four digits: half a unit of the last is 1.3e-4 of it, half of
    // that of its root.
    expect(Math.abs(Math.sqrt(2 * thermalVariance(circuit) * dt) / 0.04 - 1)).toBeLessThan(6.5e-5);
    expect(circuit.noise.thermal).toBeCloseTo((0.04 ** 2 * 1e-12) / (boltzmann * 300), -2);
  });

  it("all are in the table of the page, which says what the committed cells say", () => {
    const cells = readFileSync(
      join(import.meta.dirname, "../../docs/studies/robustness/results.jsonl"),
      "utf8",
    )
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as {
            axes: { chip: string };
            seed: number;
            values: { testErrorCopy: number };
          },
      );
    const page = readFileSync(join(import.meta.dirname, "../../docs/circuits.md"), "utf8");
    const chips = [...new Set(cells.map((c) => c.axes.chip))];
    expect(chips).toHaveLength(8);
    for (const chip of chips) {
      const seeds = cells
        .filter((c) => c.axes.chip === chip)
        .sort((a, b) => a.seed - b.seed)
        .map((c) => c.values.testErrorCopy.toFixed(2));
      expect(seeds).toHaveLength(3);
      expect(page, chip).toContain(`| ${seeds.join(", ")} |`);
    }
  });
});
