import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { describe, expect, it } from "vitest";
import { arrayChunks } from "../../../src/study/node/slurm.ts";
import { workshop } from "../../runs/node/workshop.ts";
import { commandIn } from "../../support/command.ts";

const { at } = workshop();
writeFileSync(
  at("study.yaml"),
  `study: A Study
measure: gradient-limits
base: tiny.yaml
grid: { options.samples: [2, 3, 4, 5, 6, 7, 8] }
seeds: [1, 2]
`,
);
mkdirSync(at("bin"));
/** A program of Slurm that writes down what it is asked, and answers so. */
function program(name: string, answer: string): void {
  writeFileSync(at("bin", name), `#!/bin/sh\necho "$@" >> ${at("asked")}\n${answer}\n`);
  chmodSync(at("bin", name), 0o755);
}
const PATH = `${at("bin")}${delimiter}${process.env["PATH"] ?? ""}`;
const command = commandIn(at(), { PATH });
const submit = (...more: readonly string[]) =>
  command.run("study", "submit", "study.yaml", "--slurm", ...more);
const asked = () => readFileSync(at("asked"), "utf8").trim().split("\n");

describe("a list as arrays of Slurm", () => {
  it("keeps every index below MaxArraySize, and divides the tasks at a time", () => {
    expect(arrayChunks(250, 101, 8)).toEqual([
      { offset: 0, size: 101, parallel: 3, after: undefined },
      { offset: 101, size: 101, parallel: 3, after: undefined },
      { offset: 202, size: 48, parallel: 2, after: undefined },
    ]);
    expect(arrayChunks(101, 101, 8)).toMatchObject([{ size: 101, parallel: 8 }]);
  });

  it("lets arrays wait for each other where fewer tasks than arrays may run", () => {
    const chunks = arrayChunks(10, 2, 2);
    expect(chunks.map((c) => c.after)).toEqual([undefined, undefined, 0, 1, 2]);
    expect(chunks.map((c) => c.parallel)).toEqual([1, 1, 1, 1, 1]);
  });

  it("submits parts of the list and a job after them, and prints the same with --dry-run", async () => {
    program("scontrol", 'echo "MaxArraySize            = 3"');
    program("sbatch", "wc -l < asked");
    const more = ["--out", "out", "--pack", "2", "--time", "30", "--array-parallelism", "6"];
    const { code, stdout, stderr } = await submit(...more, "--additional=-Cfast", "--json");
    expect(code, stderr).toBe(0);
    const answer = JSON.parse(stdout) as { list: string };
    expect(answer).toMatchObject({ cells: 14, tasks: 7, jobs: ["2", "3", "4"], report: "5" });
    expect(readFileSync(at(answer.list), "utf8").trim().split("\n")).toHaveLength(7);
    const calls = asked().slice(1);
    expect(calls[0]).toMatch(
      /--job-name=A-Study --array=0-2%2 --time=30 --cpus-per-task=1 --signal=B:USR1@90 --requeue .* -Cfast out\/slurm\/cells-\w+\.sh 0$/,
    );
    expect(calls[2]).toMatch(/--array=0-0%2 .* 6$/);
    expect(calls[3]).toMatch(/--dependency=afterany:2:3:4 .*report\.sh$/);
    const dry = await submit(...more, "--dry-run");
    expect(dry.stdout).toContain('eval "$command --shard slurm-');
    expect(dry.stdout).toMatch(/^sbatch .*--dependency=afterany:JOB1 /m);
    expect(asked()).toHaveLength(5);
  });

  it("names the part that sbatch refuses, what is submitted, and fails", async () => {
    program("sbatch", 'case "$*" in *" 3") echo "invalid array" >&2; exit 1;; esac; echo 11');
    const { code, stderr } = await submit("--out", "refused", "--pack", "2");
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /sbatch refused part 2 of 3, lines 4 to 6 of refused\/slurm\/cells-\w+\.txt: invalid array/,
    );
    expect(stderr).toContain("scancel 11 takes them back");
  });

  it("says so where there is no Slurm, before anything is written", async () => {
    program("scontrol", "exit 1");
    const { code, stderr } = await submit("--out", "none");
    expect({ code, made: existsSync(at("none")) }).toEqual({ code: 2, made: false });
    expect(stderr).toMatch(/is this a machine of the cluster\? --dry-run prints/);
  });
});
