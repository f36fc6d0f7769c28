import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idxDataset, parseIdx, serializeIdx, type Idx } from "../../src/data/idx.ts";
import { InputError } from "../../src/numerics/errors.ts";
import { digitNames } from "../../src/data/sources.ts";
import { imagesIn } from "../support/images.ts";

const expected = { name: "tiny", shape: [2, 3], classNames: digitNames } as const;

function images(count: number, height = 2, width = 3): Idx {
  return {
    name: "images",
    shape: [count, height, width],
    data: Uint8Array.from({ length: count * height * width }, (_, i) => i),
  };
}
function labels(...values: number[]): Idx {
  return { name: "labels", shape: [values.length], data: Uint8Array.from(values) };
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe("the IDX format", () => {
  const arrays = fc.array(fc.nat(6), { minLength: 1, maxLength: 4 }).chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data): Idx => ({ name: "any", shape, data }));
  });

  it("reads back what it wrote, for any shape and any bytes", () => {
    fc.assert(
      fc.property(arrays, (idx) => {
        expect(parseIdx(serializeIdx(idx), "any")).toEqual(idx);
      }),
      { numRuns: 1000 },
    );
  });

  it("writes the header that its authors describe: 0, 0, type 8, rank, big-endian sizes", () => {
    const bytes = serializeIdx({ name: "a", shape: [258, 0], data: new Uint8Array(0) });
    expect([...bytes]).toEqual([0, 0, 8, 2, 0, 0, 1, 2, 0, 0, 0, 0]);
  });

  it("reads from the middle of a larger buffer", () => {
    const file = serializeIdx(labels(3, 1, 4));
    const buffer = new Uint8Array(file.length + 7);
    buffer.set(file, 5);
    expect([...parseIdx(buffer.subarray(5, 5 + file.length), "x").data]).toEqual([3, 1, 4]);
  });

  it("gives a data set or an InputError under thousands of random mutations, never another error", () => {
    const good = { images: serializeIdx(images(4)), labels: serializeIdx(labels(0, 9, 5, 2)) };
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), by: fc.nat(7) }),
      fc.record({ kind: fc.constant("cut" as const), at: fc.nat(), by: fc.nat(7) }),
      fc.record({ kind: fc.constant("insert" as const), at: fc.nat(), by: fc.nat(255) }),
    );
    const damages = fc.array(mutation, { minLength: 1, maxLength: 4 });
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(damages, fc.boolean(), (list, inImages) => {
        const damaged = list.reduce<Uint8Array>(mutate, inImages ? good.images : good.labels);
        try {
          const set = idxDataset(
            parseIdx(inImages ? damaged : good.images, "i"),
            parseIdx(inImages ? good.labels : damaged, "l"),
            expected,
          );
          const read = imagesIn(set);
          expect(read.pixels).toHaveLength(set.count * 6);
          expect(read.labels).toHaveLength(set.count);
          expect(read.labels.every((l) => l < 10)).toBe(true);
          accepted++;
        } catch (e) {
          if (!(e instanceof InputError)) throw e;
          refused++;
        }
      }),
      { numRuns: 5000, seed: 1 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(100);
  });

  it("names the file and says what is wrong and what was expected", () => {
    const file = serializeIdx(images(2));
    expect(() => parseIdx(file.subarray(0, 3), "a/b")).toThrow(
      /^a\/b: 3 byte\(s\) is no IDX file, expected a header/,
    );
    expect(() => parseIdx(changed(file, 0, 0x1f), "f")).toThrow(
      /starts with 1f 00 08 03, expected 00 00 08/,
    );
    expect(() => parseIdx(changed(file, 2, 0x0d), "f")).toThrow(
      /holds float32 \(type 0d\), expected unsigned bytes/,
    );
    expect(() => parseIdx(changed(file, 3, 0), "f")).toThrow(/no dimensions/);
    expect(() => parseIdx(file.subarray(0, 9), "f")).toThrow(
      /ends after 9 bytes, expected a header of 16/,
    );
    expect(() => parseIdx(file.subarray(0, file.length - 1), "f")).toThrow(
      /cut short: 11 data bytes, expected 2 × 2 × 3 = 12/,
    );
    expect(() => parseIdx(Uint8Array.of(...file, 0), "f")).toThrow(/left over: 13 data bytes/);
  });

  it("refuses to write an array whose shape is not its own", () => {
    expect(() => serializeIdx({ name: "a", shape: [2], data: new Uint8Array(3) })).toThrow(
      InputError,
    );
    expect(() => serializeIdx({ name: "a", shape: [1.5], data: new Uint8Array(1) })).toThrow(
      /whole numbers/,
    );
    expect(() => serializeIdx({ name: "a", shape: [], data: new Uint8Array(1) })).toThrow(
      InputError,
    );
  });
});

describe("images and labels", () => {
  it("join to a data set whose pixels are worth 1/255", () => {
    const set = idxDataset(images(2), labels(7, 0), expected);
    expect(set).toMatchObject({ name: "tiny", count: 2, shape: [2, 3] });
    const read = imagesIn(set);
    expect(read).toMatchObject({ classes: 10, scale: 1 / 255 });
    expect([...read.labels]).toEqual([7, 0]);
    expect(read.pixels[11]).toBe(11);
  });

  it("are put upright where they are stored by columns, and counted from the first label", () => {
    const stored = images(2);
    const set = idxDataset(stored, labels(10, 1), {
      ...expected,
      isTransposed: true,
      firstLabel: 1,
    });
    expect(set.shape).toEqual([3, 2]);
    expect([...imagesIn(set).pixels]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
    expect([...imagesIn(set).labels]).toEqual([9, 0]);
    expect([...stored.data.subarray(0, 3)]).toEqual([0, 1, 2]);
    for (const label of [0, 11])
      expect(() => idxDataset(images(1), labels(label), { ...expected, firstLabel: 1 })).toThrow(
        `label 0 is ${label}, expected 1 to 10`,
      );
  });

  it("are refused when they do not fit each other or the data set", () => {
    expect(() => idxDataset(images(2), labels(7), expected)).toThrow(
      /^labels: 1 labels for the 2 images of images, expected as many/,
    );
    expect(() => idxDataset(images(1), labels(10), expected)).toThrow(
      /label 0 is 10, expected 0 to 9/,
    );
    expect(() => idxDataset(images(1, 3, 2), labels(1), expected)).toThrow(
      /3 × 2 pixels found, expected 2 × 3/,
    );
    expect(() => idxDataset(images(0), labels(), expected)).toThrow(/no images/);
    expect(() => idxDataset(labels(1), labels(1), expected)).toThrow(/no file of images/);
    expect(() => idxDataset(images(1), images(1), expected)).toThrow(/no file of labels/);
  });
});

function mutate(
  bytes: Uint8Array,
  { kind, at, by }: { kind: "flip" | "cut" | "insert"; at: number; by: number },
): Uint8Array {
  if (bytes.length === 0) return bytes;
  const i = at % bytes.length;
  switch (kind) {
    case "flip":
      return changed(bytes, i, bytes[i] ^ (1 << by));
    case "cut":
      return bytes.subarray(0, i);
    case "insert":
      return Uint8Array.of(...bytes.subarray(0, i), by, ...bytes.subarray(i));
  }
}
