import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { InputError } from "../../src/numerics/errors.ts";
import { parseOverride } from "../../src/experiment/overrides.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { parseExperiment, resolvedYaml } from "../../src/experiment/yaml.ts";

const shipped = readdirSync("experiments").filter(
  (f) => f.endsWith(".yaml") && !f.endsWith("-study.yaml"),
);
const read = (file: string) => readFileSync(`experiments/${file}`, "utf8");

async function outcome(
  text: string,
  overrides: readonly string[] = [],
): Promise<"valid" | "refused"> {
  try {
    const experiment = await parseExperiment(
      text,
      "x.yaml",
      overrides.map((o) => parseOverride(o, experimentSchema)),
    );
    expect(experiment.learning.rates).toHaveLength(experiment.network.layers.length - 1);
    return "valid";
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^(x\.yaml:\d+:\d+: |--set )/);
    expect(error.message).not.toMatch(/undefined|\[object|NaN:|\n\s+at /);
    return "refused";
  }
}

describe("experiment files", () => {
  it.each(shipped)("%s is valid, and its resolved form says the same", async (file) => {
    const experiment = await parseExperiment(read(file), file);
    expect(await parseExperiment(await resolvedYaml(experiment), "config.resolved.yaml")).toEqual(
      experiment,
    );
  });

  it("asks for one learning rate per layer above the input", async () => {
    const text = "name: a\nnetwork: { layers: [4, 3, 2] }\nlearning:\n  rates: [0.1]\n";
    await expect(parseExperiment(text, "x.yaml")).rejects.toThrow(
      "x.yaml:4:10: learning.rates: 1 rate(s) given, expected 2: one per layer above the input",
    );
  });
});

const base = await parseExperiment(read("paper-small.yaml"), "paper-small.yaml");

describe("rules that cannot be combined are refused where they are written", () => {
  it.each([
    [
      "a step with a global loss",
      "learning: { rates: [0.1], copy: { activation: step, loss: global } }",
      "x.yaml:3:47: learning.copy.activation: found step, which has no derivative, with loss: " +
        "global, which needs one; choose loss: local, or another activation",
    ],
    [
      "a step with backpropagation",
      "learning: { rule: backpropagation, rates: [0.1], copy: { activation: step } }",
      "found step, which has no derivative, with rule: backpropagation",
    ],
    [
      "the energy of asymmetric weights",
      "learning: { rates: [0.1], copy: { target: energy } }\nnetwork: { layers: [4, 3], " +
        "asymmetric: true }",
      "learning.copy.target: found energy with network.asymmetric: true, whose chip has none; " +
        "expected free or nudged",
    ],
    [
      "asymmetric weights inside a layer",
      "learning: { rates: [0.1] }\nnetwork: { layers: [4, 3], blocks: [{ from: 0, to: 1 }, { " +
        "from: 1, to: 1 }], asymmetric: true }",
      "network.asymmetric: found true with the lateral block 1-1, which is mutual here; leave " +
        "one of them out",
    ],
    ["a rule that does not exist", "learning: { rule: persistant, rates: [0.1] }", "persistent"],
  ])("%s", async (_, text, message) => {
    const file = text.includes("network:")
      ? `name: a\nseed: 1\n${text}\n`
      : `name: a\nnetwork: { layers: [4, 3] }\n${text}\n`;
    await expect(parseExperiment(file, "x.yaml")).rejects.toThrow(message);
  });

  it(
    "and what is new in a file that does not ask for it is not there, so that older runs keep " +
      "their settings",
    async () => {
      expect(
        Object.keys(
          (
            await parseExperiment(
              "name: a\nnetwork: { layers: [4, 3] }\nlearning: { rates: [0.1] }\n",
              "x.yaml",
            )
          ).network,
        ),
      ).toEqual(["layers"]);
    },
  );
});

