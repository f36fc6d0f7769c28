import { encode as encodePng } from "fast-png";
import fc from "fast-check";
import { encode as encodeJpeg } from "jpeg-js";
import { zlibSync } from "fflate";
import { describe, expect, it, test } from "vitest";
import { readImages, type ImageFile } from "../../../src/data/images/folder.ts";
import { decodePng } from "../../../src/data/images/png.ts";
import { decodeJpeg } from "../../../src/data/images/jpeg.ts";
import { resized, toGrey } from "../../../src/data/images/picture.ts";
import { InputError } from "../../../src/numerics/errors.ts";

const grey = (height: number, width: number, at: (i: number) => number) =>
  encodePng({
    height,
    width,
    channels: 1,
    depth: 8,
    data: Uint8Array.from({ length: height * width }, (_, i) => at(i)),
  });

const file = (label: string, name: string, bytes: Uint8Array): ImageFile => ({
  label,
  name,
  source: `pictures/${label}/${name}`,
  read: () => Promise.resolve(bytes),
});

describe("a PNG", () => {
  it("of any depth and kind of colour is decoded to bytes", async () => {
    const decoded = async (channels: 1 | 2 | 3 | 4, depth: 8 | 16, data: number[]) => {
      const array = depth === 8 ? Uint8Array.from(data) : Uint16Array.from(data);
      const png = encodePng({ height: 1, width: 1, channels, depth, data: array });
      return decodePng(png);
    };
    expect(await decoded(1, 8, [7])).toMatchObject({ channels: 1, values: Uint8Array.of(7) });
    expect((await decoded(1, 16, [65535])).values).toEqual(Uint8Array.of(255));
    expect((await decoded(1, 16, [257 * 9])).values).toEqual(Uint8Array.of(9));
    expect((await decoded(2, 8, [200, 128])).values).toEqual(Uint8Array.of(100));
    expect((await decoded(3, 8, [1, 2, 3])).values).toEqual(Uint8Array.of(1, 2, 3));
    expect((await decoded(4, 8, [1, 2, 3, 0])).values).toEqual(Uint8Array.of(0, 0, 0));
  });

  /** A grey PNG with so many bits a pixel, from its packed rows. */
  const packed = (width: number, height: number, depth: number, rows: readonly number[]) => {
    const blank = grey(1, 1, () => 0);
    const chunk = (type: string, data: Uint8Array) => {
      const bytes = new Uint8Array(12 + data.length);
      new DataView(bytes.buffer).setUint32(0, data.length);
      bytes.set(new TextEncoder().encode(type), 4);
      bytes.set(data, 8);
      new DataView(bytes.buffer).setUint32(8 + data.length, crc(bytes.subarray(4, -4)));
      return bytes;
    };
    const head = new Uint8Array(13);
    new DataView(head.buffer).setUint32(0, width);
    new DataView(head.buffer).setUint32(4, height);
    head[8] = depth;
    const data = zlibSync(Uint8Array.from(rows));
    const parts = [chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", new Uint8Array(0))];
    return Uint8Array.from([...blank.subarray(0, 8), ...parts.flatMap((part) => [...part])]);
  };
  const crc = (bytes: Uint8Array) => {
    let c = -1;
    for (const byte of bytes) {
      c ^= byte;
      for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return ~c >>> 0;
  };

  it("of 1, 2 and 4 bits a pixel is decoded to bytes", async () => {
    const bits = await decodePng(packed(3, 2, 1, [0, 0b10100000, 0, 0b01000000]));
    expect([...bits.values]).toEqual([255, 0, 255, 0, 255, 0]);
    expect([...(await decodePng(packed(3, 1, 2, [0, 0b00011000]))).values]).toEqual([0, 85, 170]);
    expect([...(await decodePng(packed(3, 1, 4, [0, 0x0f, 0x10]))).values]).toEqual([0, 255, 17]);
  });

  it("that unpacks to more than its pixels, or is too large, is refused before it is", async () => {
    const bomb = packed(2, 2, 8, new Array<number>(3e6).fill(0));
    await expect(decodePng(bomb)).rejects.toThrow("it unpacks to more than its pixels");
    await expect(decodePng(packed(60_000, 60_000, 8, [0]))).rejects.toThrow(
      "it has 60000 × 60000 pixels, expected at most 16777216",
    );
    await expect(decodePng(packed(2, 2, 8, [0, 1, 2]))).rejects.toThrow("cut short");
  });
});

test("a JPEG is decoded to about what was encoded", async () => {
  const data = new Uint8Array(16 * 16 * 4).map((_, i) => (i % 4 === 3 ? 255 : 8 * (i % 4) + 100));
  const { data: bytes } = encodeJpeg({ width: 16, height: 16, data }, 95);
  const picture = await decodeJpeg(bytes);
  expect([picture.height, picture.width, picture.channels]).toEqual([16, 16, 3]);
  for (let i = 0; i < picture.values.length; i++)
    expect(Math.abs(picture.values[i] - (8 * (i % 3) + 100))).toBeLessThan(6);
});

describe("a picture at another size", () => {
  const picture = (height: number, width: number, values: number[]) =>
    ({ height, width, channels: 1, values: Uint8Array.from(values) }) as const;

  it("keeps a uniform grey, and its mean when it is halved", () => {
    expect([...resized(picture(3, 5, new Array<number>(15).fill(77)), 2, 9).values]).toEqual(
      new Array<number>(18).fill(77),
    );
    const ramp = picture(1, 8, [0, 10, 20, 30, 40, 50, 60, 70]);
    // Weights 1, 3, 3, 1 of eight around each centre; at the ends those that are there.
    const inner = (10 + 3 * 20 + 3 * 30 + 40) / 8;
    expect(resized(ramp, 1, 4).values[1]).toBe(Math.floor(inner + 0.5));
  });

  it("is between its neighbours when it is doubled", () => {
    expect([...resized(picture(1, 2, [0, 100]), 1, 4).values]).toEqual([0, 25, 75, 100]);
  });

  it("weighs colours as eyes do", () => {
    const rgb = (r: number, g: number, b: number) =>
      toGrey({ height: 1, width: 1, channels: 3, values: Uint8Array.of(r, g, b) }).values[0];
    expect([rgb(255, 0, 0), rgb(0, 255, 0), rgb(0, 0, 255), rgb(9, 9, 9)]).toEqual([
      76, 150, 29, 9,
    ]);
  });
});

describe("a folder of images", () => {
  const small = (i: number) => grey(2, 3, () => i);
  const red = encodePng({
    height: 2,
    width: 3,
    channels: 3,
    depth: 8,
    data: Uint8Array.from({ length: 18 }, (_, i) => (i % 3 === 0 ? 200 : 0)),
  });

  it("comes in the order of names, numbers in them by value, through all classes", async () => {
    const files = [
      file("b", "10.png", small(10)),
      file("a", "2.png", small(2)),
      file("10", "1.png", small(1)),
      file("9", "2.png", small(3)),
    ];
    const { inputs, targets } = await readImages(files, "pictures");
    expect([inputs.rows, inputs.shape]).toEqual([4, [2, 3]]);
    expect([0, 6, 12, 18].map((i) => inputs.values[i])).toEqual([1, 3, 2, 10]);
    expect(targets).toMatchObject({
      names: ["9", "10", "a", "b"],
      codes: Int32Array.of(1, 0, 2, 3),
    });
  });

  it("has colours where any image has some, unless it is told", async () => {
    const files = [file("a", "1.png", small(9)), file("b", "2.png", red)];
    const both = await readImages(files, "pictures");
    expect(both.inputs.shape).toEqual([2, 3, 3]);
    expect([...both.inputs.values.subarray(15, 21)]).toEqual([9, 9, 9, 200, 0, 0]);
    const { inputs } = await readImages(files, "pictures", { colour: false });
    expect(inputs.shape).toEqual([2, 3]);
    expect(inputs.values[6]).toBe(60);
    const only = await readImages([files[0]], "pictures", { colour: true });
    expect(only.inputs.shape).toEqual([2, 3, 3]);
  });

  it("of differing sizes is refused unless it is resized", async () => {
    const files = [
      file("a", "1.png", small(9)),
      file(
        "b",
        "2.png",
        grey(4, 4, () => 50),
      ),
    ];
    await expect(readImages(files, "pictures")).rejects.toThrow(
      "pictures/b/2.png: 4 × 4 pixels, expected 2 × 3 as in pictures/a/1.png; say resize: [2, 3]",
    );
    const { inputs } = await readImages(files, "pictures", { resize: [2, 2] });
    expect([...inputs.values]).toEqual([9, 9, 9, 9, 50, 50, 50, 50]);
  });

  it("with what is no image names the file", async () => {
    const text = new TextEncoder().encode("GIF89a");
    await expect(readImages([file("a", "x.png", text)], "pictures")).rejects.toThrow(
      "pictures/a/x.png: neither PNG nor JPEG",
    );
  });

  it("however an image is damaged gives samples or an InputError, and no other end", async () => {
    const { data } = encodeJpeg({ width: 9, height: 9, data: new Uint8Array(324).fill(90) }, 50);
    const good = [grey(5, 5, (i) => 9 * i), new Uint8Array(data)];
    const change = fc.tuple(fc.nat(10_000), fc.nat(255));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (changes, isJpeg) => {
          const bytes = good[isJpeg ? 1 : 0].slice();
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          await readImages([file("a", "x", bytes)], "pictures").catch((error: unknown) => {
            if (!(error instanceof InputError)) throw error;
            refused++;
          });
        },
      ),
      { numRuns: 400, seed: 1 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
