import { describe, expect, test } from "vitest";
import { z } from "zod";
import { circuitSchema } from "../src/circuit/read/schema.ts";
import { deviceSchema } from "../src/circuit/devices/schema.ts";
import { experimentSchema } from "../src/experiment/schema.ts";
import { measurementNames, measurementOf } from "../src/study/registry.ts";
import { studySchema } from "../src/study/schema.ts";

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
