import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../../src/numerics/errors.ts";
import { keptPreparation } from "../../../src/runs/node/data.ts";
import { readEnvironment, readStudyEnvironment } from "../../../src/runs/node/environment.ts";
import { readClock, readMetrics, readResult } from "../../../src/runs/node/records.ts";
import { readResults } from "../../../src/study/node/results.ts";
import { commandIn } from "../../support/command.ts";
import { workshop } from "./workshop.ts";

const { at } = workshop();
const { run } = commandIn(at());
const study =
  "study: small\nmeasure: training\nbase: tiny.yaml\ngrid: { train.epochs: [0.25] }\n" +
  "seeds: [1]\ntable: { rows: train.epochs, columns: train.epochs, value: testErrorChip }\n";

beforeAll(async () => {
  const asked = ["--data", "data", "--set", "train.epochs=0.5"];
  expect(await run("train", "tiny.yaml", ...asked, "--out", "run")).toMatchObject({ code: 0 });
  const rows = Array.from(
    { length: 60 },
    (_, i) => `${i},${(i * 7) % 11},${"xyz"[i % 3]},k${i % 2}`,
  );
  writeFileSync(at("table.csv"), `a,b,c,kind\n${rows.join("\n")}\n`);
  writeFileSync(
    at("own.yaml"),
    "name: own\ndata: { file: table.csv, target: kind, test: 20 % }\n" +
      "network: { layers: [5, 4, 2] }\nlearning: { rates: [0.1, 0.1] }\n" +
      "train: { epochs: 1, batch: 10 }\n",
  );
  expect(await run("train", "own.yaml", "--out", "own")).toMatchObject({ code: 0 });
  writeFileSync(at("study.yaml"), study);
  const code = (await run("run", "study.yaml", "--data", "data", "--out", "study")).code;
  expect(code).toBe(0);
});

type Json = null | boolean | number | string | readonly Json[] | { readonly [k: string]: Json };
type Path = readonly (string | number)[];

/** Every place below a value, with what stands there. */
function places(value: Json, at: Path = []): readonly (readonly [Path, Json])[] {
  if (typeof value !== "object" || value === null) return [[at, value]];
  const below = Array.isArray(value)
    ? value.flatMap((v: Json, i) => places(v, [...at, i]))
    : Object.entries(value).flatMap(([key, v]: [string, Json]) => places(v, [...at, key]));
  return [[at, value] as const, ...below];
}

/** The value with what stands at a place exchanged; undefined takes it away. */
function put(value: Json, [key, ...rest]: Path, by: Json | undefined): Json {
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    if (rest.length > 0 || by !== undefined)
      return list.with(
        Number(key),
        rest.length > 0 ? put(list[Number(key)], rest, by) : (by as Json),
      );
    return list.filter((_, i) => i !== key);
  }
  const { [key]: old, ...others } = value as Record<string, Json>;
  const now = rest.length > 0 ? put(old, rest, by) : by;
  return now === undefined ? others : { ...others, [key]: now };
}

/** Fields that older versions did not write, or that are written only where there is something. */
const optional =
  /^(made|drawn|advice|physics|hindrances|scores|dataRoot)$|^(physics|values|curves|axes)\./;

interface File {
  readonly path: string;
  readonly read: () => unknown;
  /** Fields that count or last. */
  readonly amounts: readonly string[];
}
const files: readonly File[] = [
  {
    path: "run/result.json",
    read: () => readResult(at("run")),
    amounts: ["epochs", "samplesPerSecond", "seconds"],
  },
  {
    path: "run/metrics.jsonl",
    read: () => readMetrics(at("run")),
    amounts: ["epoch", "step", "samplesPerSecond", "trainSeconds"],
  },
  {
    path: "run/clock.json",
    read: () => readClock(at("run")),
    amounts: ["trainSeconds", "seconds"],
  },
  {
    path: "run/environment.json",
    read: () => readEnvironment(at("run")),
    amounts: ["seed"],
  },
  {
    path: "own/data.json",
    read: () => keptPreparation(at("own")),
    amounts: [],
  },
  {
    path: "study/environment.json",
    read: () => readStudyEnvironment(at("study")),
    amounts: [],
  },
  {
    path: "study/results.jsonl",
    read: () => readResults(at("study/results.jsonl")),
    amounts: ["seed"],
  },
];

