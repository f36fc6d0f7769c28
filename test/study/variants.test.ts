import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cellsOf } from "../../src/study/cells.ts";
import { checkDrawings } from "../../src/study/check.ts";
import { checkClaims } from "../../src/study/claims.ts";
import { readStudy } from "../../src/study/read.ts";
import { circuitText } from "../../src/circuit/index.ts";

const file = "experiments/oconnor-2019/variants.yaml";
/** The base of a study, which is named as `experiments list` names it. */
const open = (name: string) => {
  const base = `experiments/${name}.yaml`;
  return { text: readFileSync(base, "utf8"), file: base };
};
const study = (quick: boolean) =>
  readStudy({ text: readFileSync(file, "utf8"), file, quick, open });

describe("the study of variants and baselines", () => {
  it.each([
    ["full", false],
    ["quick", true],
  ])("can be run in %s, and draws and claims what its cells give", async (_, quick) => {
    const asked = await study(quick);
    checkDrawings(asked);
    await checkClaims(asked);
  });

  it("shows every variant in a figure, and each but the first changes something", async () => {
    const { points, figures } = await study(false);
    const shown = new Set(figures.flatMap((f) => f.where?.["variant"] as string[]));
    const variants = points.map((p) => p.labels["variant"]);
    expect([...shown].sort()).toEqual([...variants].sort());
    const settings = points.map((p) => JSON.stringify(p.experiment));
    expect(new Set(settings).size).toBe(variants.length);
  });

  it("has its committed results, every cell once", async () => {
    const ids = readFileSync("docs/paper/variants.jsonl", "utf8")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id);
    const cells = await cellsOf(await study(false), (p) =>
      circuitText(p.experiment.circuit as string),
    );
    expect(ids.sort()).toEqual(cells.map((c) => c.id).sort());
  });
});
