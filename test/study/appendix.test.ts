import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { circuitText } from "../../src/circuit/index.ts";
import { cellsOf } from "../../src/study/cells.ts";
import { checkDrawings } from "../../src/study/check.ts";
import { checkClaims } from "../../src/study/claims.ts";
import type { CellResult } from "../../src/study/measurement.ts";
import { readStudy } from "../../src/study/read.ts";

const file = "experiments/oconnor-2019/appendix.yaml";
/** The base of a study, which is named as `experiments list` names it. */
const open = (name: string) => {
  const base = `experiments/${name}.yaml`;
  return { text: readFileSync(base, "utf8"), file: base };
};
const study = (quick: boolean) =>
  readStudy({ text: readFileSync(file, "utf8"), file, quick, open });

describe("the study of appendices B and C", () => {
  it.each([
    ["full", false],
    ["quick", true],
  ])("can be run in %s, and draws and claims what its cells give", async (_, quick) => {
    const asked = await study(quick);
    checkDrawings(asked);
    await checkClaims(asked);
  });

  it("has its committed results, every cell once, and they are what its cells give today", async () => {
    const { measurement, points } = await study(false);
    const results = readFileSync("docs/paper/appendix.jsonl", "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as CellResult);
    const cells = await cellsOf({ measurement, points }, (p) =>
      circuitText(p.experiment.circuit as string),
    );
    expect(results.map((r) => r.id).sort()).toEqual(cells.map((c) => c.id).sort());
    for (const cell of cells.filter((c) => c.axes["width"] === "8" && c.seed === 1)) {
      // It looks at nothing of its circuit.
      const { values } = await measurement.run({
        ...cell,
        circuit: {} as never,
        split: null,
        progress: () => undefined,
      });
      const kept = results.find((r) => r.id === cell.id);
      // Six digits are kept.
      for (const [name, value] of Object.entries(values))
        expect(Math.abs(Number(kept?.values[name]) / Number(value) - 1)).toBeLessThan(1e-5);
    }
  });
});
