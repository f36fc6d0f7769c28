import { describe, expect, it } from "vitest";
import { parseOverride } from "../../src/experiment/overrides.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { parseExperiment } from "../../src/experiment/yaml.ts";

const text =
  "name: a\nnetwork: { layers: [4, 3, 2] }\nlearning: { rates: [0.1, 0.05], beta: one }\n";
const fixed = text.replace("one", "1");
const parse = async (from: string, ...sets: string[]) =>
  parseExperiment(
    from,
    "x.yaml",
    sets.map((s) => parseOverride(s, experimentSchema)),
  );

describe("values given on the command line", () => {
  it("replace those of the file, and the last one wins", async () => {
    const e = await parse(
      text,
      "learning.beta=0.25",
      "learning.rates.0=0.2",
      "settle={free: {steps: 7}}",
      "settle.free.steps=8",
      "data.train=100",
      "name=b c",
    );
    expect(e).toMatchObject({
      name: "b c",
      learning: { beta: 0.25, rates: [0.2, 0.05] },
      settle: { free: { steps: 8 } },
      data: { train: 100 },
    });
  });

  it.each([
    [
      "learning.beta=abc",
      '--set learning.beta=abc: learning.beta: found the text "abc", expected a number > 0',
    ],
    [
      "learning.rates.1=x",
      '--set learning.rates.1=x: learning.rates.1: found the text "x", expected a number ≥ 0',
    ],
    [
      "learning.rates=[1]",
      "--set learning.rates=[1]: learning.rates: 1 rate(s) given, expected 2: one per layer " +
        "above the input",
    ],
    [
      "learning.rates.2=1",
      "--set learning.rates.2=1: learning.rates has 2 entries, expected an index from 0 to 1",
    ],
    [
      "learning.rates.x=1",
      '--set learning.rates.x=1: learning.rates is a list, so "x" was expected to be an ' +
        "index, such as learning.rates.0",
    ],
    [
      "learning.bta=1",
      '--set learning.bta=1: unknown key "bta" in learning; did you mean "beta"? known keys: ' +
        "rule, beta, scheme, sign, lambda, rates, copy",
    ],
    [
      "lerning.beta=1",
      '--set lerning.beta=1: unknown key "lerning" in an experiment; did you mean "learning"?',
    ],
    ["seed.x=1", "--set seed.x=1: seed is a single value, so nothing below it can be set"],
    [
      "network.blocks.0.from=1",
      "--set network.blocks.0.from=1: network.blocks is not given, so it has no entry 0; set " +
        "the whole list",
    ],
    ["learning", "--set learning: expected key=value, such as --set learning.beta=0.5"],
    ["=1", "--set =1: expected key=value"],
    ["learning.beta=[1", "--set learning.beta=[1: not valid YAML: "],
    ["learning.beta=*a", "--set learning.beta=*a: *a names no value"],
    ["learning.__proto__=1", '--set learning.__proto__=1: unknown key "__proto__" in learning'],
  ])("are blamed by their option: --set %s", async (option, message) => {
    await expect(parse(fixed, option)).rejects.toThrow(message);
  });

  it("leave the blame for other errors with the file", async () => {
    await expect(parse(text, "seed=3")).rejects.toThrow(
      'x.yaml:3:39: learning.beta: found the text "one", expected a number > 0',
    );
  });
});
