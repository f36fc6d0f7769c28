import { existsSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at(), { XDG_CACHE_HOME: at("cache") });
const train = ["train", "tiny.yaml", "--data", "data", "--out", "huge", "--set"];
const dies = Array.from({ length: 50_001 }, (_, i) => i).join();
let studies = 0;
const study = (text: string) => {
  const file = `study-${studies++}.yaml`;
  writeFileSync(at(file), `study: huge\nmeasure: training\nbase: tiny.yaml\nseeds: [1]\n${text}\n`);
  return ["run", file, "--data", "data", "--out", "huge"];
};

describe("what is too large is said before, with the number, and nothing is written", () => {
  it.each<readonly [readonly string[], RegExp]>([
    [[...train, "network.layers=[784,3000000,10]"], /needs about \d+ GB of memory, more than/],
    [[...train, "settle.free.steps=1e13"], /some \d+ (days|years) of a processor.*--force/],
    [[...train, "settle.nudged.steps=1e13"], /some \d+ (days|years) of a processor/],
    [[...train, "train.epochs=1e10"], /some \d+ (days|years) of a processor/],
    [study("grid: { train.epochs: [1, 1e10] }"), /epochs = 1e?0+.*some \d+ (days|years)/],
    [study("grid: { network.layers: [[784, 3000000, 10]] }"), /needs about \d+ GB of memory/],
    [
      study(`grid: { die: [${dies}], learning.beta: [0.1, 0.2] }`),
      /grid: too large: it has 100002 points with 1 seed\(s\) each, 100002 cells, more than 100000/,
    ],
    [["settle", "ideal", "--layers", "784,5000000,10"], /needs about \d+ GB of memory/],
    [
      ["settle", "ideal", "--layers", "784,8,10", "--steps", "1000000000", "--starts", "1000"],
      /settle: up to 1000000000 steps of 1 image\(s\) from 1000 starts: too large: it takes some/,
    ],
    [["settle", "ideal", "--steps", "1e15"], /expected a whole number from 1 to 1000000000/],
    [["netlist", "ideal", "--sizes", "3000-2000-10"], /a netlist of \d+ elements: too large/],
    [["netlist", "ideal", "--sizes", "100000-100000"], /needs about \d+ TB of memory/],
    [
      ["netlist", "cmos-130nm", "--noise", "pwl", "--time", "1 s"],
      /points of noise: too large: .*a longer --noise-step/,
    ],
    [["spice-check", "ideal", "--time", "1 s"], /points in time: too large: it takes some/],
  ])("%j", async (args, expected) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(expected);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(existsSync(at("huge"))).toBe(false);
  });

  it("and --force begins what merely takes long", async () => {
    const { code } = await run(
      ..."train tiny.yaml --data data --out long --force --set train.epochs=0.1".split(" "),
      "settle.nudged.tolerance=1e-3",
      "settle.nudged.steps=1e13",
    );
    expect(code).toBe(0);
  });

  it("of a run that somebody else made, by whoever measures it", async () => {
    const out = ["train", "tiny.yaml", "--data", "data", "--out", "run"];
    expect(await run(...out, "--set", "train.epochs=0.1")).toMatchObject({ code: 0 });
    // A file that is far larger than any checkpoint, and takes no room.
    truncateSync(at("run/checkpoint.safetensors"), 2 ** 33);
    for (const command of ["evaluate", "report", "settle", "netlist"]) {
      const { code, stderr } = await run(command, "run");
      expect(stderr).toMatch(/checkpoint\.safetensors.*too large: it has 8\.6 GB, more than/);
      expect(code).toBe(2);
    }
    truncateSync(at("data/train-images-idx3-ubyte"), 2 ** 33);
    const { code, stdout, stderr } = await run("data", "check", "data");
    expect(stdout + stderr).toMatch(/train-images-idx3-ubyte.*too large: it has 8\.6 GB/);
    expect(code).toBe(2);
  });
});
