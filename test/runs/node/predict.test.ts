import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { serializeIdx } from "../../../src/data/idx.ts";
import { centred, inverted } from "../../../src/data/images/centred.ts";
import { evaluatePortable, namedClasses } from "../../../src/exports/evaluate.ts";
import { networkFormats, writeNetwork, type FormatName } from "../../../src/exports/formats.ts";
import { writeNpy } from "../../../src/exports/npy.ts";
import { quantise } from "../../../src/exports/quantise.ts";
import { predict, type SamplePrediction } from "../../../src/runs/node/predict.ts";
import { blocks, bytesOf, copyNetwork, portable } from "../../support/portable.ts";

const dir = mkdtempSync(join(tmpdir(), "analog-eqprop-predict-"));
afterAll(() => rmSync(dir, { recursive: true }));

const raw = bytesOf(150, 9);
const net = portable(copyNetwork([9, 8, 6, 4], blocks.chain, "leaky"));
const expected = namedClasses(evaluatePortable(net, raw, 150), 4);

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return Promise.resolve(path);
}

async function model(format: FormatName): Promise<string> {
  const { quantised, extension } = networkFormats[format];
  const bytes = await writeNetwork(quantised ? quantise(net, raw, 150) : net, format);
  return file(`model.${extension}`, bytes);
}

async function named(path: string, files: readonly string[]): Promise<SamplePrediction[]> {
  const found: SamplePrediction[] = [];
  await predict({ model: path, files }, (p) => found.push(p));
  return found;
}

const classesOf = (found: readonly SamplePrediction[]) =>
  found.map((p) => Number(/\d/.exec(p.class!)![0]));

test.each(["onnx", "safetensors", "npz", "json", "c", "js"] as const)(
  "a model in %s names IDX, NPY and CSV as the network does",
  async (format) => {
    const path = await model(format);
    const data = Uint8Array.from(raw);
    const idx = await file("x.idx", serializeIdx({ name: "x", shape: [150, 3, 3], data }));
    const npy = await file("x.npy", writeNpy({ shape: [150, 9], data: raw }));
    const lines = Array.from({ length: 150 }, (_, r) => raw.subarray(9 * r, 9 * r + 9).join(","));
    const header = Array.from({ length: 9 }, (_, k) => `x${k}`).join(",");
    const csv = await file("x.csv", [header, ...lines, ""].join("\n"));
    for (const samples of [idx, npy, csv])
      expect(classesOf(await named(path, [samples]))).toEqual([...expected]);
  },
);

test("whole numbers name nearly all the same", async () => {
  const npy = await file("y.npy", writeNpy({ shape: [150, 9], data: raw }));
  for (const format of ["onnx-int8", "c-int8"] as const) {
    const found = classesOf(await named(await model(format), [npy]));
    expect(found.filter((c, i) => c === expected[i]).length).toBeGreaterThan(140);
  }
});

test("a prediction says the three largest and how far the first is above the next", async () => {
  const one = await file("one.npy", writeNpy({ shape: [1, 9], data: raw.slice(0, 9) }));
  const [{ top, confidence, source }] = await named(await model("npz"), [one]);
  const outputs = evaluatePortable(net, raw.subarray(0, 9), 1).sort().reverse();
  expect(top!.map((t) => t.output)).toEqual(Array.from(outputs.subarray(0, 3), (y) => y));
  expect(confidence).toBeCloseTo(outputs[0] - outputs[1], 12);
  expect(source).toMatch(/one\.npy/);
});

test("samples that do not fit are refused by the name of their file", async () => {
  const path = await model("json");
  const wide = await file("wide.npy", writeNpy({ shape: [2, 5], data: new Float32Array(10) }));
  await expect(named(path, [wide])).rejects.toThrow(/wide\.npy: a sample has 5 numbers.*9 inputs/);
  const none = writeNpy({ shape: [1, 9], data: new Float32Array(9).fill(NaN) });
  await expect(named(path, [await file("nan.npy", none)])).rejects.toThrow(/input 1 is no number/);
  await expect(named(path, [await file("x.png", "GIF89a")])).rejects.toThrow(
    /neither PNG nor JPEG/,
  );
});

test("a picture is centred by its mass in a box of 20/28 of the side", () => {
  // A bar 2 wide and 40 high in the corner of a large sheet, dark on light.
  const [height, width] = [100, 60];
  const values = new Uint8Array(height * width).fill(255);
  for (let y = 0; y < 40; y++) values.fill(0, y * width, y * width + 2);
  const picture = centred(inverted({ height, width, channels: 1, values }), 28);
  const ink = [...picture.values.keys()].filter((i) => picture.values[i] > 0);
  const rows = ink.map((i) => Math.floor(i / 28));
  expect(Math.max(...rows) - Math.min(...rows) + 1).toBe(20);
  expect((Math.max(...rows) + Math.min(...rows)) / 2).toBeCloseTo(13.5, 0);
  expect(ink.every((i) => i % 28 === 13 || i % 28 === 14)).toBe(true);
  expect(
    centred({ ...picture, values: new Uint8Array(784) }, 28).values.every((v) => v === 0),
  ).toBe(true);
});

test("columns of a table are found by name, whatever stands beside them", async () => {
  const names = ["x", "y", "kind=a", "kind=7"];
  const table = portable(copyNetwork([4, 5, 2], blocks.chain, "leaky"));
  const inputs = {
    offset: new Float32Array(4),
    factor: new Float32Array(4).fill(0.1),
    low: 0,
    high: 1,
    names,
  };
  const bytes = await writeNetwork({ ...table, inputs }, "onnx");
  const path = await file("named.onnx", bytes);
  const rows = await file("rows.csv", "id,kind,y,x\nr,a,2,1\ns,7,4,3\nt,b,6,5\n");
  const found = await named(path, [rows]);
  const raw = Float32Array.of(1, 2, 1, 0, 3, 4, 0, 1, 5, 6, 0, 0);
  expect(found.map((p) => p.top!.map((t) => t.output))).toEqual(
    Array.from({ length: 3 }, (_, r) =>
      Array.from(evaluatePortable({ ...table, inputs }, raw.subarray(4 * r, 4 * r + 4), 1))
        .sort((a, b) => b - a)
        .map((x) => x),
    ),
  );
  expect(found[2].source).toMatch(/rows\.csv:4/);
  await expect(named(path, [await file("bad.csv", "x,z,kind\n1,2,a\n3,4,b\n")])).rejects.toThrow(
    /there is no column "y", which training had/,
  );
});
