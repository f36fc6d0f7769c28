import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { boltzmann, thermalVariance } from "../../src/circuit/circuit.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { unsupported } from "../../src/circuit/read/unsupported.ts";
import { planStudy } from "../../src/study/node/plan.ts";

const { cells: planned } = await planStudy({ file: "experiments/robustness/mismatch.yaml" });
const read = (chip: string) =>
  parseCircuit(planned.find((c) => c.axes["chip"] === chip)!.circuit, `${chip}.yaml`);

const noisy = "noise 0.04 a step";
const still = {
  capacitance: 0,
  leak: 0,
  offset: 0,
  synapse: 0,
  reciprocal: true,
  gain: 0,
  rail: 0,
};

describe("the chips of the robustness study", () => {
  it.each([
    ["asymmetry 0.1", { synapse: 0.1, reciprocal: false }],
    ["asymmetry 0.3", { synapse: 0.3, reciprocal: false }],
    ["leak 0.2", { leak: 0.2 }],
    ["capacitance 0.3", { capacitance: 0.3 }],
    ["gain 0.3", { gain: 0.3 }],
    ["offset 0.05", { offset: 0.05 }],
    [noisy, {}],
  ])("%s has that imperfection and no other", async (name, only) => {
    const circuit = await read(name);
    expect(circuit.mismatch).toEqual({ ...still, ...only });
    expect(circuit.noise.thermal > 0).toBe(name === noisy);
    expect(unsupported(circuit)).toEqual([]);
  });

  it("noise kicks a state by 0.04 in a step of half a time constant", async () => {
    const circuit = await read(noisy);
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
            id: string;
            axes: { chip: string };
            seed: number;
            values: { testErrorCopy: number };
          },
      );
    const page = readFileSync(join(import.meta.dirname, "../../docs/circuits.md"), "utf8");
    expect(cells.map((c) => c.id).sort()).toEqual(planned.map((c) => c.id).sort());
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
