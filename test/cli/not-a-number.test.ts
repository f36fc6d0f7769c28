import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { requireSoundCopy } from "../../src/learning/copy-network.ts";
import { unsoundTensor } from "../../src/training/sound.ts";
import { readSafetensors, writeSafetensors } from "../../src/exports/safetensors.ts";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
const tiny = ["tiny.yaml", "--data", "data", "--set"];

describe("a network whose weights are not numbers", () => {
  let told: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    told = await run("train", ...tiny, "learning.rates=[1e30,1e30]", "--out", "blown", "--json");
  }, 60_000);

  it("has no error, no physics and nothing to take home", () => {
    expect(told.code).toBe(1);
    expect(told.stderr).toContain("test error: copy not a number, chip not a number");
    expect(JSON.parse(told.stdout)).toMatchObject({
      outcome: "diverged",
      testErrorCopy: null,
      testErrorChip: null,
      trainErrorCopy: null,
      trainErrorChip: null,
      physics: null,
    });
    const lines = readFileSync(at("blown/metrics.jsonl"), "utf8").trimEnd().split("\n");
    expect(JSON.parse(lines[lines.length - 1])).toMatchObject({
      finite: false,
      testErrorCopy: null,
      testErrorChip: null,
      agreement: null,
      residual: null,
    });
    for (const file of ["copy.onnx", "copy.safetensors", "checkpoint.safetensors"])
      expect(existsSync(at("blown", file)), file).toBe(false);
    expect(readFileSync(at("blown/report.html"), "utf8")).toContain("not a number");
  });

  it.each([
    ["evaluate", []],
    ["evaluate", ["--die", "2"]],
    ["settle", []],
    ["netlist", ["--fold"]],
    ["report", []],
  ])("%s %j says so and fails", async (command, options) => {
    const { code, stdout, stderr } = await run(command, "blown", ...options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: blown: nothing of this run can be measured.*diverged/);
  });

  it("is also recognised in the checkpoint of an earlier version", async () => {
    expect(await run("train", "tiny.yaml", "--data", "data", "--out", "old")).toMatchObject({
      code: 0,
    });
    const path = at("old/checkpoint.safetensors");
    const { tensors, metadata } = readSafetensors(readFileSync(path));
    tensors.find((t) => t.name === "chip.block.0-1.weight")!.data[3] = NaN;
    expect(unsoundTensor(tensors)).toBe("chip.block.0-1.weight");
    writeFileSync(path, writeSafetensors(tensors, metadata));
    for (const command of ["evaluate", "settle", "netlist", "report"]) {
      const { code, stderr } = await run(command, "old");
      expect(code).toBe(1);
      expect(stderr).toContain("chip.block.0-1.weight holds NaN or infinities");
    }
  }, 60_000);

  it("is refused by every format of a copy", () => {
    const bias = { name: "b", shape: [1], data: Float32Array.of(0) };
    const weight = { name: "w", shape: [1, 1], data: Float32Array.of(Infinity) };
    expect(() => {
      requireSoundCopy({
        sizes: [1, 1],
        layers: [{ bias, incoming: [{ from: 0, weight }], activation: "hard" }],
      });
    }).toThrow("copy: w holds NaN or infinities");
  });
});
