import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { devices } from "../../src/circuit/devices/registry.ts";
import { names } from "../../src/runs/node/folder.ts";
import { studyFiles } from "../../src/study/node/folder.ts";
import { hashOf, workshop } from "../runs/node/workshop.ts";
import { commandIn } from "../support/command.ts";

const { at } = workshop();
const { run } = commandIn(at());
const schematic = (device: string, more = "") =>
  "name: mine\nrails: { low: 0 V, high: 1 V }\n" +
  `neuron: { capacitance: 1 pF, leak: 4.5 uS${more} }\n` +
  `synapse: { device: ${device}, span: 1, memory: devices }\n`;

/** A device that is pulsed up and down between 1 µS and 10 µS, in steps that shrink. */
function pulses(): string {
  const rows = ["pulse,conductance (uS),direction"];
  let x = -0.9;
  for (let i = 0; i < 200; i++) {
    const up = i % 100 < 50;
    x += up ? 0.04 * (1 - x) : -0.04 * (1 + x);
    rows.push(`${i},${(5.5 + 4.5 * x).toFixed(4)},${up ? "up" : "down"}`);
  }
  return `${rows.join("\n")}\n`;
}

/** I = 1 pA (e^(V / 38 mV) − 1). */
function curve(): string {
  const volts = Array.from({ length: 30 }, (_, i) => 0.3 + i * 0.01);
  const current = (v: number) => 1e-9 * Math.expm1(v / 0.038);
  return `voltage (V),current (mA)\n${volts.map((v) => `${v},${current(v)}`).join("\n")}\n`;
}

