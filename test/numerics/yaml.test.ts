import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InputError } from "../../src/numerics/errors.ts";
import { checkTree, readYaml } from "../../src/numerics/yaml.ts";

const schema = z.strictObject({
  name: z.string(),
  seed: z.number().int().min(0).default(1),
  rates: z.array(z.number()).min(1).optional(),
  flag: z.boolean().optional(),
  sign: z.enum(["random", "positive"]).optional(),
  amount: z.union([z.number(), z.string()]).optional(),
  settle: z
    .strictObject({
      step: z.number().positive().default(0.5),
      free: z.strictObject({ steps: z.number().int().min(1) }).optional(),
    })
    .prefault({}),
});

function checked(text: string): z.output<typeof schema> {
  const tree = readYaml(text, "x.yaml");
  return checkTree(tree.value, schema, (path, part) => tree.place(path, part));
}

function complaint(text: string): string {
  try {
    checked(text);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

describe("a YAML text is checked against a schema", () => {
  it("gives the value with its defaults filled in", () => {
    expect(checked("name: a\nrates: &r [1e-3, 2]\n")).toEqual({
      name: "a",
      seed: 1,
      rates: [0.001, 2],
      settle: { step: 0.5 },
    });
  });

  it.each([
    [
      "a wrong type",
      "name: a\nseed: one\n",
      'x.yaml:2:7: seed: found the text "one", expected a whole number ≥ 0',
    ],
    [
      "a fraction for a whole number",
      "name: a\nseed: 1.5\n",
      "x.yaml:2:7: seed: found 1.5, expected a whole number ≥ 0",
    ],
    [
      "a negative number",
      "name: a\nseed: -1\n",
      "x.yaml:2:7: seed: found -1, expected a whole number ≥ 0",
    ],
    [
      "underscores",
      "name: a\nseed: 1_000\n",
      'x.yaml:2:7: seed: found the text "1_000", expected a whole number ≥ 0; YAML 1.2 reads ' +
        "underscores as text: write 1000",
    ],
    [
      "a decimal comma",
      "name: a\nsettle: {step: '0,5'}\n",
      'x.yaml:2:16: settle.step: found the text "0,5", expected a number > 0; write numbers ' +
        "without commas, with a point for decimals",
    ],
    [
      "a quoted number",
      "name: a\nseed: '3'\n",
      'x.yaml:2:7: seed: found the text "3", expected a whole number ≥ 0; remove the quotes ' +
        "to make it a number",
    ],
    [
      "a YAML 1.1 truth",
      "name: a\nflag: yes\n",
      'x.yaml:2:7: flag: found the text "yes", expected true or false; YAML 1.2 knows only ' +
        "true and false",
    ],
    [
      "a number that is not finite",
      "name: a\nseed: .inf\n",
      "x.yaml:2:7: seed: found Infinity, expected a whole number ≥ 0",
    ],
    [
      "a value left out",
      "name: a\nseed:\n",
      "x.yaml:2:6: seed: found nothing, expected a whole number ≥ 0",
    ],
    ["a missing key", "seed: 1\n", "x.yaml:1:1: name: missing; expected text"],
    [
      "a missing key below another",
      "name: a\nsettle:\n  free: {}\n",
      "x.yaml:3:3: settle.free.steps: missing; expected a whole number ≥ 1",
    ],
    [
      "an unknown key",
      "name: a\nsettle:\n  stp: 1\n",
      'x.yaml:3:3: unknown key "stp" in settle; did you mean "step"? known keys: step, free',
    ],
    [
      "an unknown key like nothing",
      "name: a\nzzzzzzzz: 1\n",
      'x.yaml:2:1: unknown key "zzzzzzzz"; known keys: name, seed, rates, flag, sign, amount, ' +
        "settle",
    ],
    [
      "an element of a list",
      "name: a\nrates:\n  - 1\n  - x\n",
      'x.yaml:4:5: rates.1: found the text "x", expected a number',
    ],
    [
      "an empty list",
      "name: a\nrates: []\n",
      "x.yaml:2:8: rates: found a list of 0, expected a number of entries ≥ 1",
    ],
    [
      "a wrong choice",
      "name: a\nsign: randm\n",
      'x.yaml:2:7: sign: found the text "randm", expected one of random, positive; did you ' +
        'mean "random"?',
    ],
    [
      "no branch of a union",
      "name: a\namount: [1]\n",
      "x.yaml:2:9: amount: found a list of 1, expected a number or text",
    ],
    [
      "a list at the root",
      "- 1\n",
      "x.yaml:1:1: found a list of 1, expected a mapping (`key: value` lines)",
    ],
    [
      "text at the root",
      "hello",
      'x.yaml:1:1: found the text "hello", expected a mapping (`key: value` lines)',
    ],
    ["an empty file", "", "x.yaml:1:1: the file is empty; expected `key: value` lines"],
    ["only comments", "# nothing\n", "x.yaml:1:1: the file is empty; expected `key: value` lines"],
    [
      "a tab",
      "settle:\n\tstep: 1\n",
      "x.yaml:2:1: a tab is used as indentation; YAML wants spaces",
    ],
    [
      "a duplicate key",
      "name: a\nseed: 1\nseed: 2\n",
      'x.yaml:3:1: the key "seed" is given twice in one mapping; keep one',
    ],
    [
      "bad indentation",
      "settle:\n   step: 1\n  free: 2\n",
      "x.yaml:3:1: bad indentation: all mapping items must start at the same column",
    ],
    [
      "two documents",
      "name: a\n---\nname: b\n",
      "x.yaml:2:1: the file holds several YAML documents (---); expected one",
    ],
    [
      "a tag",
      "name: !js x\n",
      "x.yaml:1:7: unresolved tag: !js; tags (!name) have no meaning here, remove it",
    ],
    [
      "an unknown alias",
      "name: *who\n",
      "x.yaml:1:7: *who names no value; write `&who` before the value it stands for",
    ],
    [
      "a reserved key",
      "name: a\n__proto__: {seed: 3}\n",
      'x.yaml:2:1: the key "__proto__" is reserved; use another name',
    ],
    [
      "a deep nest",
      `name: ${"[".repeat(70)}`,
      "x.yaml:1:71: nested more than 64 levels deep; flatten it",
    ],
  ])("names the place, the found and the expected: %s", (_, text, message) => {
    expect(complaint(text)).toBe(message);
  });

  it("lists all errors, one a line, each with its place", () => {
    expect(complaint("seed: x\nflag: 3\nnmae: a\n").split("\n")).toEqual([
      "x.yaml:1:1: name: missing; expected text",
      'x.yaml:1:7: seed: found the text "x", expected a whole number ≥ 0',
      "x.yaml:2:7: flag: found 3, expected true or false",
      'x.yaml:3:1: unknown key "nmae"; did you mean "name"? known keys: name, seed, rates, ' +
        "flag, sign, amount, settle",
    ]);
  });

  it("follows an alias to the value that is wrong", () => {
    expect(complaint("name: a\nrates: [1]\nsettle: &s {step: &v bad}\nseed: *v\n")).toContain(
      'x.yaml:3:22: settle.step: found the text "bad"',
    );
  });

  it("refuses an alias bomb instead of expanding it", () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `k${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`,
    );
    expect(complaint(["k0: &a0 [x]", ...levels].join("\n"))).toBe(
      "x.yaml:1:1: aliases (*name) repeat more than 10000 values; write them out",
    );
  });

  it("refuses 200 000 levels of nesting as quickly as 70", () => {
    expect(complaint("- ".repeat(200_000))).toContain("nested more than 64 levels deep");
  });
});

