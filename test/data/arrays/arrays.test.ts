import fc from "fast-check";
import { zipSync } from "fflate";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it, test } from "vitest";
import { readIdxArray } from "../../../src/data/arrays/idx-array.ts";
import { readNpyArray } from "../../../src/data/arrays/npy.ts";
import { readNpzArrays } from "../../../src/data/arrays/npz.ts";
import { readParquet } from "../../../src/data/arrays/parquet.ts";
import type { RandomAccess } from "../../../src/data/arrays/parquet-pages.ts";
import type { ReadOptions } from "../../../src/data/table.ts";
import { InputError } from "../../../src/numerics/errors.ts";
import { npy } from "../../support/arrays.ts";

const codes = { u8: 0x08, i8: 0x09, i16: 0x0b, i32: 0x0c, f32: 0x0d, f64: 0x0e } as const;

/** An IDX file, written by its published description. */
function idx(type: keyof typeof codes, shape: readonly number[], values: readonly number[]) {
  const each = { u8: 1, i8: 1, i16: 2, i32: 4, f32: 4, f64: 8 }[type];
  const bytes = new Uint8Array(4 + 4 * shape.length + each * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, codes[type], shape.length]);
  shape.forEach((n, d) => view.setUint32(4 + 4 * d, n));
  values.forEach((x, i) => {
    const at = 4 + 4 * shape.length + each * i;
    if (type === "u8") view.setUint8(at, x);
    if (type === "i8") view.setInt8(at, x);
    if (type === "i16") view.setInt16(at, x);
    if (type === "i32") view.setInt32(at, x);
    if (type === "f32") view.setFloat32(at, x);
    if (type === "f64") view.setFloat64(at, x);
  });
  return bytes;
}

describe("IDX", () => {
  it.each([
    ["u8", [0, 255]],
    ["i8", [-128, 127]],
    ["i16", [-32768, 258]],
    ["i32", [-(2 ** 31), 65537]],
    ["f32", [0.5, -3e10]],
    ["f64", [0.1, -1e300]],
  ] as const)("of %s is read, of any rank", (type, [a, b]) => {
    const block = readIdxArray(idx(type, [2, 1, 3], [a, b, 0, 1, 2, 3]), "x");
    expect([block.rows, block.shape]).toEqual([2, [1, 3]]);
    const rounded = type === "f32" ? [a, b].map(Math.fround) : [a, b];
    expect([...block.values]).toEqual([...rounded, 0, 1, 2, 3]);
    expect(readIdxArray(idx(type, [1], [b]), "x").shape).toEqual([]);
  });

  it.each<[string, Uint8Array, string]>([
    ["of terabytes", idx("f64", [0xffffffff, 0xffffffff], [1]), "x: it is cut short: 8 data bytes"],
    ["cut short", idx("i16", [2, 3], [1, 2]), "expected 2 × 3 int16 = 12"],
    ["too long", idx("u8", [1], [1, 2]), "has bytes left over"],
    ["of no known type", Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0), "it starts with 00 00 07 01"],
    ["without its sizes", Uint8Array.of(0, 0, 8, 200, 1), "it ends after 5 bytes, expected 804"],
    ["of nothing", new Uint8Array(0), "it starts with nothing"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => readIdxArray(bytes, "x")).toThrow(InputError);
    expect(() => readIdxArray(bytes, "x")).toThrow(message);
  });
});

describe("NPY", () => {
  it.each([
    ["|b1", [0, 1]],
    ["|u1", [0, 255]],
    ["|i1", [-128, 127]],
    ["<u2", [1, 65535]],
    [">u2", [1, 65535]],
    ["<i2", [-32768, 258]],
    [">i4", [-(2 ** 31), 65537]],
    ["<u4", [0, 2 ** 32 - 1]],
    ["<i8", [-(2 ** 40), 5]],
    [">u8", [2 ** 53 - 1, 3]],
    ["<f2", [1.5, -65504]],
    ["<f4", [0.5, -3e10]],
    [">f8", [0.1, -1e300]],
    ["<f8", [0.1, 5e-324]],
  ] as const)("of %s is read", (type, [a, b]) => {
    const block = readNpyArray(npy(type, [2, 2], [a, b, 1, 0]), "x");
    expect([block.rows, block.shape]).toEqual([2, [2]]);
    const rounded = type === "<f4" ? [a, b].map(Math.fround) : [a, b];
    expect([...block.values]).toEqual([...rounded, 1, 0]);
  });

  it("in Fortran's order is laid out by rows", () => {
    const shape = [2, 3, 4];
    const at = (i: number, j: number, k: number) => 100 * i + 10 * j + k;
    const stored: number[] = [];
    for (let k = 0; k < 4; k++)
      for (let j = 0; j < 3; j++) for (let i = 0; i < 2; i++) stored.push(at(i, j, k));
    const { values } = readNpyArray(npy("<i2", shape, stored, true), "x");
    const rows = [0, 1].flatMap((i) =>
      [0, 1, 2].flatMap((j) => [0, 1, 2, 3].map((k) => at(i, j, k))),
    );
    expect([...values]).toEqual(rows);
  });

  const header = (text: string) => {
    const bytes = npy("<f8", [1], [0]).slice();
    bytes.fill(32, 10, 127);
    bytes.set(new TextEncoder().encode(text), 10);
    return bytes;
  };
  it.each<[string, Uint8Array, string]>([
    [
      "of objects",
      header("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"),
      "x: it holds Python objects",
    ],
    ["of text", header("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }"), "holds text"],
    [
      "of records",
      header("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }"),
      "holds records",
    ],
    [
      "of terabytes",
      header("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 9), }"),
      "x: it is cut short: 8 data bytes, expected 999999999999 × 9 float64",
    ],
    [
      "of negative size",
      header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
      "its header says",
    ],
    ["of one number", header("{'descr': '<f8', 'fortran_order': False, 'shape': (), }"), "single"],
    ["with no header", npy("<f8", [1], [0]).subarray(0, 9), "it ends after 9 bytes"],
    ["of huge integers", npy("<i8", [1], [2 ** 60]), "it holds 1152921504606846976"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => readNpyArray(bytes, "x")).toThrow(InputError);
    expect(() => readNpyArray(bytes, "x")).toThrow(message);
  });
});

