import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const text = `study: tiny
measure: training
base: tiny.yaml
with: { train.epochs: 0.5 }
grid:
  settle.free.steps: [4, 2]
  width: { "10": { network.layers: [784, 5, 10] }, "2": { network.layers: [784, 6, 10] } }
seeds: [1]
quick: { grid: { width: ["2"] } }
skip: [{ width: "10", settle.free.steps: 2 }]
figures:
  - { title: Ends, x: settle.free.steps, y: testErrorChip, line: width }
table: { rows: width, columns: settle.free.steps, value: testErrorChip }
`;
writeFileSync(at("tiny-study.yaml"), text);
const command = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
const study = (...args: readonly string[]) => command.run("study", ...args);

interface Row {
  readonly id: string;
  readonly outcome: string;
  readonly made: { readonly digest: string; readonly host: string; readonly data: string };
}
const rows = (...path: string[]) =>
  readFileSync(at(...path), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
const digests = (dir: string) =>
  rows(dir, "results.jsonl").map(({ id, made }) => `${id} ${made.digest}`);

/** The words behind `analog-eqprop study`, of each listed command. */
async function listed(out: string, ...more: readonly string[]): Promise<readonly string[][]> {
  const { code, stdout, stderr } = await study(
    ...["cells", "tiny-study.yaml", "--data", "data", "--out", out],
    ...more,
  );
  expect(code, stderr).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ").slice(2));
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await study(...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  return stderr;
}

describe("a study cell by cell", () => {
  it("comes to the same numbers as `run`, in its order, and merging twice changes nothing", async () => {
    const whole = ["tiny-study.yaml", "--data", "data", "--out", "whole", "--jobs", "1"];
    expect(await command.run("run", ...whole)).toMatchObject({ code: 0 });
    const commands = await listed("parts");
    expect(commands).toHaveLength(3);
    // Not in the order of the grid.
    for (const words of [...commands].reverse())
      expect(await study(...words)).toMatchObject({ code: 0 });
    expect(await study("merge", "parts", "--json")).toMatchObject({ code: 0 });
    const merged = readFileSync(at("parts", "results.jsonl"), "utf8");
    expect(await study("merge", "parts")).toMatchObject({ code: 0 });
    expect(readFileSync(at("parts", "results.jsonl"), "utf8")).toBe(merged);
    const inOrder = (dir: string) =>
      rows(dir, "cells.jsonl")
        .slice(1)
        .map(({ id }) => id);
    expect(rows("parts", "results.jsonl").map(({ id }) => id)).toEqual(inOrder("whole"));
    expect(digests("parts")).toEqual(
      [...digests("whole")].sort(
        (a, b) =>
          inOrder("whole").indexOf(a.slice(0, 16)) - inOrder("whole").indexOf(b.slice(0, 16)),
      ),
    );
    expect(await study("report", "parts")).toMatchObject({ code: 0 });
    for (const file of ["table.md", "figure.svg", "drawn.jsonl"])
      expect(readFileSync(at("parts", file), "utf8").replace(/"seconds":[\d.]+/g, ""), file).toBe(
        readFileSync(at("whole", file), "utf8").replace(/"seconds":[\d.]+/g, ""),
      );
    // `run` goes on where shards have been.
    rmSync(at("parts", "results.jsonl"));
    const again = await command.run("run", ...whole.with(4, "parts"), "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ kept: 3, ran: 0 });
  });

  it("keeps what is finished, packs cells, lists what is left, and redoes a torn line", async () => {
    const [pack, last] = await listed("packed", "--pack", "2");
    expect(pack.slice(0, 2)).toEqual(["cell", "tiny-study.yaml"]);
    const first = await study(...pack, "--json");
    expect(JSON.parse(first.stdout)).toMatchObject({ cells: 2, kept: 0, ran: 2 });
    const shard = readdirSync(at("packed")).find((f) => /^results\..+\.jsonl$/.test(f))!;
    appendFileSync(at("packed", shard), '{"id": "torn');
    expect(JSON.parse((await study(...pack, "--json")).stdout)).toMatchObject({ kept: 2, ran: 0 });
    expect((await study("status", "packed")).stdout).toMatch(
      /^tiny: 2 of 3 cells are finished, 1 are missing, 0 failed/,
    );
    expect(await listed("packed", "--left")).toEqual([last]);
    // A later attempt knows what the earlier one has finished, and has a file of its own.
    const later = await study(...pack, ...last.slice(2, 3), "--attempt", "1", "--json");
    expect(JSON.parse(later.stdout)).toMatchObject({ cells: 3, kept: 2, ran: 1 });
    expect(JSON.parse((await study("status", "packed", "--json")).stdout)).toMatchObject({
      cells: 3,
      finished: 3,
      missing: 0,
      lines: 3,
      conflicts: [],
    });
  });

  it("tells of a cell that came out twice with other numbers, and of results from other data", async () => {
    const [line] = await listed("twice");
    expect(await study(...line)).toMatchObject({ code: 0 });
    const [row] = rows("twice", `results.${line[2]}.jsonl`);
    const other = { ...row, made: { ...row.made, digest: "0", host: "elsewhere" } };
    writeFileSync(at("twice", "results.other.jsonl"), `${JSON.stringify(other)}\n`);
    const { code, stdout } = await study("status", "twice");
    expect(code).toBe(1);
    expect(stdout).toMatch(/conflict +\w{16} has other numbers in .*\(elsewhere, version/);
    const strange = { ...row, made: { ...row.made, data: "of others" } };
    writeFileSync(at("twice", "results.other.jsonl"), `${JSON.stringify(strange)}\n`);
    expect(await refused("status", "twice")).toContain(
      join("twice", "results.other.jsonl: its results come from other data"),
    );
  });

  it("refuses a changed study, a list of another version, a cell that there is not, a held shard", async () => {
    const [line] = await listed("changed");
    writeFileSync(at("tiny-study.yaml"), text.replace("epochs: 0.5", "epochs: 1"));
    try {
      expect(await refused(...line)).toMatch(
        /the study has changed since its cells were listed: tiny-study.yaml gives .* other settings now/,
      );
    } finally {
      writeFileSync(at("tiny-study.yaml"), text);
    }
    expect(await refused(...line.with(2, "abc"))).toMatch(/has no such cell/);
    const cells = at("changed", "cells.jsonl");
    const list = readFileSync(cells, "utf8");
    writeFileSync(cells, list.replace(/"version":"[^"]+"/, '"version":"0.0.1"'));
    expect(await refused(...line)).toMatch(
      /analog-eqprop 0\.0\.1 made this list of cells, this is/,
    );
    writeFileSync(cells, list.split("\n").slice(0, 2).join("\n") + "\n");
    expect(await refused(...line)).toMatch(/it has 1 cells, expected 3: the file was damaged/);
    writeFileSync(cells, list);
    const held = { pid: 1, host: "another-node", born: "" };
    writeFileSync(at("changed", "lock.mine.json"), JSON.stringify(held));
    expect(await refused(...line, "--shard", "mine")).toMatch(
      /shard mine of changed is in use by process 1 on another-node; .* choose another one with --shard/,
    );
    expect(await refused(...line, "--shard", "../x")).toMatch(/--shard \.\.\/x: expected/);
    expect(await refused("status", "data")).toMatch(
      /there is no list of the cells of a study here/,
    );
  });

  it("makes the folder of a study that a cell is the first to come to", async () => {
    const [line] = await listed("list");
    const alone = line.map((word) => (word === "list" ? "alone" : word));
    expect(await study(...alone)).toMatchObject({ code: 0 });
    expect(JSON.parse((await study("status", "alone", "--json")).stdout)).toMatchObject({
      finished: 1,
      missing: 2,
    });
  });
});

describe("before a long run", () => {
  it("tells what a study will take, and writes nothing", async () => {
    const { code, stdout, stderr } = await study(
      ...["plan", "tiny-study.yaml", "--data", "data", "--jobs", "2", "--seconds", "100", "--json"],
    );
    expect(code, stderr).toBe(0);
    const plan = JSON.parse(stdout) as {
      cells: number;
      seconds: number;
      threadSeconds: number;
      kinds: readonly { cells: number; seconds: number; by: string; bytes: number }[];
    };
    expect(plan).toMatchObject({ study: "tiny", cells: 3, jobs: 2 });
    // Steps and widths make another kind of each.
    expect(plan.kinds).toHaveLength(3);
    expect(plan.kinds.every((k) => k.by === "time" && k.seconds > 0 && k.bytes > 1e4)).toBe(true);
    expect(plan.threadSeconds).toBeCloseTo(
      plan.kinds.reduce((sum, k) => sum + k.cells * k.seconds, 0),
      9,
    );
    expect(plan.seconds).toBeLessThanOrEqual(plan.threadSeconds);
    expect(existsSync(at("runs"))).toBe(false);
  });

  it("names what is there, missing or slow", async () => {
    const doctor = commandIn(at(), { EQPROP_DATA: at("data"), XDG_CACHE_HOME: at("cache") });
    const { code, stdout } = await doctor.run("doctor", "--json");
    const found = new Map(
      (JSON.parse(stdout) as { name: string; state: string; found: string; todo: string }[]).map(
        (f) => [f.name, f],
      ),
    );
    expect(code).toBe(0);
    expect(found.get("data mnist")).toMatchObject({ state: "fine", found: at("data") });
    expect(found.get("data emnist-letters")).toMatchObject({
      state: "absent",
      todo: expect.stringMatching(/^get .* and unpack it$/),
    });
    expect(found.get("WebAssembly SIMD")).toMatchObject({ state: "fine" });
    expect(found.get("WebAssembly threads")).toMatchObject({ state: "fine" });
    expect(found.get("Node")?.found).toContain(process.version);
    for (const name of ["processors", "memory", "disk", "ngspice", "Slurm"])
      expect(found.has(name), name).toBe(true);
  });
});
