import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeNetwork } from "../../../src/exports/formats.ts";
import { program, type ProgrammedChip } from "../../../src/runs/node/program.ts";
import { evaluateRun } from "../../../src/runs/node/reopen.ts";
import { netlistOf } from "../../../src/runs/node/spice/index.ts";
import { blocks, copyNetwork } from "../../support/portable.ts";

const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-program-"));
afterAll(() => rmSync(dir, { recursive: true }));

const chain = blocks.chain.slice(0, 2);
const few = ["data.train=200", "data.test=100", "train.batch=10"];

/** What became of a network; a list is none. */
async function programmed(request: Parameters<typeof program>[0]): Promise<ProgrammedChip> {
  const made = await program(request);
  if (made.from === "network") return made;
  throw new Error("a list");
}

async function model(name: string, sizes = [784, 14, 10]): Promise<string> {
  const path = join(dir, `${name}.npz`);
  const network = copyNetwork(sizes, chain, "hard");
  writeFileSync(path, await writeNetwork({ network, metadata: {} }, "npz"));
  return path;
}

test("the equilibrium of a directed chip is what the network computes", async () => {
  const out = join(dir, "ideal");
  const made = await programmed({ model: await model("a"), circuit: "ideal", out, set: few });
  expect(made.kind).toBe("directed");
  expect(made.notes).toEqual([]);
  expect([made.errorFitted, made.errorProgrammed]).toEqual([made.errorBefore, made.errorBefore]);
  expect(made.layers.map((l) => l.relativeError)).toEqual([0, 0]);
  expect(made.errorLearned).toBeNull();
  expect(JSON.parse(readFileSync(join(out, "program.json"), "utf8"))).toEqual(made);
  // A run folder like any other.
  const { agreement, residual, testErrorCopy } = await evaluateRun(out);
  expect(agreement).toBe(100);
  expect(residual).toBeLessThan(1e-5);
  expect(testErrorCopy).toBe(made.errorFitted);
  const text = await netlistOf({ target: out, options: {}, data: undefined });
  expect(text).toMatch(/784-14-10/);
});

test("a die with errors loses what its layers tell, and learns in place", async () => {
  const out = join(dir, "pcm");
  const request = { model: await model("b"), circuit: "pcm", die: 3, out };
  const made = await programmed({ ...request, learn: 1, set: few });
  for (const { relativeError, largest } of made.layers) {
    expect(relativeError).toBeGreaterThan(0.01);
    expect(relativeError).toBeLessThan(1);
    expect(largest).toBeGreaterThan(0);
  }
  // Phase-change devices are continuous, and written by write-verify.
  expect(made.layers.every((l) => l.bits === 0 && l.writing > 0.01)).toBe(true);
  expect(made.errorLearned).not.toBeNull();
  expect(existsSync(join(out, "report.html"))).toBe(true);
});

test("what does not fit is refused by name before anything is written", async () => {
  const out = join(dir, "refused");
  const path = await model("c");
  const refusals: readonly (readonly [Parameters<typeof program>[0], RegExp])[] = [
    [{ model: path, circuit: "kendall-2020", out }, /kendall-2020 is of resistors/],
    [{ model: path, circuit: "idael", out }, /did you mean/i],
    [{ model: join(dir, "none.onnx"), circuit: "ideal", out }, /there is no such file/],
    [{ model: await model("d", [784, 14, 7]), circuit: "ideal", out }, /7 outputs, and digits/],
    [{ model: dir, circuit: "ideal", out }, /this folder is no run/],
  ];
  for (const [request, why] of refusals) {
    await expect(program({ ...request, set: few })).rejects.toThrow(why);
    expect(existsSync(out)).toBe(false);
  }
});

test("what is lost is told by range, by bits and by writing", async () => {
  const yaml = (extra: string) =>
    readFileSync(join(import.meta.dirname, "../../../circuits/ideal.yaml"), "utf8").replace(
      /^mismatch:/m,
      `synapse:\n  kind: transconductor\n  memory: registers\n${extra}\nmismatch:`,
    );
  const lost = async (name: string, extra: string) => {
    const circuit = join(dir, `${name}.yaml`);
    writeFileSync(circuit, yaml(extra));
    const out = join(dir, `lost-${name}`);
    const { layers } = await programmed({ model: await model(name), circuit, out, set: few });
    return layers;
  };
  // Weights of σ = 0.7/√784 = 0.025 and, above, 0.7/√14 = 0.19, of which most do not fit into 0.05.
  const narrow = await lost("narrow", "  span: 0.05\n  bits: 24");
  expect(narrow[0].range).toBeLessThan(0.15);
  expect(narrow[1].range).toBeGreaterThan(0.6);
  expect(narrow.every((l) => l.bits < 1e-6)).toBe(true);
  // Steps of 1/7: an error of step/√12 = 0.041 where steps are finer than the weights.
  const coarse = await lost("coarse", "  span: 1\n  bits: 4");
  expect(coarse.map((l) => l.range)).toEqual([0, 0]);
  expect((coarse[1].bits * 0.7) / Math.sqrt(14)).toBeCloseTo(1 / 7 / Math.sqrt(12), 2);
  for (const { writing, relativeError, range, bits } of [...narrow, ...coarse]) {
    expect(writing).toBeLessThan(1e-6);
    expect(relativeError).toBeCloseTo(Math.hypot(range, bits), 6);
  }
});
