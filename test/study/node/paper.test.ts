import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { drawStudy } from "../../../src/study/node/draw.ts";
import { planStudy } from "../../../src/study/node/plan.ts";
import { readResults } from "../../../src/study/node/results.ts";

const root = join(import.meta.dirname, "../../..");
const folder = "experiments/oconnor-2019";
const kept = join(root, "docs/paper");
const studies = readdirSync(join(root, folder))
  .filter((f) => f.endsWith(".yaml"))
  .map((f) => basename(f, ".yaml"))
  .filter((name) => existsSync(join(kept, `${name}.jsonl`)));
const page = readFileSync(join(root, "docs/paper.md"), "utf8");
const temporary = mkdtempSync(join(tmpdir(), "eqprop-paper-"));
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

/** The lines of the tables of a Markdown text. */
const rows = (markdown: string) => markdown.split("\n").filter((line) => line.startsWith("|"));

describe.each(studies)("the committed results of %s", (name) => {
  const file = join(root, folder, `${name}.yaml`);
  const results = join(kept, `${name}.jsonl`);
  const out = join(temporary, name);

  it("are of cells that the study has, each once, and no cell failed", async () => {
    const { cells } = await planStudy({ file });
    const known = readResults(results);
    const ids = cells.map((c) => c.id);
    expect([...known.keys()].filter((id) => !ids.includes(id))).toEqual([]);
    expect(readFileSync(results, "utf8").trim().split("\n")).toHaveLength(known.size);
    expect([...known.values()].filter((r) => r.outcome === "failed")).toEqual([]);
    for (const { id, seed } of cells) if (known.has(id)) expect(known.get(id)?.seed).toBe(seed);
  });

  it("make the committed picture, and the numbers and verdicts of the page, without training", async () => {
    expect(await drawStudy({ file, results, out })).toMatchObject({ outcome: "completed", ran: 0 });
    expect(readFileSync(join(out, "figure.svg"), "utf8")).toBe(
      readFileSync(join(kept, `${name}.svg`), "utf8"),
    );
    const made = ["claims.md", "table.md"]
      .filter((f) => existsSync(join(out, f)))
      .flatMap((f) => rows(readFileSync(join(out, f), "utf8")));
    expect(made.length).toBeGreaterThan(2);
    const written = new Set(rows(page));
    expect(made.filter((row) => !written.has(row))).toEqual([]);
    expect(page).toContain(`](paper/${name}.svg)`);
  });
});

describe("the quick form", () => {
  it.each([
    ["figure-2", 16, []],
    ["figure-4", 21, ["train.every=1"]],
  ])(
    "of %s runs from end to end, here with 40 built-in digits",
    (name, cells, more) => {
      const out = join(temporary, `${name}-quick`);
      const set = ["data.set=digits", "data.train=40", "data.test=20", "train.epochs=1", ...more];
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [
          join(root, "dist/cli/main.js"),
          "run",
          join(root, folder, `${name}.yaml`),
          "--quick",
          "--set",
          ...set,
          "--out",
          out,
          "--json",
        ],
        { encoding: "utf8" },
      );
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({
        outcome: "completed",
        quick: true,
        cells,
        ran: cells,
        failed: 0,
      });
      expect(readFileSync(join(out, "figure.svg"), "utf8")).toContain("Quick settings");
    },
    180_000,
  );

  it("of figure-1, which needs no images, runs from end to end, here for 50 iterations", () => {
    const out = join(temporary, "figure-1-quick");
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(root, "dist/cli/main.js"),
        "run",
        join(root, folder, "figure-1.yaml"),
        "--quick",
        "--set",
        "options.iterations=50",
        "--out",
        out,
        "--json",
      ],
      { encoding: "utf8" },
    );
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "completed",
      quick: true,
      cells: 2,
      ran: 2,
      failed: 0,
    });
  }, 60_000);
});
