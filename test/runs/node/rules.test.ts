import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { evaluateUnder } from "../../../src/runs/node/conditions.ts";
import { evaluateRun, reportRun, train } from "../../../src/runs/node/index.ts";
import { readMetrics } from "../../../src/runs/node/records.ts";
import { settleTarget } from "../../../src/runs/node/settle.ts";
import { parseOverride } from "../../../src/experiment/overrides.ts";
import { experimentSchema } from "../../../src/experiment/schema.ts";
import { readSafetensors } from "../../../src/exports/safetensors.ts";
import { hashOf, workshop } from "./workshop.ts";

const { at, data, file } = workshop();
const command = join(import.meta.dirname, "../../../dist/cli/main.js");
const run = promisify(execFile);
const net = "network.layers=[784,20,10]";
const steps = "settle.free.steps=12";
/** A rule, what sets it, and whether a copy and a chip come of it. */
const rules: [name: string, set: string[], copy: boolean, chip: boolean][] = [
  ["persistent", ["learning.rule=persistent"], false, true],
  ["tied", ["learning.rule=tied"], true, true],
  ["backpropagation", ["learning.rule=backpropagation"], true, false],
  ["asymmetric", ["network.asymmetric=true"], true, true],
  ["step", ["learning.copy.activation=step"], true, true],
  ["energy", ["learning.copy.target=energy"], true, true],
];
const all = (set: readonly string[]) => [net, steps, ...set];
const overrides = (set: readonly string[]) =>
  all(set).map((text) => parseOverride(text, experimentSchema));

describe.each(rules)("%s", (name, set, copy, chip) => {
  beforeAll(async () => {
    expect(existsSync(command), "run `npm run build` first").toBe(true);
    expect(
      await train({ file, data, out: at(name), overrides: overrides(set), threads: 1 }),
    ).toMatchObject({ outcome: "completed" });
  });

  it("ends with the same bits on three threads", async () => {
    await run(process.execPath, [
      command,
      "train",
      file,
      "--data",
      data,
      "--set",
      ...all(set),
      "--threads",
      "3",
      "--out",
      at(`${name}-threads`),
    ]);
    expect(hashOf(at(`${name}-threads/checkpoint.safetensors`))).toBe(
      hashOf(at(`${name}/checkpoint.safetensors`)),
    );
  }, 60_000);

  it("ends with the same bits when it was stopped and went on, in the middle of its second epoch", async () => {
    const dir = at(`${name}-parts`);
    const stop = new AbortController();
    // Evaluations fall due every half epoch of 40 minibatches.
    const first = await train({
      file,
      data,
      out: dir,
      overrides: overrides(set),
      threads: 1,
      signal: stop.signal,
      watcher: {
        evaluated: (m) => {
          if (m.step === 60) stop.abort();
        },
      },
    });
    expect(first).toMatchObject({ outcome: "interrupted", epochs: 1.5 });
    expect(
      await train({ file, data, out: dir, overrides: overrides(set), threads: 1, resume: true }),
    ).toMatchObject({ outcome: "completed" });
    expect(hashOf(join(dir, "checkpoint.safetensors"))).toBe(
      hashOf(at(`${name}/checkpoint.safetensors`)),
    );
  });

  it("is measured again and reported from its folder, with what it has: no word of what it has not", async () => {
    const last = readMetrics(at(name)).at(-1)!;
    const again = await evaluateRun(at(name), data);
    expect(again).toMatchObject({
      testErrorCopy: last.testErrorCopy,
      testErrorChip: last.testErrorChip,
      residual: last.residual,
      agreement: last.agreement,
      finite: true,
    });
    expect([
      last.testErrorCopy !== null,
      last.testErrorChip !== null,
      last.residual !== null,
      last.agreement !== null,
      last.chipWeights.length > 0,
      last.copyWeights.length > 0,
    ]).toEqual([copy, chip, chip, copy && chip, chip, copy]);
    expect(existsSync(at(name, "copy.onnx"))).toBe(copy);
    const report = at(name, "report.html");
    const before = readFileSync(report, "utf8");
    const text = before
      .slice(before.indexOf("<header>"), before.indexOf("Make it again"))
      .replace(/<[^>]*>/g, " ");
    expect(text).not.toMatch(/\b(NaN|null|undefined)\b/);
    expect(/test error of the\s+copy/.test(text)).toBe(copy);
    expect(/test error of the\s+chip/.test(text)).toBe(chip);
    await reportRun(at(name), data);
    expect(readFileSync(report, "utf8")).toBe(before);
  });

  it("learns its blobs", () => {
    // Ten classes of the workshop are told apart by one pixel in ten; guessing is wrong nine times
    // of ten.
    const last = readMetrics(at(name)).at(-1)!;
    expect(chip ? last.testErrorChip! : last.testErrorCopy!).toBeLessThan(60);
  });
});

describe("a run by backpropagation", () => {
  it("has no chip to settle or to measure under other conditions, and says so", async () => {
    await expect(
      settleTarget({ target: at("backpropagation"), options: {}, data, command: "" }),
    ).rejects.toThrow("a run by backpropagation has no trained chip, so nothing settles");
    await expect(evaluateUnder(at("backpropagation"), { die: 2 }, data)).rejects.toThrow(
      "a run by backpropagation has no trained chip",
    );
  });
});

describe("persistent states", () => {
  it("are in the checkpoint, a row for each training image, and where its free phase ended", () => {
    const { tensors } = readSafetensors(readFileSync(at("persistent/checkpoint.safetensors")));
    const states = tensors.find((t) => t.name === "chip.states")!;
    expect(states.shape).toEqual([400, 20 + 12]);
    expect(states.data.every((s) => s >= 0 && s <= 1)).toBe(true);
    // Every image was seen three times, and no two are alike.
    const rows = new Set(
      Array.from({ length: 400 }, (_, i) => states.data.subarray(i * 32, (i + 1) * 32).join()),
    );
    expect(rows.size).toBe(400);
  });

  it("of another number of images are refused", async () => {
    await expect(
      train({
        file,
        data,
        out: at("persistent"),
        overrides: overrides(["learning.rule=persistent", "data.train=200"]),
        resume: true,
      }),
    ).rejects.toThrow("checkpoint of another configuration");
  });
});
