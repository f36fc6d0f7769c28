import { describe, expect, test } from "vitest";
import { evaluatePortable, namedClasses } from "../../src/exports/evaluate.ts";
import { copyFileNames, formatNames, networkFormats } from "../../src/exports/formats.ts";
import { readNetwork, writeNetwork } from "../../src/exports/formats.ts";
import { quantise } from "../../src/exports/quantise.ts";
import type { PortableNetwork } from "../../src/exports/portable.ts";
import { blocks, bytesOf, copyNetwork, portable, walled } from "../support/portable.ts";

const sizes = [30, 20, 12, 5];
const raw = bytesOf(64, 30);
const nets: readonly (readonly [string, PortableNetwork])[] = [
  ["a chain of hard units", portable(copyNetwork(sizes, blocks.chain, "hard"))],
  ["leaky units with skips", portable(copyNetwork(sizes, blocks.skips, "leaky"))],
  ["sigmoids", portable(copyNetwork(sizes, blocks.chain, "sigmoid"))],
  ["steps", portable(copyNetwork(sizes, blocks.skips, "step"))],
  ["walls of every kind", portable(walled(copyNetwork(sizes, blocks.chain, "leaky")))],
  ["linear layers", portable(copyNetwork(sizes, blocks.chain, "linear"))],
  ["double precision", portable(copyNetwork(sizes, blocks.chain, "leaky", "f64"))],
];
const all = nets.flatMap(([what, net]) => formatNames.map((f) => [f, what, net] as const));

describe("a format", () => {
  test.each(all)("%s brings back what it took: %s", async (format, _, float) => {
    const { quantised, extension } = networkFormats[format];
    const net = quantised ? quantise(float, raw, 64) : float;
    const bytes = await writeNetwork(net, format);
    for (const name of [`model.${extension}`, "a name that says nothing"]) {
      const back = await readNetwork(bytes, name);
      expect(back.outputs).toEqual(net.outputs);
      expect(back.metadata).toEqual(net.metadata);
      const expected = evaluatePortable(net, raw, 64);
      const found = evaluatePortable(back, raw, 64);
      const worst = Math.max(...expected.map((y, i) => Math.abs(y - found[i])));
      // Weights of single precision, and inputs scaled by it: 2⁻²⁴ each, 62 of order one.
      expect(worst).toBeLessThan(quantised ? 1e-12 : 1e-5);
      expect(worst > 0 && format === "json" && _ !== "double precision").toBe(false);
    }
    // Equal networks are equal files.
    expect(await writeNetwork(net, format)).toEqual(bytes);
  });

  test("is told from the others by its extension", () => {
    expect(new Set(formatNames.map((f) => networkFormats[f].extension)).size).toBe(8);
    expect(copyFileNames).toEqual(["copy.onnx", "copy.safetensors"]);
  });

  test("of whole numbers wants a calibrated network, and of floats another", async () => {
    const [, net] = nets[0];
    const whole = quantise(net, raw, 64);
    await expect(writeNetwork(net, "c-int8")).rejects.toThrow(/not quantised yet/);
    await expect(writeNetwork(whole, "npz")).rejects.toThrow(/onnx-int8 or c-int8/);
    expect(() => quantise(net, [], 0)).toThrow(/nothing to calibrate on/);
  });
});

describe("whole numbers of eight bits", () => {
  test("are within their steps of the network that they stand for", () => {
    // 200 rows: what sums of rounded weights and states miss is a few steps of 1/255 of a range.
    const rows = bytesOf(200, 30);
    for (const [what, net] of nets.filter(([w]) => w !== "steps")) {
      const exact = evaluatePortable(net, rows, 200);
      const whole = evaluatePortable(quantise(net, rows, 200), rows, 200);
      const range = Math.max(...exact) - Math.min(...exact);
      const worst = Math.max(...exact.map((y, i) => Math.abs(y - whole[i])));
      expect(worst / range, what).toBeLessThan(0.1);
      expect(worst, what).toBeGreaterThan(0);
      const same = namedClasses(exact, 5).filter((c, i) => c === namedClasses(whole, 5)[i]);
      expect(same.length, what).toBeGreaterThan(180);
    }
  });
});
