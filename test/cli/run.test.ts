import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn, main } from "../support/command.ts";

const { at } = workshop();
const text = `study: tiny
description: Two steps, three widths.
measure: training
base: tiny.yaml
grid:
  settle.free.steps: [2, 4]
  width: { a: { network.layers: [784, 5, 10] }, b: { network.layers: [784, 6, 10] } }
seeds: [1, 2]
quick: { seeds: [1], with: { train.epochs: 0.5 } }
figures:
  - { title: Errors, y: curves.testErrorChip, line: settle.free.steps, panel: width }
  - { title: Ends, x: settle.free.steps, y: testErrorChip, line: width }
table: { rows: width, columns: settle.free.steps, value: testErrorChip, best: low }
claims:
  - { sentence: Nothing diverges., computed: 'share("diverged")', expected: 0 }
  - { sentence: It never errs., computed: 'max(results("testErrorChip"))', expected: "< 0" }
`;
writeFileSync(at("tiny-study.yaml"), text);

interface Line {
  readonly id: string;
  readonly seconds: number;
  readonly outcome: string;
  readonly values: Record<string, number>;
}

const command = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
const run = (...args: readonly string[]) => command.run("run", ...args);
const started = (...args: readonly string[]) => command.started("run", ...args);
async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).not.toMatch(/\n\s+at |internal error/);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  return stderr;
}

