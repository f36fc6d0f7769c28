import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseOverride } from "../../../src/experiment/overrides.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { compareRuns } from "../../../src/runs/node/compare.ts";
import {
  areMany,
  conditionCsv,
  evaluateTable,
  readConditionLists,
} from "../../../src/runs/node/condition-table.ts";
import { evaluateUnder } from "../../../src/runs/node/conditions.ts";
import { readPlan } from "../../../src/runs/node/inputs.ts";
import { reportRun } from "../../../src/runs/node/reopen.ts";
import { train } from "../../../src/runs/node/run.ts";
import { planStudy } from "../../../src/study/node/plan.ts";

describe("lists of conditions", () => {
  it("take the unit that follows", async () => {
    const asked = await readConditionLists({
      die: "1-3,7",
      temperature: "0, 27, 85 degC",
      age: "0, 1 h, 1 day",
    });
    expect(asked.dies).toEqual([1, 2, 3, 7]);
    expect(asked.temperatures.map((t) => Math.round(t!))).toEqual([273, 300, 358]);
    expect(asked.ages).toEqual([0, 3600, 86400]);
  });

  it.each([
    [{ die: "3-1" }, '--die: found "3-1", an empty range'],
    [{ die: "x" }, '--die: found "x", expected dies such as 7, 1-10 or 1,4,7-9'],
    [{ age: "1 V, 2 h" }, "--age: "],
    [{ temperature: "1,5 degC" }, 'decimal point; write "1.5 degC" or "1, 5 degC"'],
    [{ age: "0,1,2 h" }, 'decimal point; write "0, 1, 2 h"'],
    [{ without: "noize" }, '--without noize: there is no imperfection "noize"'],
  ])("%o are refused", async (written, message) => {
    await expect(readConditionLists(written)).rejects.toThrow(message);
  });

  it("are a table from two conditions on", () => {
    expect([{ die: "7" }, { die: "1-2" }, { age: "0, 1 h" }].map(areMany)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("a run under many conditions", () => {
  const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-table-"));
  const sets = [
    "circuit=cmos-130nm",
    "network.layers=[784,8,10]",
    "data.train=60",
    "data.test=40",
    "train.epochs=1",
  ];
  const dirs = ["a", "b"].map((name) => join(folder, name));
  beforeAll(async () => {
    for (const [i, out] of dirs.entries())
      await train({
        file: "experiments/quickstart.yaml",
        out,
        overrides: [...sets, `seed=${i + 1}`].map((s) => parseOverride(s, experimentSchema)),
      });
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("of so many that it would take hours is refused after the first, with the number", async () => {
    const asked = await readConditionLists({ die: "1-100000", age: "0, 1 s, 1 min, 1 h, 1 day" });
    const counts: number[] = [];
    await expect(
      evaluateTable(dirs[0], asked, { told: (done) => counts.push(done) }),
    ).rejects.toThrow(/500000 conditions: too large: it takes some \d+ \w+ .*--force/);
    expect(counts).toEqual([0]);
  });

  it("is measured as it is under each alone", async () => {
    const asked = await readConditionLists({ die: "1-2", temperature: "27, 85 degC" });
    const counts: number[] = [];
    const table = await evaluateTable(dirs[0], asked, { told: (done) => counts.push(done) });
    expect(table.rows).toHaveLength(4);
    expect(counts).toEqual([0, 1, 2, 3, 4]);
    const alone = await evaluateUnder(dirs[0], { die: 2, temperature: 358.15 });
    expect(table.rows[3].testErrorChip).toBe(alone.there.testErrorChip);
    expect(table.rows[3].residual).toBe(alone.there.residual);
    for (const { testErrorChip, interval } of table.rows) {
      expect(interval!.low).toBeLessThanOrEqual(testErrorChip!);
      expect(interval!.high).toBeGreaterThanOrEqual(testErrorChip!);
    }
    expect(conditionCsv(table).trimEnd().split("\r\n")).toHaveLength(5);
  });

  it("is compared by the settings that differ", async () => {
    const { runs, settings } = await compareRuns(dirs);
    expect(settings).toEqual([["seed", ["1", "2"]]]);
    expect(runs.map((r) => r.outcome)).toEqual(["completed", "completed"]);
    expect(runs[0].inferenceEnergy).toBeGreaterThan(0);
    expect(runs[0].chipInterval!.high).toBeGreaterThan(runs[0].testErrorChip!);
  });

  it("has the ideal chip of its settings beside it in its report, once that has run", async () => {
    /** What a report says of the ideal chip. */
    const said = async (dir: string) =>
      /(The ideal chip of the same|Is the chip good enough)[\s\S]*?<\/(p|div)>/.exec(
        readFileSync(await reportRun(dir), "utf8").split("<h2>")[0],
      )?.[0] ?? "nothing";
    expect(await said(dirs[0])).toMatch(/^Is the chip good enough\?.* not known yet\./);
    expect(readFileSync(join(dirs[0], "report.html"), "utf8")).toContain(
      `analog-eqprop train ${dirs[0]}/config.resolved.yaml --without all`,
    );
    // The textbook network: neither another seed nor another chip is what is looked for.
    const out = join(folder, "c");
    const overrides = [...sets, "circuit=ideal", "seed=1"];
    const ideal = await train({
      file: "experiments/quickstart.yaml",
      out,
      overrides: overrides.map((s) => parseOverride(s, experimentSchema)),
    });
    const beside = await said(dirs[0]);
    expect(beside).toMatch(/^The ideal chip of the same settings, \S*\/c, comes to: /);
    expect(beside).toContain(`chip ${ideal.testErrorChip!.toFixed(2)} % (here `);
    expect(await said(dirs[1])).toMatch(/^Is the chip good enough/);
    expect(await said(out)).toBe("nothing");
  }, 60_000);
});

it("a schematic of --set is looked for where it is typed, also for what is shipped", async () => {
  const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-here-"));
  const mine = join(folder, "mine.yaml");
  const text = readFileSync("circuits/ideal.yaml", "utf8");
  writeFileSync(mine, text.replace("capacitance: 1 pF", "capacitance: 2 pF"));
  const typed = relative(process.cwd(), mine);
  try {
    const overrides = [parseOverride(`circuit=${typed}`, experimentSchema)];
    const { circuit } = await readPlan("quickstart", overrides);
    expect(circuit.neuron.capacitance).toBe(2e-12);
    const request = { file: "robustness/dies", quick: true, set: [`circuit.base=${typed}`] };
    const [shown] = [...(await planStudy(request)).circuits.values()];
    expect(shown.neuron.capacitance).toBe(2e-12);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("a study of solvers refuses a noisy circuit before its first cell", async () => {
  const file = "experiments/integrators/stiffness.yaml";
  const set = ["circuit.noise.thermal=1"];
  await expect(planStudy({ file, quick: true, set })).rejects.toThrow(
    /stiffness.yaml:\d+:\d+: measure: .*noise \(thermal\) leaves .* none; run it --without noise/,
  );
  const { cells } = await planStudy({ file, quick: true, set, without: "noise" });
  expect(cells.length).toBeGreaterThan(0);
});
