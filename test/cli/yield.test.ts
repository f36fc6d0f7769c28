import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { YieldResult } from "../../src/robustness/yield.ts";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn, main } from "../support/command.ts";

const { at, file, data } = workshop("circuit: mismatched\n");
const command = commandIn(at());
const measure = async (...args: readonly string[]) =>
  command.run("yield", "run", "--jobs", "2", "--quiet", ...args);
const found = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await measure(...args, "--json");
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as YieldResult;
};

beforeAll(async () => {
  const trained = await command.run("train", file, "--out", "run", "--data", data, "--quiet");
  expect(trained.code, trained.stderr).toBe(0);
});

describe("yield", () => {
  it("gives every die the error that evaluate gives it", async () => {
    const { rows, yield: share } = await found("--dies", "6", "--below", "50 %");
    expect(rows.map(({ die }) => die)).toEqual([2, 3, 4, 5, 6, 7]);
    const { stdout } = await command.run("evaluate", "run", "--die", "2-7", "--json");
    const table = JSON.parse(stdout) as { rows: { testErrorChip: number; agreement: number }[] };
    expect(rows.map(({ error }) => error)).toEqual(table.rows.map((r) => r.testErrorChip));
    expect(rows.map((r) => r.agreement)).toEqual(table.rows.map((r) => r.agreement));
    expect(share!.good).toBe(rows.filter(({ error }) => error! < 50).length);
    for (const name of ["report.html", "figure.svg", "figure.png", "figure.pdf", "dies.csv"])
      expect(existsSync(at("run/yield", name)), name).toBe(true);
  });

  it("names its worst die for every command, and refuses it for another schematic", async () => {
    const { worst } = await found("--dies", "6");
    const die = "worst-1@run/yield";
    const { stdout } = await command.run("evaluate", "run", "--die", `${die},3`, "--json");
    const dies = (JSON.parse(stdout) as { rows: { die: number }[] }).rows.map((r) => r.die);
    expect(dies).toEqual([worst[0].die, 3]);
    const other = ["--out", "other", "--data", data, "--quiet", "--set", "circuit=ideal"];
    await command.run("train", file, ...other, "--set", "train.epochs=0.5");
    for (const [args, message] of [
      [["evaluate", "other", "--die", die], "it is a die of another schematic, mismatched"],
      [["evaluate", "run", "--die", "worst-99@run/yield"], "there is no die of that name"],
      [["settle", "run", "--die", "worst-1@nowhere"], "nowhere holds no measured dies"],
    ] as const) {
      const { code, stderr } = await command.run(...args);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    }
  });

  it("goes on after kill -9 to the same table", async () => {
    const args = ["yield", "run", "--dies", "2-60", "--out", "killed", "--quiet", "--jobs", "1"];
    const child = spawn(process.execPath, [main, ...args], { cwd: at() });
    const lines = () =>
      existsSync(at("killed/dies.jsonl"))
        ? readFileSync(at("killed/dies.jsonl"), "utf8").split("\n").length
        : 0;
    while (lines() < 4 && child.exitCode === null) await new Promise((r) => setTimeout(r, 5));
    child.kill("SIGKILL");
    await once(child, "exit");
    // A line that was torn by it.
    writeFileSync(at("killed/dies.jsonl"), '{"die":999,"err', { flag: "a" });
    const after = await found("--dies", "2-60", "--out", "killed");
    const whole = await found("--dies", "2-60", "--out", "whole");
    expect({ ...after, outDir: "" }).toEqual({ ...whole, outDir: "" });
    expect(readFileSync(at("killed/dies.csv"))).toEqual(readFileSync(at("whole/dies.csv")));
  });

  it("stops where the yield is known well enough", async () => {
    const asked = ["--dies", "2-60", "--out", "whole", "--below", "99.9 %", "--until", "6 %"];
    const { rows, wanted, outcome } = await found(...asked);
    expect([rows.length, wanted, outcome]).toEqual([30, 59, "completed"]);
  });

  it("relearns on every die", async () => {
    const again = await found("--dies", "2", "--move", "relearn=0.5");
    const moved = await found("--dies", "2");
    expect(again.outDir).toBe("run/yield-relearn=0.5");
    expect(again.rows.map((r) => r.error)).not.toEqual(moved.rows.map((r) => r.error));
  });

  it.each([
    [["--below", "4"], "--below: "],
    [["--below", "400 %"], "expected more than 0 % and less than 100 %"],
    [["--until", "1 %"], "--until: there is no yield to be sure of"],
    [["--dies", "0"], '--dies: found "0"'],
    [["--dies", "9-3"], "an empty range"],
    [["--move", "carry"], "expected as-is, program, or relearn="],
    [["--move", "relearn=1", "--age", "1 h"], "--move relearn: learning writes"],
    [["--out", "data"], "holds other files and no dies"],
    [["--out", "whole", "--age", "1 h"], "its dies were asked something else"],
    [["--jobs", "0"], "--jobs 0"],
  ] as const)("%j is refused", async (args, message) => {
    const { code, stdout, stderr } = await command.run("yield", "run", ...args);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
