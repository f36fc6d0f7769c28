import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { evaluateUnder, readConditions } from "../../../src/runs/node/conditions.ts";
import { evaluateRun, train } from "../../../src/runs/node/index.ts";
import { workshop } from "./workshop.ts";

const { at, data, file } = workshop(`circuit: bench.yaml\n`);
const folder = join(import.meta.dirname, "../../../circuits");

async function trained(
  circuit: string,
  edit: (text: string) => string = (text) => text,
): Promise<string> {
  writeFileSync(at("bench.yaml"), edit(readFileSync(join(folder, `${circuit}.yaml`), "utf8")));
  await train({ file, data, out: at(circuit) });
  return at(circuit);
}

describe("a trained run under other conditions", () => {
  let ideal: string;
  let pcm: string;
  let cmos: string;
  beforeAll(async () => {
    ideal = await trained("ideal");
    pcm = await trained("pcm");
    cmos = await trained("cmos-130nm");
  }, 120_000);

  it("is what it was, on its own die at its own temperature and age zero", async () => {
    const { own, there } = await evaluateUnder(cmos, { die: 1, temperature: 300, age: 0 }, data);
    expect(there).toEqual(own);
    expect(own).toEqual(
      expect.objectContaining({ testErrorChip: (await evaluateRun(cmos, data)).testErrorChip }),
    );
  });

  it("settles otherwise on another die with mismatch, and alike on an ideal one", async () => {
    const other = await evaluateUnder(cmos, { die: 7 }, data);
    const same = await evaluateUnder(ideal, { die: 7 }, data);
    expect(other.there.residual).not.toBe(other.own.residual);
    expect(other.there.chipWeights).toEqual(other.own.chipWeights);
    expect(other.notes).toEqual([
      "The weights were programmed into die 7; the run learned on die 1.",
    ]);
    expect(same.there).toEqual(same.own);
  });

  it("drifts with age where the device does, and says where nothing ages", async () => {
    const old = await evaluateUnder(pcm, { age: 31_557_600 }, data);
    const none = await evaluateUnder(cmos, { age: 31_557_600 }, data);
    expect(old.there.residual).not.toBe(old.own.residual);
    expect(old.notes).toEqual(["With age comes drift of pcm, 1/f noise of pcm."]);
    expect(none.there).toEqual(none.own);
    expect(none.notes).toEqual(["Nothing ages: what holds the weights does not change with time."]);
  });

  it("changes with temperature where something depends on it, and says where nothing does", async () => {
    const warm = await evaluateUnder(cmos, { temperature: 358.15 }, data);
    const same = await evaluateUnder(ideal, { temperature: 358.15 }, data);
    expect(warm.there.residual).not.toBe(warm.own.residual);
    expect(warm.notes[0]).toBe(
      "Temperature changes the thermal noise of leaks, the noise of transconductors, what " +
        "cmos-130nm conducts (as T^-1.35).",
    );
    expect(same.there).toEqual(same.own);
    expect(same.notes[0]).toBe("Nothing in this schematic depends on temperature.");
  });
});

describe("the options", () => {
  it("are read with their units", async () => {
    expect(await readConditions({ die: "7", temperature: "85 degC", age: "1 year" })).toEqual({
      die: 7,
      temperature: 358.15,
      age: 31_557_600,
    });
    expect(await readConditions({})).toEqual({});
  });

  it.each([
    [{ die: "1.5" }, `--die: found "1.5", expected the number of a die, such as 7`],
    [{ die: "-1" }, `--die: found "-1", expected the number of a die`],
    [{ temperature: "3 V" }, `--temperature: "3 V" is a voltage, expected a temperature`],
    [{ temperature: "-300 degC" }, `--temperature: found "-300 degC", expected more than 0 K`],
    [{ age: "-1 year" }, `--age: found "-1 year", expected zero or more, such as "1 year"`],
    [{ age: "5 uS" }, `--age: "5 uS" is a conductance, expected a time`],
    [{ age: "soon" }, "--age: "],
  ])("%j is refused", async (written, message) => {
    await expect(readConditions(written)).rejects.toThrow(message);
  });
});