const lines = (dir: string) =>
  readFileSync(at(dir, "results.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l) as Line);
/** Results without their times, in the order of their ids. */
const results = (dir: string) =>
  lines(dir)
    .map(({ seconds, ...rest }) => [rest, seconds >= 0] as const)
    .sort(([a], [b]) => (a.id < b.id ? -1 : 1));
const quick = ["tiny-study.yaml", "--data", "data", "--quick"];

describe("run", () => {
  it("measures every cell and writes results, table, figures, claims and a report", () => {
    const { code, stdout, stderr } = started(...quick, "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      study: "tiny",
      outcome: "completed",
      quick: true,
      cells: 4,
      kept: 0,
      ran: 4,
      failed: 0,
      claims: { held: 1, didNotHold: 1, open: 0 },
      outDir: join("runs", "tiny-quick"),
    });
    const dir = at("runs", "tiny-quick");
    expect(readdirSync(dir).sort()).toEqual([
      "cells.jsonl",
      "claims.md",
      "drawn.jsonl",
      "environment.json",
      "figure-1.pdf",
      "figure-1.svg",
      "figure-2.pdf",
      "figure-2.svg",
      "figure.html",
      "figure.pdf",
      "figure.png",
      "figure.svg",
      "report.html",
      "results.csv",
      "results.jsonl",
      "results.parquet",
      "study.resolved.yaml",
      "table.md",
    ]);
    expect(readFileSync(join(dir, "table.md"), "utf8")).toMatch(
      /^\| width \\\\ settle\.free\.steps \| 2 \| 4 \|\n\| --- \| --: \| --: \|\n\| a \| \d/,
    );
    expect(readFileSync(join(dir, "figure.svg"), "utf8")).toMatch(
      /Errors[^]*Quick settings[^]*Ends/,
    );
    expect(lines("runs/tiny-quick")).toHaveLength(4);
    expect(readFileSync(join(dir, "results.csv"), "utf8").split("\r\n")[0]).toBe(
      "id,settle.free.steps,width,seed,outcome," +
        "testErrorCopy,testErrorChip,trainErrorCopy,trainErrorChip,residual,agreement,epochs," +
        "freeEvaluations,nudgedEvaluations,settlingFree,settlingSample," +
        "energyInference,energySample,learningSnr,hindrances,seconds,advice," +
        "version,revision,host,data,digest",
    );
    expect(readFileSync(join(dir, "claims.md"), "utf8")).toContain("## ✗ It never errs.");
    const report = readFileSync(join(dir, "report.html"), "utf8");
    for (const part of [
      "quick settings",
      "Two steps, three widths.",
      "did not hold",
      "--quick --json",
      "figure-2.svg",
      'id="figure-1"',
    ])
      expect(report).toContain(part);
    expect(stderr.match(/^\[\d\/4\] steps = [24], [ab], seed 1: completed after/gm)).toHaveLength(
      4,
    );
  });

  it(
    "draws the same pictures and claims from what is kept for drawing, without images and " +
      "without running anything",
    async () => {
      expect(await run(...quick, "--out", "made")).toMatchObject({ code: 0 });
      const again = [
        "tiny-study.yaml",
        "--quick",
        "--results",
        join("made", "drawn.jsonl"),
        "--out",
        "redrawn",
        "--json",
      ];
      for (let i = 0; i < 2; i++)
        expect(JSON.parse((await run(...again)).stdout)).toMatchObject({
          outcome: "completed",
          cells: 4,
          kept: 4,
          ran: 0,
        });
      for (const file of ["figure.svg", "figure-1.svg", "claims.md", "table.md", "drawn.jsonl"])
        expect(readFileSync(at("redrawn", file), "utf8"), file).toBe(
          readFileSync(at("made", file), "utf8"),
        );
      expect(readFileSync(at("redrawn", "figure.png"))).toEqual(
        readFileSync(at("made", "figure.png")),
      );
      expect(
        JSON.parse(
          (
            await run(
              "tiny-study.yaml",
              "--quick",
              "--set",
              "grid.settle.free.steps=[2,6]",
              "--results",
              join("made", "drawn.jsonl"),
              "--out",
              "part",
              "--json",
            )
          ).stdout,
        ),
      ).toMatchObject({ cells: 4, kept: 2 });
    },
  );

  it("calls cells by the labels that they have now", async () => {
    writeFileSync(at("renamed-study.yaml"), text.replace("width: { a:", "width: { narrow:"));
    expect(
      await run(
        "renamed-study.yaml",
        "--quick",
        "--results",
        join("runs", "tiny-quick", "results.jsonl"),
        "--out",
        "renamed",
      ),
    ).toMatchObject({ code: 0 });
    expect(readFileSync(at("renamed", "results.csv"), "utf8").match(/,narrow,/g)).toHaveLength(2);
  });

  it("is finished when it is called again, and draws changed figures without running anything", async () => {
    writeFileSync(at("redrawn-study.yaml"), text.replace("title: Ends", "title: Other"));
    const { code, stdout, stderr } = await run("redrawn-study.yaml", ...quick.slice(1), "--json");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `all 4 cells are finished in ${join("runs", "tiny-quick")}\n`,
    });
    expect(JSON.parse(stdout)).toMatchObject({ kept: 4, ran: 0 });
    expect(readFileSync(at("runs/tiny-quick/figure-2.svg"), "utf8")).toContain("Other");
  });

  it("killed three times with -9 goes on to the values of an unbroken run, and redoes a torn line", async () => {
    const long = ["tiny-study.yaml", "--data", "data", "--set", "train.epochs=8", "--out"];
    expect(await run(...long, "whole", "--jobs", "1")).toMatchObject({ code: 0 });
    for (const finished of [1, 3, 5]) {
      const child = spawn(process.execPath, [main, "run", ...long, "killed"], {
        cwd: at(),
        stdio: "ignore",
      });
      const exit = once(child, "exit") as Promise<[number | null, string | null]>;
      while (
        child.exitCode === null &&
        !(
          existsSync(at("killed/results.jsonl")) &&
          readFileSync(at("killed/results.jsonl"), "utf8").split("\n").length > finished
        )
      )
        await sleep(5);
      child.kill("SIGKILL");
      expect((await exit)[1]).toBe("SIGKILL");
    }
    const before = lines("killed").length;
    expect(before).toBeLessThan(8);
    appendFileSync(at("killed/results.jsonl"), '{"id":"to');
    expect(JSON.parse((await run(...long, "killed", "--json")).stdout)).toMatchObject({
      kept: before,
      ran: 8 - before,
    });
    expect(results("killed")).toEqual(results("whole"));
    expect(results("killed")).toHaveLength(8);
  });

  it("records a cell that fails with its reason, finishes the others, exits with 1 and tries it again", async () => {
    writeFileSync(at("failing-study.yaml"), text.replace("[784, 6, 10]", "[100, 6, 10]"));
    const { code, stdout, stderr } = await run(
      "failing-study.yaml",
      ...quick.slice(1),
      "--out",
      "failing",
      "--json",
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "failed", cells: 4, ran: 4, failed: 2 });
    expect(stderr).toMatch(/steps = 2, b, seed 1: failed after .*network\.layers begins with 100/);
    expect(lines("failing").filter((l) => l.outcome === "failed")).toHaveLength(2);
    expect(readFileSync(at("failing/report.html"), "utf8")).toContain("Cells that failed");
    expect(
      JSON.parse(
        (await run("failing-study.yaml", ...quick.slice(1), "--out", "failing", "--json")).stdout,
      ),
    ).toMatchObject({ kept: 2, ran: 2, failed: 2 });
  });

  it("stopped by Ctrl-C exits with 130, keeps what is finished and lets go of its folder", async () => {
    const child = spawn(
      process.execPath,
      [
        main,
        "run",
        "tiny-study.yaml",
        "--data",
        "data",
        "--jobs",
        "1",
        "--set",
        "train.epochs=15",
        "--out",
        "stopped",
        "--json",
      ],
      { cwd: at(), stdio: ["ignore", "pipe", "pipe"] },
    );
    let stdout = "";
    child.stdout.on("data", (chunk: Uint8Array) => {
      stdout += new TextDecoder().decode(chunk);
    });
    let stderr = "";
    for await (const chunk of child.stderr) {
      stderr += new TextDecoder().decode(chunk as Uint8Array);
      if (!child.killed && /^\[1\/8\]/m.test(stderr)) child.kill("SIGINT");
    }
    if (child.exitCode === null) await once(child, "close");
    expect(child.exitCode, stderr).toBe(130);
    const { ran, outcome } = JSON.parse(stdout) as { ran: number; outcome: string };
    expect(outcome).toBe("interrupted");
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThan(8);
    expect(lines("stopped")).toHaveLength(ran);
    expect(existsSync(at("stopped/lock.json"))).toBe(false);
  });
});

