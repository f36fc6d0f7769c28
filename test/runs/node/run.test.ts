import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { parseOverride } from "../../../src/experiment/overrides.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { evaluateRun, reportRun } from "../../../src/runs/node/reopen.ts";
import { readCheckpoint } from "../../../src/runs/node/checkpoint.ts";
import { readMetrics } from "../../../src/runs/node/records.ts";
import { train } from "../../../src/runs/node/run.ts";
import type { TrainRequest } from "../../../src/runs/node/run.ts";
import { readSafetensors, writeSafetensors } from "../../../src/exports/safetensors.ts";
import { fakeTools } from "./fake-session.ts";
import type { FakeOptions } from "./fake-session.ts";
import { hashOf, workshop } from "./workshop.ts";

const { at, data, file } = workshop();
const set = (...texts: string[]) => texts.map((t) => parseOverride(t, experimentSchema));
const go = (request: Partial<TrainRequest>, fake: FakeOptions = {}, checkpointEvery = 20) =>
  train({ file, data, ...request }, { ...fakeTools(fake), checkpointEvery });
// Takes the lock of a run the way a training process does, and stays.
const lockScript = `
  const fs = require("fs");
  const own = "/proc/" + process.pid + "/stat";
  const stat = fs.existsSync(own) ? fs.readFileSync(own, "utf8") : "";
  const boot = () => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const started = () => stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  const born = stat && boot() + "/" + started();
  const host = require("os").hostname();
  fs.writeFileSync(process.argv[1], JSON.stringify({ pid: process.pid, host, born }));
  console.log("ready"); setInterval(() => {}, 1000);`;
const steps = (dir: string) => readMetrics(dir).map((m) => m.step);