describe("NPZ", () => {
  const images = npy("|u1", [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const labels = npy("<i8", [2, 1], [3, 1]);
  const archive = (names: Record<string, Uint8Array>, level: 0 | 6 = 6) =>
    zipSync(
      Object.fromEntries(Object.entries(names).map(([name, bytes]) => [`${name}.npy`, bytes])),
      { level },
    );

  test.each([
    ["x_train", "y_train", "x_test", "y_test"],
    ["train_images", "train_labels", "test_images", "test_labels"],
    ["X", "y", null, null],
    ["arr_0", "arr_1", null, null],
  ])("with %s and %s is read", async (x, y, tx, ty) => {
    const names = { [x]: images, [y]: labels, other: new Uint8Array(3) };
    const both = tx === null ? names : { ...names, [tx]: images, [ty]: labels };
    const { train, test: other } = await readNpzArrays(archive(both, 0), "a.npz");
    expect(train).toMatchObject({
      kind: "labelled",
      inputs: { rows: 2, shape: [2, 2], source: `a.npz: ${x}` },
      targets: { rows: 2, shape: [], values: Uint8Array.of(3, 1) },
    });
    expect(other === null).toBe(tx === null);
  });

  it.each<[string, Uint8Array, ReadOptions, string]>([
    [
      "names none",
      archive({ a: images, b: labels }),
      {},
      "found the arrays a, b, expected x_train",
    ],
    ["lacks one", archive({ x: images }), { inputs: "x", targets: "z" }, 'there is no array "z"'],
    [
      "has too few labels",
      archive({ x: images, y: npy("|u1", [1], [3]) }),
      {},
      "a.npz: y: 1 targets for the 2 samples of a.npz: x",
    ],
    ["is cut short", archive({ x: images, y: labels }).subarray(0, 300), {}, "cannot be unpacked"],
  ])("that %s is refused", async (_, bytes, options, message) => {
    await expect(readNpzArrays(bytes, "a.npz", options)).rejects.toThrow(message);
    await expect(readNpzArrays(bytes, "a.npz", options)).rejects.toThrow(InputError);
  });

  it("that would unpack to more than it can hold is refused before it is unpacked", async () => {
    const bomb = archive({ x: images, y: labels });
    const directory = bomb.findLastIndex((_, i) => bomb[i] === 0x50 && bomb[i + 2] === 1);
    new DataView(bomb.buffer).setUint32(directory + 24, 0xf0000000, true);
    await expect(readNpzArrays(bomb, "a.npz")).rejects.toThrow("more than packing can save");
  });
});

describe("Parquet", () => {
  const access = (buffer: ArrayBuffer): RandomAccess => ({
    byteLength: buffer.byteLength,
    slice: (start, end) => buffer.slice(start, end),
  });
  const file = () =>
    parquetWriteBuffer({
      columnData: [
        { name: "size", data: [1, 2.5, null, 4, 5], type: "DOUBLE" },
        { name: "n", data: [1, 2, 3, 4, 300], type: "INT32" },
        { name: "big", data: [1n, 2n, 3n, 4n, 2n ** 40n], type: "INT64" },
        { name: "ok", data: [true, false, true, true, false], type: "BOOLEAN" },
        { name: "kind", data: ["b", "a", "b", null, "a"], type: "STRING" },
      ],
      rowGroupSize: 2,
    });

  it("is read by columns, whatever its groups of rows", async () => {
    const table = await readParquet(access(file()), "t.parquet");
    expect(table.rows).toBe(5);
    expect(table.line(3)).toBeNull();
    const [size, n, big, ok, kind] = table.columns;
    expect(size).toMatchObject({ values: Float32Array.of(1, 2.5, NaN, 4, 5) });
    expect(size.kind === "numbers" && [...size.missing]).toEqual([2]);
    expect(n).toMatchObject({ values: Uint16Array.of(1, 2, 3, 4, 300) });
    expect(big).toMatchObject({ values: Float32Array.of(1, 2, 3, 4, 2 ** 40) });
    expect(ok).toMatchObject({ values: Uint8Array.of(1, 0, 1, 1, 0) });
    expect(kind).toMatchObject({ names: ["a", "b"], codes: Int32Array.of(1, 0, 1, -1, 0) });
  });

  it("leaves columns out, and reads numbers as names where it is told", async () => {
    const options = { drop: ["size", "kind"], names: ["n"] };
    const { columns } = await readParquet(access(file()), "t.parquet", options);
    expect(columns.map((c) => (c.kind === "names" ? c.names : c.name))).toEqual([
      [],
      ["1", "2", "3", "4", "300"],
      "big",
      "ok",
      [],
    ]);
    await expect(readParquet(access(file()), "t", { drop: ["sizes"] })).rejects.toThrow(
      't: drop: there is no column "sizes"; did you mean "size"?',
    );
  });

  it("however it is damaged gives a table or an InputError, and no other end", async () => {
    const good = new Uint8Array(file());
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = good.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          await readParquet(access(bytes.buffer), "t");
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          refused++;
        }
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});
