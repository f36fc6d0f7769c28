import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cellsOf } from "../../../src/experiment/study/cells.ts";
import { checkDrawings } from "../../../src/experiment/study/check.ts";
import { checkClaims } from "../../../src/experiment/study/claims.ts";
import { readStudy } from "../../../src/experiment/study/read.ts";
import { circuitText } from "../../../src/circuit/index.ts";

const file = "experiments/oconnor-2019/variants.yaml";
const open = (path: string) => ({ text: readFileSync(join(dirname(file), path), "utf8"), file: join(dirname(file), path) });
const study = (quick: boolean) => readStudy({ text: readFileSync(file, "utf8"), file, quick, open });

interface Line { readonly id: string; readonly seed: number; readonly outcome: string; readonly values: { readonly testErrorCopy: number | null; readonly testErrorChip: number | null } }

describe("the study of variants and baselines", () => {
  it.each([["full", false], ["quick", true]])("can be run in %s, and draws and claims what its cells give", async (_, quick) => {
    const asked = await study(quick);
    checkDrawings(asked);
    await checkClaims(asked);
  });

  it("shows every variant in a figure, and each but the first changes something", async () => {
    const { points, figures } = await study(false);
    const shown = new Set(figures.flatMap((f) => f.where?.["variant"] as string[])), variants = points.map((p) => p.labels["variant"]);
    expect([...shown].sort()).toEqual([...variants].sort());
    const settings = points.map((p) => JSON.stringify(p.experiment));
    expect(new Set(settings).size).toBe(variants.length);
  });

  it("has its committed results, every cell once, and the page says what they say", async () => {
    const lines = readFileSync("docs/paper/variants.jsonl", "utf8").trim().split("\n").map((line) => JSON.parse(line) as Line);
    const cells = await cellsOf(await study(false), (p) => circuitText(p.experiment.circuit));
    expect(lines.map((l) => l.id).sort()).toEqual(cells.map((c) => c.id).sort());
    const page = readFileSync("docs/paper.md", "utf8");
    for (const variant of new Set(cells.map((c) => c.axes["variant"]))) {
      const seeds = cells.filter((c) => c.axes["variant"] === variant).map((c) => lines.find((l) => l.id === c.id)!);
      const said = (key: "testErrorCopy" | "testErrorChip") => seeds.map((l) => l.values[key]).map((v, i) => (v === null ? null : seeds[i].outcome === "diverged" ? "×" : v.toFixed(2)));
      const [copy, chip] = (["testErrorCopy", "testErrorChip"] as const).map((key) => (said(key).includes(null) ? "–" : said(key).join(" · ")));
      expect(page, variant).toContain(`| ${copy} | ${chip} |`);
    }
  });
});
