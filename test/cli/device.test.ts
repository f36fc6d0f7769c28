import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { deviceFrom, devices, fabricateDevices, pulse } from "../../src/circuit/devices/index.ts";
import { run } from "../../src/cli/program.ts";
import { random } from "../../src/numerics/random.ts";

let folder: string;
const at = (name: string) => join(folder, name);

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function device(...args: readonly string[]): Promise<Answer> {
  const said = { stdout: "", stderr: "" };
  const listen = (stream: "stdout" | "stderr") =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    });
  const spies = [listen("stdout"), listen("stderr")];
  try {
    return { code: await run(["device", ...args]), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await device(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toMatch(/\n\s+at |internal error/);
  return stderr;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "analog-eqprop-device-"));
  const d = fabricateDevices(
    { ...devices.ecram, bounds: { ...devices.ecram.bounds, low: -1, high: 1 } },
    1,
    random(1),
  );
  const rng = random(2);
  const rows = ["pulse,conductance (uS),direction,lab"];
  let x = -0.8;
  for (let k = 1; k <= 800; k++) {
    x = pulse(d, 0, x, k <= 400 ? 1 : -1, rng);
    rows.push(`${k},${(5.5 + 4.5 * x).toFixed(6)},${k <= 400 ? "up" : "down"},3`);
  }
  writeFileSync(at("pulses.csv"), rows.join("\n"));
  writeFileSync(
    at("diode.csv"),
    [
      "voltage,current",
      ...Array.from({ length: 40 }, (_, k) => {
        const v = 0.02 * k;
        return `${v},${1e-9 * Math.expm1(v / 0.05)}`;
      }),
    ].join("\n"),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("device list and show", () => {
  test("name every device, in words and as JSON", async () => {
    const { code, stdout } = await device("list");
    expect(code).toBe(0);
    for (const { name, title } of Object.values(devices))
      expect(stdout).toContain(`${name.padEnd(18)}  ${title}`);
    expect(
      (JSON.parse((await device("list", "--json")).stdout) as { name: string }[]).map(
        (d) => d.name,
      ),
    ).toEqual(Object.keys(devices));
  });

  test(
    "show a device with its properties and sources, as JSON, as YAML that is read back, and as " +
      "a picture",
    async () => {
      const { stdout } = await device("show", "pcm");
      expect(stdout).toMatch(/^Phase-change memory/);
      expect(stdout).toMatch(/write-verify {2,}0\.2635 \+ 1\.965u − 1\.173u² µS/);
      expect(stdout).toContain(
        "Nandakumar, Mixed-Precision Deep Learning Based on Computational Memory, 2020, " +
          "10.3389/fnins.2020.00406",
      );
      expect(JSON.parse((await device("show", "ideal", "--json")).stdout)).toMatchObject({
        name: "ideal",
        bounds: { low: null },
        ends: { low: -1, high: 1 },
      });
      const yaml = (await device("show", "pcm", "--yaml")).stdout;
      expect(await deviceFrom(yaml, "pcm.yaml")).toEqual(devices.pcm);
      writeFileSync(at("copy.yaml"), yaml);
      expect((await device("show", at("copy.yaml"), "--plot", at("pcm.svg"))).stdout).toBe(stdout);
      expect(readFileSync(at("pcm.svg"), "utf8")).toMatch(
        /^<svg[\s\S]*Phase-change memory[\s\S]*<\/svg>\n$/,
      );
    },
  );

  test("refuse what is no device", async () => {
    expect(await refused("show", "pcmm")).toMatch(
      /^error: there is no device "pcmm"; did you mean "pcm"\?/,
    );
    expect(await refused("show", at("gone.yaml"))).toMatch(/there is no such file/);
    writeFileSync(at("bad.yaml"), "name: x\nrange: [1, 2]\nupdate: {law: none}\n");
    expect(await refused("show", at("bad.yaml"))).toMatch(/bad\.yaml:3:15: update\.law/);
  });
});

describe("device fit", () => {
  test(
    "prints the law, its parameters with errors and units, the residual of every law, and " +
      "writes device and picture",
    async () => {
      const { code, stdout } = await device(
        "fit",
        at("pulses.csv"),
        "--out",
        at("mine.yaml"),
        "--plot",
        at("fit.svg"),
      );
      expect(code).toBe(0);
      expect(stdout).toMatch(/^linear, fitted to 800 rows/);
      expect(stdout).toMatch(/step up, mid-range {2,}[\d.]+ nS ± [\d.]+ [pn]S/);
      expect(stdout).toMatch(/\* linear +[\d.]+ nS +[\d.]+ % +-[\d.]+/);
      expect(stdout).toContain(`note: the column "lab" is not used`);
      const mine = await deviceFrom(readFileSync(at("mine.yaml"), "utf8"), "mine.yaml");
      expect(mine).toMatchObject({ name: "pulses", update: { law: "linear" } });
      expect(existsSync(at("fit.svg"))).toBe(true);
    },
  );

  test("with --json prints one object with every law and the device", async () => {
    const { stdout } = await device("fit", at("pulses.csv"), "--json", "--name", "lab-3");
    const found = JSON.parse(stdout) as {
      candidates: { law: string; rms: number }[];
      device: { name: string };
    };
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(found.candidates.map((c) => c.law)).toEqual([
      "constant",
      "linear",
      "soft-bounds",
      "exponential",
    ]);
    expect(found.device.name).toBe("lab-3");
  });

  test("of a curve finds the diode and writes the clamp of a schematic", async () => {
    const { stdout } = await device(
      "fit",
      at("diode.csv"),
      "--out",
      at("clamp.yaml"),
      "--plot",
      at("iv.svg"),
      "--temperature",
      "27 degC",
    );
    expect(stdout).toMatch(/^diode, fitted to 40 rows/);
    expect(stdout).toMatch(/Is +1 nA/);
    expect(readFileSync(at("clamp.yaml"), "utf8")).toMatch(
      /^# diode, fitted to 40 points of .*\nlaw: diode\nsaturation: [\d.]+ nA\nideality: 1\.93\d+\n$/,
    );
  });

  test("refuses bad tables, names and temperatures with exit code 2", async () => {
    expect(await refused("fit", at("nowhere.csv"))).toMatch(/device fit .*there is no such file/);
    writeFileSync(at("short.csv"), "pulse,conductance (mV)\n1,2\n");
    expect(await refused("fit", at("short.csv"))).toMatch(
      /short\.csv:1:7: column conductance: the unit "1 mV" is a voltage/,
    );
    writeFileSync(at("words.csv"), "pulse,conductance (uS)\n1,2\n2,two\n");
    expect(await refused("fit", at("words.csv"))).toMatch(
      /words\.csv:3:3: conductance: found "two", expected a number/,
    );
    expect(await refused("fit", at("pulses.csv"), "--name", "a b")).toMatch(/found the name "a b"/);
    expect(await refused("fit", at("pulses.csv"), "--temperature", "300 K")).toMatch(
      /--temperature is for curves/,
    );
    expect(await refused("fit", at("diode.csv"), "--temperature", "3 V")).toMatch(
      /--temperature: "3 V" is a voltage, expected a temperature/,
    );
    expect(await refused("fit", at("pulses.csv"), "--out", at("no/where.yaml"))).toMatch(
      /the folder .*no does not exist/,
    );
  });
});