describe.each(files)("$path is checked field by field:", ({ path, read, amounts }) => {
  let text: string;
  let value: Json;
  beforeAll(() => {
    text = readFileSync(at(path), "utf8");
    value = JSON.parse(path.endsWith("l") ? text.split("\n")[0] : text) as Json;
  });
  const refused = (changed: string): string | null => {
    writeFileSync(at(path), changed);
    try {
      read();
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as InputError).message;
    } finally {
      writeFileSync(at(path), text);
    }
  };
  const changed = (where: Path, by: Json | undefined) =>
    refused(`${JSON.stringify(put(value, where, by))}\n`);
  const named = (message: string | null, where: Path) => {
    expect(message, where.join(".")).not.toBeNull();
    expect(message).toContain(at(path));
    // A union names its own place.
    expect(message).toContain(String(where[0]));
  };

  it("as it is written", () => {
    expect(refused(text)).toBeNull();
  });
  it("of another type", () => {
    for (const [where, old] of places(value).slice(1)) {
      const by: Json = typeof old === "string" ? { a: 1 } : typeof old === "object" ? "x" : [1];
      if (old === null && changed(where, "x") === null) continue;
      named(changed(where, by), where);
    }
  });
  it("nothing, where something has to be", () => {
    for (const where of places(value).flatMap(([at, old]) =>
      typeof old === "string" || typeof old === "boolean" ? [at] : [],
    ))
      if (!/^(revision|dataFolder|values\..*)$/.test(where.join(".")))
        named(changed(where, null), where);
  });
  it("missing", () => {
    for (const [where] of places(value).slice(1))
      if (typeof where.at(-1) === "string" && !optional.test(where.join(".")))
        named(changed(where, undefined), where);
  });
  it("one that nobody knows", () => {
    named(changed(["surplus"], 1), ["surplus"]);
  });
  it.each(amounts)("%s below zero, or beyond all bounds", (field) => {
    for (const by of [-1, 1e300]) named(changed([field], by), [field]);
    for (const literal of ["NaN", "Infinity", "1e999"])
      expect(
        refused(`${JSON.stringify(put(value, [field], "@")).replace('"@"', literal)}\n`),
      ).toContain(at(path));
  });
  it("no JSON, no object", () => {
    for (const other of ["null", "3", "[]", '"x"', "{", "\u0000", "{}"])
      expect(refused(`${other}\n`), other).toContain(at(path));
  });
});

describe("a damaged file ends a command with exit code 2, and what to do:", () => {
  const said = async (path: string, text: string, ...command: readonly string[]) => {
    const before = readFileSync(at(path));
    writeFileSync(at(path), text);
    const { code, stderr } = await run(...command);
    writeFileSync(at(path), before);
    expect(stderr).not.toMatch(/\n\s+at |internal error/);
    expect(code, stderr).toBe(2);
    return stderr;
  };

  it.each([
    ["run/result.json", '{"outcome": "complete"}', ["report", "run"]],
    ["run/environment.json", '{"dataFolder": 3}', ["evaluate", "run"]],
    ["run/metrics.jsonl", '{"step": -1}\n', ["report", "run"]],
    ["run/clock.json", '{"seconds": null}', ["report", "run"]],
    ["run/environment.json", '{"dataFolder": 3}', ["compare", "run"]],
    ["run/clock.json", '{"seconds": null}', ["compare", "run"]],
    ["own/data.json", '{"preparation": {}}', ["evaluate", "own"]],
    ["run/config.resolved.yaml", "null\n", ["evaluate", "run"]],
    ["run/circuit.yaml", "- 1\n", ["settle", "run"]],
    ["study/environment.json", "[]", ["run", "study.yaml", "--data", "data", "--out", "study"]],
    ["study/study.resolved.yaml", "null\n", ["run", "study.yaml", "--out", "study"]],
    ["study/results.jsonl", '{"id": 3}\n', ["run", "study.yaml", "--out", "study"]],
  ])("%s with %j", async (path, text, command) => {
    const withData = command[0] === "run" ? [...command, "--data", "data"] : command;
    expect(await said(path, text, ...withData)).toContain(path);
  });

  it("and a lock that no process of ours wrote does not count", async () => {
    for (const lock of ["null", "{}", '{"pid":1e30,"host":"h","born":""}', '{"pid":"1"}', "x"]) {
      writeFileSync(at("run/lock.json"), lock);
      expect(await run("report", "run")).toMatchObject({ code: 0 });
      expect(existsSync(at("run/lock.json"))).toBe(false);
    }
    rmSync(at("run/lock.json"), { force: true });
  });
});