describe("mutated experiment files are refused with a clear error or valid, and never crash", () => {
  const scalar = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom<unknown>(
      "1_000",
      "0,5",
      [],
      {},
      [[]],
      -1,
      0,
      1e400,
      "no",
      "euler",
      "mnist",
      2 ** 60,
    ),
    fc.jsonValue(),
  );
  const key = fc.oneof(
    fc.constantFrom(
      "beta",
      "rates",
      "layers",
      "bta",
      "constructor",
      "toString",
      "__proto__",
      "0",
      "",
    ),
    fc.string(),
  );
  const mutation = fc.record({
    kind: fc.constantFrom("delete", "replace", "add", "rename"),
    at: fc.nat(),
    key,
    value: scalar,
  });

  it("after deleted, replaced, added and renamed keys", async () => {
    const seen = { valid: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const tree = structuredClone(base) as unknown as Record<string, unknown>;
        for (const m of mutations) mutate(tree, m);
        seen[await outcome(stringify(tree))]++;
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(seen.valid).toBeGreaterThan(30);
    expect(seen.refused).toBeGreaterThan(1000);
  });

  it("after text cut out, put in or doubled anywhere", async () => {
    const splice = fc.record({
      at: fc.nat(),
      cut: fc.nat(20),
      put: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.string({ unit: "binary", maxLength: 4 }),
        fc.constantFrom(
          "\t",
          "\n",
          ": ",
          "- ",
          "{",
          "}",
          "[",
          "&a ",
          "*a",
          "!!x ",
          "---\n",
          "? ",
          "<<: ",
          "\0",
          "\r",
          "|",
          "'",
          '"',
          "#",
          "%TAG",
        ),
      ),
    });
    const seen = { valid: 0, refused: 0 };
    const text = await resolvedYaml(base);
    await fc.assert(
      fc.asyncProperty(fc.array(splice, { minLength: 1, maxLength: 4 }), async (splices) => {
        const changed = splices.reduce((t, { at, cut, put }) => {
          const i = at % (t.length + 1);
          return t.slice(0, i) + put + t.slice(i + cut);
        }, text);
        seen[await outcome(changed)]++;
      }),
      { numRuns: 2000, seed: 2 },
    );
    expect(seen.valid).toBeGreaterThan(30);
    expect(seen.refused).toBeGreaterThan(300);
  });

  it("after any --set", async () => {
    const path = fc.oneof(
      fc.constantFrom(
        "learning.beta",
        "learning.rates",
        "learning.rates.0",
        "network.layers.1",
        "settle.free",
        "data.set",
        "network.blocks",
        "seed",
        "name",
      ),
      fc.array(key, { maxLength: 3 }).map((k) => k.join(".")),
    );
    const value = fc.oneof(
      scalar.map((v) => JSON.stringify(v)),
      fc.string(),
      fc.constantFrom("0.3", "5", "[0.1, 0.2]", "*a", "{a: 1", "[", "- ".repeat(100)),
    );
    const text = await resolvedYaml(base);
    const seen = { valid: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(path, value), { minLength: 1, maxLength: 2 }),
        async (sets) => {
          seen[
            await outcome(
              text,
              sets.map(([p, v]) => `${p}=${v}`),
            )
          ]++;
        },
      ),
      { numRuns: 2000, seed: 3 },
    );
    expect(seen.valid).toBeGreaterThan(30);
    expect(seen.refused).toBeGreaterThan(300);
  });
});

interface Mutation {
  readonly kind: string;
  readonly at: number;
  readonly key: string;
  readonly value: unknown;
}

/** Changes one entry, chosen by `at`, of one mapping or list of the tree. */
function mutate(root: Record<string, unknown>, { kind, at, key, value }: Mutation): void {
  const nodes: Record<string, unknown>[] = [];
  const collect = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    nodes.push(node as Record<string, unknown>);
    Object.values(node).forEach(collect);
  };
  collect(root);
  const node = nodes[at % nodes.length];
  const names = Object.keys(node);
  if (names.length === 0) return;
  const name = names[at % names.length];
  const define = (k: string, v: unknown) =>
    Object.defineProperty(node, k, {
      value: v,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  switch (kind) {
    case "replace":
      define(name, value);
      break;
    case "add":
      if (!Array.isArray(node)) define(key, value);
      break;
    case "rename":
      if (!Array.isArray(node)) {
        define(key, node[name]);
      }
      break;
  }
  if (kind === "delete" || kind === "rename") {
    if (Array.isArray(node)) node.pop();
    else Reflect.deleteProperty(node, name);
  }
}