describe("what people know from other YAML files works", () => {
  it("lends a mapping what it does not say itself, the first of several lenders first", () => {
    const text =
      "x-base: &b { seed: 3, name: base }\nx-more: &m { seed: 4, rates: [1] }\n" +
      "<<: [*b, *m]\nname: own\n";
    expect(checked(text)).toMatchObject({ name: "own", seed: 3, rates: [1] });
    expect(checked("x-s: &s {step: 2}\nname: a\nsettle: {free: {steps: 1}, <<: *s}\n")).toEqual({
      name: "a",
      seed: 1,
      settle: { step: 2, free: { steps: 1 } },
    });
  });

  it("blames the place where a lent value was written", () => {
    expect(complaint("x-s: &s {step: bad}\nname: a\nsettle: {<<: *s}\n")).toContain(
      'x.yaml:1:16: settle.step: found the text "bad"',
    );
    expect(complaint("name: a\nsettle: {<<: 3}\n")).toContain("x.yaml:2:10: << merges mappings");
  });

  it("leaves keys alone that begin with x-, at the top only", () => {
    expect(checked("name: a\nx-note: anything\n")).not.toHaveProperty("x-note");
    expect(complaint("name: a\nsettle: {x-note: 1}\n")).toContain('unknown key "x-note"');
  });

  const lines = (n: number, line: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => line(i)).join("");
  it.each([
    ["5000 anchors", lines(5000, (i) => `k${i}: &a${i} 1\nm${i}: *a${i}\n`)],
    ["10 000 keys", lines(10_000, (i) => `k${i}: 1\n`)],
    [
      "a bomb of merges",
      lines(40, (i) => {
        const below = i ? `*b${i - 1}` : "{}";
        return `k${i}: &b${i} {p: {<<: ${below}}, q: {<<: ${below}}}\n`;
      }),
    ],
    ["an alias within itself", "name: &a [*a]"],
    ["a megabyte", `name: ${"1".repeat(1_000_000)}`],
  ])("reads or refuses %s within seconds", (_, text) => {
    const start = performance.now();
    complaint(text);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
