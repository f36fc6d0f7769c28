import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { circuitSchema } from "../src/circuit/read/schema.ts";
import { deviceSchema } from "../src/circuit/devices/schema.ts";
import { experimentSchema } from "../src/experiment/schema.ts";
import { measurementNames, measurementOf } from "../src/study/registry.ts";
import { studySchema } from "../src/study/schema.ts";

const root = join(import.meta.dirname, "..");

type Json = z.core.JSONSchema.JSONSchema;

/** The keys below a schema that say nothing of themselves, as dotted paths. */
function silent(schema: Json, path = ""): readonly string[] {
  const keys = Object.entries(schema.properties ?? {}) as [string, Json][];
  const inner = [
    schema.items,
    schema.additionalProperties,
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.prefixItems ?? []),
  ].filter((s): s is Json => typeof s === "object" && !Array.isArray(s));
  return [
    ...new Set([
      ...keys.flatMap(([key, s]) => [
        ...(s.description ? [] : [`${path}${key}`]),
        ...silent(s, `${path}${key}.`),
      ]),
      ...inner.flatMap((s) => silent(s, path)),
    ]),
  ];
}

const written = (schema: z.ZodType) =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

describe("every key that a file may have says what it is (describe it, or give it meta)", () => {
  test.each([
    ["experiment", experimentSchema],
    ["study", studySchema],
    ["schematic", circuitSchema],
    ["device", deviceSchema],
  ])("in the schema of a %s", (_, schema) => {
    expect(silent(written(schema))).toEqual([]);
  });

  test.each(measurementNames)("in the options of the measurement %s", async (name) => {
    expect(silent(written((await measurementOf(name)).options))).toEqual([]);
  });

  test("and a key without a word is found, however deep it lies", () => {
    const mute = z.strictObject({
      told: z.array(z.union([z.string(), z.strictObject({ deep: z.number() })])).describe("x"),
      bare: z.record(z.string(), z.strictObject({ inner: z.boolean().default(true) })).optional(),
    });
    expect(silent(written(mute))).toEqual(["told.deep", "bare", "bare.inner"]);
  });
});

describe("what is made from the source", () => {
  test("is up to date: schemas/ and docs/reference/", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "scripts/reference.js"), "--check"],
      { encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("says what every key of every `--json` means", () => {
    const page = readFileSync(join(root, "docs/reference/json.md"), "utf8");
    const commands = page.match(/^## `.* --json`$/gm) ?? [];
    expect(commands.length).toBeGreaterThan(12);
    const rows = page.match(/^\| `.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.filter((row) => /\|\s*\|$/.test(row))).toEqual([]);
  });

  const valid = (kind: string) => {
    const schema = JSON.parse(readFileSync(join(root, `schemas/${kind}.json`), "utf8")) as object;
    // `unit` and `since` are this package's own words.
    return new Ajv({ allErrors: true, strict: false }).compile(schema);
  };
  const files = ["experiments", "circuits"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => join(folder, file)),
  );
  const kindOf = (keys: object) =>
    "study" in keys ? "study" : "network" in keys ? "experiment" : "schematic";

  test.each(files)("takes %s as an editor reads it", (file) => {
    const value = parse(readFileSync(join(root, file), "utf8"), { merge: true }) as object;
    const check = valid(kindOf(value));
    check(value);
    expect(check.errors ?? []).toEqual([]);
  });

  test.each([
    ["experiment", { name: "x", network: { layers: [2, 1] }, learning: { rates: [1] }, sed: 1 }],
    ["experiment", { name: "x", network: { layers: [2, 1.5] }, learning: { rates: [1] } }],
    ["study", { study: "x", measure: "training", base: "y", seeds: [1], options: { imgs: 1 } }],
    ["study", { study: "x", measure: "trainig", base: "y", seeds: [1] }],
    ["schematic", { name: "x", rails: { low: "0 V", high: "1 V" }, neuron: { leak: "1 S" } }],
  ])("and marks a slip in a %s", (kind, value) => {
    const check = valid(kind);
    expect(check({ ...value, "x-note": "mine" })).toBe(false);
    expect(check.errors?.map((e) => e.keyword)).not.toContain("patternProperties");
  });
});
