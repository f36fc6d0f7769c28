import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { circuitText } from "../../src/circuit/library.ts";
import { deviceNamed } from "../../src/circuit/devices/registry.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import { planStudy } from "../../src/study/node/plan.ts";

const folder = join(import.meta.dirname, "../../experiments/schematics");
const parse = (text: string, name: string) => parseCircuit(text, name);

it(
  "the table of the page says what the committed cells say: mean errors of chip and copy, and " +
    "what works against learning",
  () => {
    interface Cell {
      readonly axes: { readonly schematic: string };
      readonly values: {
        readonly testErrorCopy: number;
        readonly testErrorChip: number;
        readonly hindrances: string;
      };
    }
    const cells = readFileSync(
      join(import.meta.dirname, "../../docs/studies/schematics/results.jsonl"),
      "utf8",
    )
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Cell);
    const rows = readFileSync(join(import.meta.dirname, "../../docs/circuits.md"), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| [`"));
    const names = [...new Set(cells.map((c) => c.axes.schematic))];
    expect(names).toHaveLength(9);
    for (const name of names) {
      const own = cells.filter((c) => c.axes.schematic === name);
      const mean = (of: "testErrorCopy" | "testErrorChip") =>
        (own.reduce((sum, c) => sum + c.values[of], 0) / own.length).toFixed(2);
      const [, , , copy, chip, , , , why] = rows
        .find((row) =>
          row.startsWith(
            `| [\`${name.replace(" by", "\`, by")}${name.includes(" by") ? "" : "\`"}](`,
          ),
        )!
        .split("|")
        .map((cell) => cell.trim());
      expect([copy, chip, why], name).toEqual([
        mean("testErrorCopy"),
        mean("testErrorChip"),
        own[0].values.hindrances || "—",
      ]);
    }
  },
);

describe("committed cells are those that the study asks for now, to the letter of its schematics:", () => {
  it.each([
    ["schematics", "schematics/schematics"],
    ["robustness", "robustness/mismatch"],
  ])("%s", async (name, file) => {
    const { cells } = await planStudy({
      file: join(import.meta.dirname, `../../experiments/${file}.yaml`),
    });
    const kept = readFileSync(
      join(import.meta.dirname, `../../docs/studies/${name}/results.jsonl`),
      "utf8",
    )
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(kept.sort()).toEqual(cells.map((c) => c.id).sort());
  });
});

describe("the schematics that learn worse", () => {
  it.each([
    ["reram-array-by-chance", "reram-array", { accumulate: false }],
    ["pcm-by-chance", "pcm", { accumulate: false }],
    ["reram-hfo2", "reram-array", { device: deviceNamed("reram-array-hfo2") }],
  ])("%s is %s but for its synapses", async (name, source, synapse) => {
    const mine = await parse(readFileSync(join(folder, `${name}.yaml`), "utf8"), `${name}.yaml`);
    const theirs = await parse(circuitText(source), `${source}.yaml`);
    expect({ ...mine, name: "", description: "" }).toEqual({
      ...theirs,
      name: "",
      description: "",
      synapse: { ...theirs.synapse, ...synapse },
    });
  });
});
