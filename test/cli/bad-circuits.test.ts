import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { commandIn } from "../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "bad-circuits-"));
const { run, started } = commandIn(folder);

/** Line 5 is the leak, line 6 whatever comes then. */
const sound =
  "name: bad\nrails: { low: 0 V, high: 1 V }\nneuron:\n  capacitance: 1 pF\n  leak: 100 uS\n";
const clamp = (current: string) =>
  `${sound}  clamp: { law: custom, current: "${current}", parameters: { Is: 1 nA, Vt: 26 mV } }\n`;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function refused(
  file: string,
  text: string,
  args: readonly string[],
  message: string,
): Promise<void> {
  writeFileSync(join(folder, file), text);
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`error: ${file}:${message}`);
  expect(stderr).not.toMatch(/\n\s+at |internal error/);
}

describe("a schematic is refused with exit code 2, its place and no stack:", () => {
  it.each([
    [
      "a leak in farad",
      sound.replace("100 uS", "10 pF"),
      '5:9: neuron.leak: "10 pF" is a capacitance, expected a conductance such as 100 uS',
    ],
    [
      "rails the wrong way round",
      sound.replace("low: 0 V, high: 1 V", "low: 1 V, high: 0 V"),
      "2:26: rails.high: found 0 V, expected more than the low rail (1 V)",
    ],
    [
      "a negative resistance",
      sound.replace("100 uS", "-10 kOhm"),
      "5:9: neuron.leak: found -10 kOhm, expected more than zero: a negative conductance",
    ],
    [
      "a node that floats",
      sound.replace("100 uS", "0 S"),
      "5:9: neuron.leak: found 0 S, expected more than zero: the node floats",
    ],
    [
      "a device that is not known",
      `${sound}synapse: { device: ecarm, span: 1 }\n`,
      '6:20: synapse.device: there is no device "ecarm"; did you mean "ecram"?',
    ],
    [
      "a law that calls what is not a law's",
      clamp("Is*eval(V/Vt)"),
      '6:34: neuron.clamp.current: character 4: "eval" is not a function that a law may call',
    ],
    [
      "a law that is code",
      clamp("import('fs')"),
      '6:34: neuron.clamp.current: character 8: "\'" has no meaning in a law',
    ],
    [
      "ten thousand parentheses",
      clamp(`Is*${"(".repeat(10_000)}V/Vt${")".repeat(10_000)}`),
      "6:34: neuron.clamp.current: character 104: parentheses more than 100 levels deep",
    ],
    [
      "a law that is no current",
      clamp("Is*V*V/Vt"),
      "6:34: neuron.clamp.current: the law gives a quantity in",
    ],
    [
      "an accumulator of registers",
      `${sound}synapse: { device: pcm, span: 1, accumulate: true }\n`,
      "6:46: synapse.accumulate: an accumulator gives whole pulses to devices",
    ],
  ])("%s", async (_, text, message) => {
    await refused("bad.yaml", text, ["settle", "bad.yaml"], message);
  });
});

describe("a table of measurements is refused with exit code 2, its place and no stack:", () => {
  it.each([
    [
      "pulses without a conductance",
      "pulse,colour\n1,2\n2,3\n",
      "1:1: there is no column conductance, expected pulse and conductance (and direction), " +
        "or voltage and current",
    ],
    ["a voltage without a current", "voltage (V)\n1\n", "1:1: there is no column current"],
    [
      "a word among numbers",
      "pulse,conductance (uS)\n1,2\n2,abc\n",
      '3:3: conductance: found "abc", expected a number',
    ],
    ["a row that is too short", "pulse,conductance (uS)\n1,2\n2\n", "3:1: 1 values, expected 2"],
  ])("%s", async (_, text, message) => {
    await refused("bad.csv", text, ["device", "fit", "bad.csv"], message);
  });
});

test("a refusal shows control characters, and sends none to the terminal", async () => {
  const text = sound.replace("leak: 100 uS", 'leak: "100 uS\\x1b[2J\\x9b"');
  await refused("esc.yaml", text, ["settle", "esc.yaml"], "5:9: neuron.leak: ");
  const { stderr } = await run("settle", "esc.yaml");
  expect(stderr).not.toMatch(/\u001b|\u009b/);
  expect(stderr).toContain("\\u009b");
});

test("a refusal is the same of a process of its own", async () => {
  writeFileSync(join(folder, "own.yaml"), sound.replace("100 uS", "10 pF"));
  const answer = started("settle", "own.yaml");
  expect(answer).toMatchObject({ code: 2, stdout: "" });
  expect(answer).toEqual(await run("settle", "own.yaml"));
});