describe("run refuses", () => {
  it("another study's folder, other settings without --resume, and a folder of other files", async () => {
    await run(...quick, "--out", "mine");
    writeFileSync(at("other-study.yaml"), text.replace("study: tiny", "study: other"));
    expect(await refused("other-study.yaml", ...quick.slice(1), "--out", "mine")).toContain(
      `--out mine: the folder holds the study "tiny", this is "other"; choose another folder`,
    );
    const other = await refused(
      ...quick,
      "--out",
      "mine",
      "--set",
      "learning.beta=1",
      "seeds=[1,2]",
    );
    expect(other).toContain(
      "--out mine: the folder holds this study with other settings:\n  seeds: [1] there, [1, " +
        "2] here\n  base.learning.beta: not given there, 1 here\nGive --resume",
    );
    expect(
      JSON.parse(
        (await run(...quick, "--out", "mine", "--set", "seeds=[1,2]", "--resume", "--json")).stdout,
      ),
    ).toMatchObject({ cells: 8, kept: 4, ran: 4 });
    expect(await refused(...quick, "--out", "data")).toContain(
      "--out data: the folder holds other files and no study; choose an empty or a new folder",
    );
  });

  it("a folder that another process works in", async () => {
    const child = spawn(
      process.execPath,
      [
        main,
        "run",
        "tiny-study.yaml",
        "--data",
        "data",
        "--set",
        "train.epochs=30",
        "--out",
        "busy",
      ],
      { cwd: at(), stdio: ["ignore", "ignore", "pipe"] },
    );
    while (!existsSync(at("busy/lock.json"))) await sleep(20);
    expect(
      await refused(
        "tiny-study.yaml",
        "--data",
        "data",
        "--set",
        "train.epochs=30",
        "--out",
        "busy",
      ),
    ).toContain(`busy is in use by process ${child.pid}`);
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  it(
    "to draw from results of other settings, into a folder of its own results, or with options " +
      "for running",
    async () => {
      await run(...quick, "--out", "own");
      const drawn = join("own", "drawn.jsonl");
      expect(await refused("tiny-study.yaml", "--results", drawn, "--out", "nothing")).toContain(
        "it has none of the 8 cells of this study; they are those of other settings, or of --quick",
      );
      expect(await refused("tiny-study.yaml", "--results", "gone.jsonl")).toContain(
        "--results gone.jsonl: there is no such file",
      );
      expect(
        await refused("tiny-study.yaml", "--quick", "--results", drawn, "--out", "own"),
      ).toContain("--out own: the study was run in this folder and has results of its own there");
      expect(await refused("tiny-study.yaml", "--results", drawn, "--jobs", "2")).toContain(
        "leave --jobs, --data and --resume out",
      );
      expect(
        await run("tiny-study.yaml", "--quick", "--results", drawn, "--out", "copied"),
      ).toMatchObject({ code: 0 });
      expect(await refused(...quick, "--out", "copied")).toContain(
        `--out copied: the folder was drawn from ${drawn}, nothing was run in it`,
      );
    },
  );

  it("other images than those of its results", async () => {
    await run(...quick, "--out", "images");
    const environment = readFileSync(at("images/environment.json"), "utf8")
      .replace(/"dataHash": "."/, '"dataHash": "0"')
      .replace(/"dataHash": "[0-9a-f]{64}"/, `"dataHash": "${"0".repeat(64)}"`);
    writeFileSync(at("images/environment.json"), environment);
    expect(await refused(...quick, "--out", "images")).toContain(
      "--out images: its results come from other data; name their folder with --data DIR",
    );
  });

  it("missing files, data and nonsense in options, before it makes a folder", async () => {
    expect(await refused("nowhere.yaml")).toContain("study nowhere.yaml: there is no such file");
    writeFileSync(at("baseless-study.yaml"), text.replace("tiny.yaml", "gone.yaml"));
    expect(await refused("baseless-study.yaml")).toMatch(
      /baseless-study\.yaml:4:7: base: experiment .*gone\.yaml: there is no such file/,
    );
    expect(await refused(...quick, "--jobs", "0")).toContain(
      "--jobs 0: expected a whole number from 1 to 999",
    );
    expect(await refused("tiny-study.yaml", "--data", "nowhere", "--out", "unmade")).toContain(
      "nowhere",
    );
    expect(existsSync(at("unmade"))).toBe(false);
  });
});