describe("a run folder", () => {
  it("holds settings, environment, metrics, checkpoint, log, report, the copy and the result", async () => {
    const dir = at("whole");
    const result = await go({ out: dir, command: "analog-eqprop train 'my file.yaml'" });
    expect(result).toMatchObject({
      outcome: "completed",
      testErrorChip: 10,
      testErrorCopy: 11,
      epochs: 3,
      runDir: dir,
    });
    expect(readdirSync(dir).sort()).toEqual([
      "checkpoint.safetensors",
      "circuit.yaml",
      "clock.json",
      "config.resolved.yaml",
      "copy.onnx",
      "copy.safetensors",
      "environment.json",
      "metrics.jsonl",
      "report.html",
      "result.json",
      "train.log",
    ]);
    expect(steps(dir)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(readFileSync(`${dir}/train.log`, "utf8").trim().split("\n")).toHaveLength(7);
    expect(JSON.parse(readFileSync(`${dir}/environment.json`, "utf8"))).toMatchObject({
      seed: 1,
      node: process.version,
      command: "analog-eqprop train 'my file.yaml'",
    });
    expect(readSafetensors(readFileSync(`${dir}/checkpoint.safetensors`)).metadata).toMatchObject({
      step: "120",
      metrics: "6",
    });
    expect(readFileSync(`${dir}/report.html`, "utf8")).toContain("Tiny Run");
  });

  it("that is removed in the middle is said to be gone, as a failure", async () => {
    const dir = at("removed");
    const watcher = { evaluated: () => rmSync(dir, { recursive: true, force: true }) };
    await expect(go({ out: dir, watcher })).rejects.toMatchObject({
      name: "RunError",
      message: expect.stringMatching(
        /the folder .*removed does not exist[^]*The folder .*removed is gone, and what was in it\.$/,
      ) as string,
    });
  });

  it("of the plain rule has no copy", async () => {
    const dir = at("plain");
    expect(
      await go({ out: dir, overrides: set("learning.rule=plain", "train.epochs=0.5") }),
    ).toMatchObject({ testErrorCopy: null });
    expect(existsSync(`${dir}/copy.onnx`)).toBe(false);
    expect(existsSync(`${dir}/report.html`)).toBe(true);
  });

  it("has the same checkpoint, byte for byte, for equal seeds and another one for another seed", async () => {
    for (const [name, seed] of [
      ["a", 5],
      ["b", 5],
      ["c", 6],
    ] as const)
      await go({ out: at("seeds", name), overrides: set(`seed=${seed}`, "train.epochs=1") });
    expect(hashOf(at("seeds/a/checkpoint.safetensors"))).toBe(
      hashOf(at("seeds/b/checkpoint.safetensors")),
    );
    expect(hashOf(at("seeds/a/checkpoint.safetensors"))).not.toBe(
      hashOf(at("seeds/c/checkpoint.safetensors")),
    );
  });

  it("is made from its resolved settings again with the same bits", async () => {
    await go({ out: at("again/a"), overrides: set("train.epochs=1", "seed=9") });
    await go({ file: at("again/a/config.resolved.yaml"), out: at("again/b") });
    expect(hashOf(at("again/b/checkpoint.safetensors"))).toBe(
      hashOf(at("again/a/checkpoint.safetensors")),
    );
  });
});

describe("a run that stops", () => {
  it("by a signal keeps a checkpoint and goes on to the same bits", async () => {
    await go({ out: at("stop/whole") });
    const stop = new AbortController();
    const dir = at("stop/parts");
    const first = await go(
      {
        out: dir,
        signal: stop.signal,
        watcher: {
          progress: (p) => {
            if (p.step > 50) stop.abort();
          },
        },
      },
      { pause: 2 },
    );
    expect(first.outcome).toBe("interrupted");
    expect(first.epochs).toBeLessThan(3);
    expect(await go({ out: dir, resume: true })).toMatchObject({ outcome: "completed", epochs: 3 });
    expect(steps(dir)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(hashOf(`${dir}/checkpoint.safetensors`)).toBe(
      hashOf(at("stop/whole/checkpoint.safetensors")),
    );
  });

  it("before its first minibatch starts from the beginning when it goes on", async () => {
    const dir = at("early");
    expect(await go({ out: dir, signal: AbortSignal.abort() })).toMatchObject({
      outcome: "interrupted",
      testErrorChip: null,
      epochs: 0,
    });
    rmSync(`${dir}/checkpoint.safetensors`);
    expect(await go({ out: dir, resume: true })).toMatchObject({ outcome: "completed" });
    expect(steps(dir)).toEqual([20, 40, 60, 80, 100, 120]);
  });

  it("while its folder was made counts as not begun, with and without --resume", async () => {
    for (const resume of [true, false]) {
      const dir = at(`torn-${resume}`);
      mkdirSync(dir);
      writeFileSync(`${dir}/environment.json`, "{");
      writeFileSync(`${dir}/.circuit.yaml.4000000.tmp`, "na");
      writeFileSync(`${dir}/lock.json`, "");
      expect(await go({ out: dir, resume, overrides: set("train.epochs=0.5") })).toMatchObject({
        outcome: "completed",
      });
    }
  });

  it("after an evaluation but before its checkpoint drops that evaluation, and a torn line", async () => {
    const dir = at("metrics");
    await go({ out: dir, signal: AbortSignal.abort() });
    await go({ out: at("metrics-whole") });
    appendFileSync(
      `${dir}/metrics.jsonl`,
      `${readFileSync(at("metrics-whole/metrics.jsonl"), "utf8").split("\n")[0]}\n{"step": 8`,
    );
    await go({ out: dir, resume: true });
    expect(steps(dir)).toEqual([20, 40, 60, 80, 100, 120]);
  });

  it("after the last checkpoint makes the report and the result when it goes on", async () => {
    const dir = at("unfinished");
    await go({ out: dir });
    for (const name of ["result.json", "report.html", "copy.onnx"]) rmSync(`${dir}/${name}`);
    const result = await go({ out: dir, resume: true });
    expect(result).toMatchObject({ outcome: "completed", testErrorChip: 10 });
    expect(result.seconds).toBeGreaterThan(0);
    expect(
      existsSync(`${dir}/report.html`) &&
        existsSync(`${dir}/copy.onnx`) &&
        existsSync(`${dir}/result.json`),
    ).toBe(true);
  });

  it("because it is finished says so and changes nothing", async () => {
    const dir = at("finished");
    const before = await go({ out: dir, overrides: set("train.epochs=0.5") });
    const notes: string[] = [];
    const hash = hashOf(`${dir}/report.html`);
    expect(
      await go({
        out: dir,
        resume: true,
        overrides: set("train.epochs=0.5"),
        watcher: { note: (text) => notes.push(text) },
      }),
    ).toEqual(before);
    expect(notes).toEqual([`${dir} is finished (completed); nothing is left to do`]);
    expect(hashOf(`${dir}/report.html`)).toBe(hash);
  });
});

describe("a run diverges", () => {
  const dead = { error: () => 90 };

  it("when its training error is no better than chance for its patience, and goes on when told to", async () => {
    const dir = at("diverged");
    const impatient = set("train.patience=40");
    const result = await go({ out: dir, overrides: impatient }, dead);
    expect(result).toMatchObject({ outcome: "diverged", epochs: 1 });
    expect(result.advice).toMatch(
      /the chip's training error is 90 % after 1 epochs, no better than chance \(90 %\), and has not fallen for 40 minibatches\. Tried on /,
    );
    expect(existsSync(`${dir}/report.html`)).toBe(true);
    // With as much patience once more, and with as much as it takes.
    const resumed = { out: dir, resume: true, overrides: impatient };
    expect(await go(resumed, dead)).toMatchObject({ outcome: "diverged", epochs: 2 });
    const patient = set("train.patience=none");
    expect(await go({ ...resumed, overrides: patient }, dead)).toMatchObject({
      outcome: "completed",
      epochs: 3,
    });
    expect(steps(dir)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(await go(resumed, dead)).toMatchObject({ outcome: "completed" });
  });

  it("not where it learns slowly", async () => {
    expect(await go({ out: at("slow") }, { error: (e) => 88 - e })).toMatchObject({
      outcome: "completed",
    });
  });

  it("at once when something is not finite, also between evaluations", async () => {
    const dir = at("nan");
    const result = await go({ out: dir }, { breaksAt: 27 });
    expect(result).toMatchObject({ outcome: "diverged" });
    expect(steps(dir)).toEqual([20, 27]);
    expect(readMetrics(dir)[1].residual).toBeNaN();
    // The last checkpoint that holds numbers stays, and nothing else is taken home.
    expect(readCheckpoint(dir)?.snapshot.step).toBe(20);
    expect(existsSync(`${dir}/copy.onnx`)).toBe(false);
    expect(result).toMatchObject({ testErrorCopy: null, testErrorChip: null, physics: null });
  });

  it("again when it was killed before the result was written", async () => {
    const dir = at("nan-again");
    await go({ out: dir }, { breaksAt: 27 });
    rmSync(`${dir}/result.json`);
    expect(await go({ out: dir, resume: true }, { breaksAt: 27 })).toMatchObject({
      outcome: "diverged",
    });
    expect(steps(dir)).toEqual([20, 27]);
  });
});

describe("a run is refused before anything is written", () => {
  it("in a folder with other files", async () => {
    mkdirSync(at("foreign"));
    writeFileSync(at("foreign/thesis.tex"), "");
    await expect(go({ out: at("foreign") })).rejects.toThrow(
      "the folder holds other files and no run; choose an empty or a new folder",
    );
    expect(readdirSync(at("foreign"))).toEqual(["thesis.tex"]);
  });

  it("in the folder of a run, unless it goes on", async () => {
    await go({ out: at("taken"), overrides: set("train.epochs=0.5") });
    await expect(go({ out: at("taken") })).rejects.toThrow(
      "holds a run already; go on with it by --resume, or choose another folder",
    );
  });

  it("when it would go on with other settings, and the message names them", async () => {
    const dir = at("other");
    await go({ out: dir, overrides: set("train.epochs=0.5") });
    await expect(
      go({ out: dir, resume: true, overrides: set("learning.beta=1", "seed=2") }),
    ).rejects.toThrow(
      "holds a checkpoint of another configuration:\n  learning.beta: 0.5 there, 1 here\n  " +
        "train.epochs: 0.5 there, 3 here\n  seed: 1 there, 2 here\nUse the settings",
    );
  });

  it("when it would go on with another schematic under the same name", async () => {
    cpSync("circuits/ideal.yaml", at("mine.yaml"));
    const overrides = set("circuit=./mine.yaml", "train.epochs=0.5");
    await go({ out: at("circuit"), overrides });
    writeFileSync(at("mine.yaml"), readFileSync(at("mine.yaml"), "utf8").replace("1 pF", "2 pF"));
    await expect(go({ out: at("circuit"), resume: true, overrides })).rejects.toThrow(
      "circuit: its values differ",
    );
  });

  it("when it would go on with other images", async () => {
    const dir = at("images");
    await go({ out: dir, signal: AbortSignal.abort() });
    cpSync(data, at("data2"), { recursive: true });
    const bytes = readFileSync(at("data2/train-images-idx3-ubyte"));
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(at("data2/train-images-idx3-ubyte"), bytes);
    await expect(go({ out: dir, resume: true, data: at("data2") })).rejects.toThrow(
      "the data are not those that",
    );
  });

  it("when its evaluations are damaged", async () => {
    const dir = at("lines");
    await go({ out: dir, signal: AbortSignal.abort() });
    writeFileSync(`${dir}/metrics.jsonl`, '{"step": 20}\n');
    await expect(go({ out: dir, resume: true })).rejects.toThrow(
      `${dir}/metrics.jsonl:1:1: epoch: missing; expected a number ≥ 0`,
    );
  });

  it("when its checkpoint is damaged", async () => {
    const dir = at("damaged");
    await go({ out: dir, signal: AbortSignal.abort() });
    writeFileSync(
      `${dir}/checkpoint.safetensors`,
      readFileSync(`${dir}/checkpoint.safetensors`).subarray(0, 5000),
    );
    await expect(go({ out: dir, resume: true })).rejects.toThrow(
      /checkpoint .*truncated; restore the file, or start a new run/,
    );
  });

  it.each([
    ["random", "{}"],
    ["random", "null"],
    ["evaluations", "null"],
    ["step", "1000000000"],
    ["step", "NaN"],
    ["step", "-5"],
    ["programmings", "1.5"],
    ["metrics", "x"],
  ])("when %s of its checkpoint is %s", async (key, value) => {
    const dir = at(`field-${key}-${value}`);
    await go({ out: dir, signal: AbortSignal.abort() });
    const path = `${dir}/checkpoint.safetensors`;
    const { tensors, metadata } = readSafetensors(readFileSync(path));
    writeFileSync(path, writeSafetensors(tensors, { ...metadata, [key]: value }));
    await expect(go({ out: dir, resume: true })).rejects.toThrow(
      key === "step" && value === "1000000000"
        ? /it is at minibatch 1000000000, expected at most/
        : new RegExp(`checkpoint .*: in field ${key}: ${key}.*expected .*; restore the file`, "s"),
    );
  });

  it("while another process trains in the folder", async () => {
    const dir = at("busy");
    await go({ out: dir, signal: AbortSignal.abort() });
    const other = spawn(process.execPath, ["-e", lockScript, `${dir}/lock.json`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(other.stdout, "data");
    await expect(go({ out: dir, resume: true })).rejects.toThrow(
      `${dir} is in use by process ${other.pid ?? ""}; wait for it, stop it, or choose ` +
        "another folder",
    );
    other.kill("SIGKILL");
    await once(other, "exit");
    expect(await go({ out: dir, resume: true })).toMatchObject({ outcome: "completed" });
    expect(existsSync(`${dir}/lock.json`)).toBe(false);
  });

  it("when the network cannot fit in memory", async () => {
    await expect(
      go({ out: at("huge"), overrides: set("network.layers=[784,100000000,10]") }),
    ).rejects.toThrow(
      /\d+ synapses, in minibatches of \d+: too large: it needs about .* [GT]B of memory/,
    );
    expect(existsSync(at("huge"))).toBe(false);
  });

  it("when it is shorter than one minibatch", async () => {
    await expect(go({ out: at("short"), overrides: set("train.epochs=0.001") })).rejects.toThrow(
      "train.epochs 0.001 is less than one minibatch; an epoch has 40 of them",
    );
    expect(existsSync(at("short"))).toBe(false);
  });

  it("with a link that runs in a circle as its folder", async () => {
    symlinkSync("loop", at("loop"));
    await expect(go({ out: at("loop") })).rejects.toThrow("its links run in a circle");
  });
});

describe("a finished run", () => {
  it("is measured again from its folder alone, with the numbers of its last evaluation", async () => {
    const dir = at("measure");
    await go({ out: dir });
    const again = await evaluateRun(dir, undefined, fakeTools().createSession);
    const last = readMetrics(dir).at(-1)!;
    expect(again).toMatchObject({
      sameData: true,
      asymmetry: 0,
      step: last.step,
      residual: last.residual,
      testErrorChip: last.testErrorChip,
      testErrorCopy: last.testErrorCopy,
    });
  });

  it("cites in its report what settled its phases, each once", async () => {
    const cited = async (out: string, ...changes: string[]) => {
      await go({ out: at(out), overrides: set("train.epochs=0.5", ...changes) });
      const report = readFileSync(at(out, "report.html"), "utf8");
      return [...report.matchAll(/@[a-z]+\{([a-z0-9_]+),/g)].map(([, key]) => key);
    };
    const usual = await cited("cited-euler");
    const sweeps = await cited(
      "cited-sweeps",
      "settle.solver=block-descent",
      "settle.nudged={steps: 2, solver: euler-maruyama}",
    );
    expect(usual).toContain("oconnor2019initialized");
    expect(new Set(usual).size).toBe(usual.length);
    expect(sweeps.filter((key) => !usual.includes(key))).toEqual([
      "tseng2001convergence",
      "kloeden1992numerical",
      "lepingle1995euler",
    ]);
  });

  it("gets its report anew, with the same words", async () => {
    const dir = at("anew");
    await go({ out: dir });
    const before = readFileSync(`${dir}/report.html`, "utf8");
    rmSync(`${dir}/report.html`);
    expect(await reportRun(dir, undefined, fakeTools())).toBe(`${dir}/report.html`);
    expect(readFileSync(`${dir}/report.html`, "utf8")).toBe(before);
  });

  it("is not what a folder without settings is", async () => {
    await expect(evaluateRun(data)).rejects.toThrow(
      "is no run folder: config.resolved.yaml is missing",
    );
    await expect(evaluateRun(at("nowhere"))).rejects.toThrow("is no run folder");
  });
});