async function works(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect({ args, code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}
async function refused(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await run(...args);
  expect(stderr).not.toMatch(/\n\s+at |internal error/);
  expect(code, stderr).toBe(2);
  return stderr;
}
const asked = ["--data", "data", "--set", "train.epochs=1"];

beforeAll(async () => {
  writeFileSync(at("pulses.csv"), pulses());
  writeFileSync(at("curve.csv"), curve());
  await works("device", "fit", "pulses.csv", "--out", "my-device.yaml");
});

describe("a fitted device in a schematic", () => {
  it("is named by its path from the schematic, or beside it without an ending", async () => {
    mkdirSync(at("there", "devices"), { recursive: true });
    writeFileSync(at("there/devices/own.yaml"), readFileSync(at("my-device.yaml")));
    writeFileSync(at("there/beside.yml"), readFileSync(at("my-device.yaml")));
    for (const device of [
      "devices/own.yaml",
      "./devices/own.yaml",
      "../my-device.yaml",
      "beside",
      at("my-device.yaml"),
    ]) {
      writeFileSync(at("there/mine.yaml"), schematic(device));
      await works("circuits", "show", "there/mine.yaml", "--layers", "4,3,2");
    }
  });

  it("is refused where there is none, or something else", async () => {
    const said = (device: string) => {
      writeFileSync(at("mine.yaml"), schematic(device));
      return refused("settle", "mine.yaml", "--layers", "784,4,10");
    };
    expect(await said("my-devise.yaml")).toContain(
      "mine.yaml:4:20: synapse.device: device my-devise.yaml: there is no such file or folder; " +
        "paths are relative to the schematic",
    );
    expect(await said("ecarm")).toMatch(
      /mine\.yaml:4:20: synapse\.device: there is no device "ecarm"; did you mean "ecram"\?.*give the file/,
    );
    expect(await said("mine.yaml")).toContain(
      "mine.yaml:4:20: synapse.device: mine.yaml:1:1: range: missing",
    );
    expect(await said("data")).toContain('there is no device "data"');
    writeFileSync(at("bad.yaml"), "name: bad\nrange: [1 uS, 1 nS]\nupdate: { law: ideal }\n");
    expect(await said("bad")).toContain("synapse.device: bad.yaml:2:8: range: found 1 uS and 1 nS");
    writeFileSync(at("ecram.yaml"), "name: bad\n");
    writeFileSync(at("mine.yaml"), schematic("ecram"));
    await works("settle", "mine.yaml", "--layers", "784,4,10");
  });

  it("is kept in the run, which goes on, is measured and exported without the original", async () => {
    writeFileSync(at("mine.yaml"), schematic("my-device.yaml"));
    const train = ["train", "tiny.yaml", ...asked, "--set", "circuit=mine.yaml"];
    await works(...train, "--out", "own");
    await works(...train, "--out", "on-two", "--threads", "2");
    expect(hashOf(at("on-two/copy.safetensors"))).toBe(hashOf(at("own/copy.safetensors")));

    const original = readFileSync(at("my-device.yaml"), "utf8");
    renameSync(at("my-device.yaml"), at("gone.yaml"));
    await works("evaluate", "own");
    await works("evaluate", "own", "--temperature", "85 degC", "--age", "1 day");
    await works("settle", "own");
    await works("netlist", "own", "--out", "own.cir");
    await works("report", "own");
    rmSync(at("own/result.json"));
    await works("train", "own/config.resolved.yaml", "--data", "data", "--out", "own", "--resume");
    expect(hashOf(at("own/copy.safetensors"))).toBe(hashOf(at("on-two/copy.safetensors")));

    writeFileSync(at("my-device.yaml"), original.replace(/^gainSpread: .*$/m, "gainSpread: 0.01"));
    expect(await refused(...train, "--out", "own", "--resume")).toContain(
      "circuit: its values differ",
    );
    writeFileSync(at("my-device.yaml"), original);
    await works(...train, "--out", "own", "--resume");
  });

  it("is part of what the cells of a study are known by", async () => {
    writeFileSync(at("mine.yaml"), schematic("my-device"));
    writeFileSync(
      at("study.yaml"),
      "study: own\nmeasure: training\nbase: tiny.yaml\n" +
        "grid: { circuit: [ideal, mine.yaml], train.epochs: [0.5] }\nseeds: [1, 2]\n" +
        "table: { rows: circuit, columns: train.epochs, value: testErrorChip }\n",
    );
    const study = (...more: readonly string[]) =>
      works("run", "study.yaml", "--data", "data", "--out", "study", "--json", ...more);
    expect(JSON.parse(await study("--jobs", "2"))).toMatchObject({ ran: 4, failed: 0 });
    expect(JSON.parse(await study())).toMatchObject({ ran: 0, kept: 4 });
    const original = readFileSync(at("my-device.yaml"), "utf8");
    writeFileSync(at("my-device.yaml"), original.replace(/^gainSpread: .*$/m, "gainSpread: 0.01"));
    expect(JSON.parse(await study())).toMatchObject({ ran: 2, kept: 2 });
    writeFileSync(at("my-device.yaml"), original);
  });
});

describe("what we write, we read:", () => {
  it("every file of a run and of a study has a row in the table that says who reads it", () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/architecture.md"), "utf8");
    const pictures: readonly string[] = [names.report, studyFiles.report, studyFiles.figure];
    const missing = [...Object.values(names), ...Object.values(studyFiles)].filter(
      (file) => !pictures.includes(file) && !page.includes(`\`${file}\``),
    );
    expect(missing).toEqual([]);
  });

  it("devices that are shown as YAML", async () => {
    for (const { name } of Object.values(devices)) {
      writeFileSync(at("shown.yaml"), await works("device", "show", name, "--yaml"));
      const json = async (what: string) =>
        JSON.parse(await works("device", "show", what, "--json")) as unknown;
      expect(await json("shown.yaml")).toEqual(await json(name));
    }
  });

  it("a fitted diode, as the clamp of a schematic's neurons", async () => {
    await works("device", "fit", "curve.csv", "--out", "diode.yaml");
    const clamp = readFileSync(at("diode.yaml"), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .join(", ");
    writeFileSync(at("mine.yaml"), schematic("my-device", `, clamp: { ${clamp} }`));
    await works("settle", "mine.yaml", "--layers", "784,4,10");
  });

  it("schematics and settings of a run, a schematic that is shown", async () => {
    await works("train", "tiny.yaml", ...asked, "--out", "first");
    await works("settle", "first/circuit.yaml", "--layers", "784,4,10");
    await works("train", "first/config.resolved.yaml", "--data", "data", "--out", "again");
    expect(hashOf(at("again/copy.safetensors"))).toBe(hashOf(at("first/copy.safetensors")));
    writeFileSync(at("shown.yaml"), await works("circuits", "show", "pcm"));
    await works("settle", "shown.yaml", "--layers", "784,4,10");
  });

  it("a study with its base and quick settings put in", async () => {
    const before = JSON.parse(
      await works("run", "study.yaml", "--data", "data", "--out", "study", "--json"),
    ) as { readonly cells: number };
    writeFileSync(at("resolved.yaml"), readFileSync(at("study/study.resolved.yaml")));
    expect(
      JSON.parse(await works("run", "resolved.yaml", "--data", "data", "--out", "study", "--json")),
    ).toMatchObject({ ran: 0, kept: before.cells });
    await works("run", "study.yaml", "--results", "study/results.jsonl", "--out", "drawn");
  });
});
