import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/numerics/errors.ts";
import type { Tensor } from "../../src/numerics/vec.ts";
import { readSafetensors, writeSafetensors } from "../../src/exports/safetensors.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("__proto__", "constructor", "12", "3"),
);
const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    text.filter((s) => s !== "__metadata__"),
    fc.array(fc.nat(4), { maxLength: 3 }),
    fc.boolean(),
  )
  .chain(([name, shape, double]): fc.Arbitrary<Tensor> => {
    const length = shape.reduce((n, d) => n * d, 1);
    const size = { minLength: length, maxLength: length };
    return double
      ? fc.float64Array({ ...size, noNaN: false }).map((data) => ({ name, shape, data }))
      : fc.float32Array({ ...size, noNaN: false }).map((data) => ({ name, shape, data }));
  });
const tensors = fc.uniqueArray(tensor, { selector: (t) => t.name, maxLength: 6 });
const metadata = fc.dictionary(text, fc.string());

describe("a safetensors file", () => {
  test("reads back as the same tensors and metadata, bit for bit", () => {
    fc.assert(
      fc.property(tensors, metadata, (given, about) => {
        const back = readSafetensors(writeSafetensors(given, about));
        expect(byName(back.tensors)).toEqual(byName(given));
        expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(about).sort());
      }),
    );
  });

  test("does not depend on the order of the tensors it is given", () => {
    fc.assert(
      fc.property(tensors, (given) => {
        expect(writeSafetensors([...given].reverse())).toEqual(writeSafetensors(given));
      }),
    );
  });

  test("has the bytes that the format prescribes", () => {
    const file = writeSafetensors([{ name: "w", shape: [1, 2], data: Float32Array.of(1, -2) }]);
    const header = '{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    expect(header.length % 8).toBe(0);
    expect([...file]).toEqual([
      header.length,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...new TextEncoder().encode(header),
      0,
      0,
      0x80,
      0x3f,
      0,
      0,
      0,
      0xc0,
    ]);
  });

  test("keeps f64 aligned to 8 bytes beside an odd number of f32", () => {
    const file = writeSafetensors([
      { name: "a", shape: [1], data: Float32Array.of(1) },
      { name: "b", shape: [1], data: Float64Array.of(Math.PI) },
    ]);
    expect(new Float64Array(file.buffer, file.length - 12, 1)[0]).toBe(Math.PI);
  });

  test("of another writer, with its own order of names and of bytes, is read in the order of the bytes", () => {
    const f32 = (begin: number) => ({ dtype: "F32", shape: [1], data_offsets: [begin, begin + 4] });
    const file = withHeader(
      JSON.stringify({ a: f32(4), c: f32(8), b: f32(0), __metadata__: { format: "pt" } }),
      12,
    );
    new DataView(file.buffer).setFloat32(file.length - 8, 7, true);
    const { tensors, metadata } = readSafetensors(file);
    expect(tensors.map((t) => [t.name, ...t.data])).toEqual([
      ["b", 0],
      ["a", 7],
      ["c", 0],
    ]);
    expect(metadata).toEqual({ format: "pt" });
  });

  test("is read from the middle of a larger buffer", () => {
    const given = [{ name: "a", shape: [2], data: Float64Array.of(1, 2) }];
    const file = writeSafetensors(given);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect(readSafetensors(larger.subarray(3)).tensors).toEqual(given);
  });

  test("with random bytes changed, cut or added is read or refused, never anything else", () => {
    const file = writeSafetensors(
      [
        { name: "a", shape: [3], data: Float32Array.of(1, 2, 3) },
        { name: "b", shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
      ],
      { seed: "1" },
    );
    const edits = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 4 });
    let refused = 0;
    fc.assert(
      fc.property(edits, fc.integer({ min: -20, max: 20 }), (changes, grow) => {
        const damaged = new Uint8Array(file.length + grow);
        damaged.set(file.subarray(0, damaged.length));
        for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
        try {
          readSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          refused++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  test("with any JSON value in place of its header is refused or empty", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = withHeader(JSON.stringify(value));
        try {
          expect(readSafetensors(bytes).tensors.every((t) => t.data.length === 0)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a damaged safetensors file is refused with its reason:", () => {
  const one = (fields: object) =>
    JSON.stringify({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...fields } });
  const two = (second: readonly [number, number]) =>
    JSON.stringify({
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      b: { dtype: "F32", shape: [1], data_offsets: second },
    });
  test.each([
    ["too short for a header", Uint8Array.of(1, 2, 3), /truncated/],
    ["a header longer than the file", Uint8Array.of(50, 0, 0, 0, 0, 0, 0, 0, 123), /truncated/],
    ["an absurd header length", new Uint8Array(16).fill(255), /not a safetensors file/],
    ["bad JSON", withHeader("{]"), /not JSON/],
    ["bytes that are not UTF-8", Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /not JSON/],
    ["a list as header", withHeader("[]"), /not a JSON object/],
    [
      "an unknown data type",
      withHeader(one({ dtype: "BF16" }), 4),
      /"BF16", expected "F32" or "F64"/,
    ],
    ["a fractional shape", withHeader(one({ shape: [0.5] }), 4), /shape \[0.5\]/],
    [
      "lists nested beyond any stack",
      withHeader(
        one({ shape: 0 }).replace(
          '"shape":0',
          `"shape":${"[".repeat(20_000)}${"]".repeat(20_000)}`,
        ),
        4,
      ),
      /a list of 1/,
    ],
    ["offsets that run backwards", withHeader(one({ data_offsets: [4, 0] }), 4), /data offsets/],
    ["a shape that needs other bytes", withHeader(one({ shape: [2] }), 4), /has 4 bytes/],
    [
      "a shape whose volume overflows",
      withHeader(one({ shape: [2 ** 52, 2 ** 52] }), 4),
      /has 4 bytes/,
    ],
    ["overlapping tensors", withHeader(two([4, 8]), 8), /overlap/],
    ["a gap between tensors", withHeader(two([12, 16]), 16), /leave a gap/],
    ["missing tensor bytes", withHeader(one({}), 2), /truncated/],
    ["bytes after the tensors", withHeader(one({}), 6), /too long/],
    ["metadata that is not text", withHeader('{"__metadata__":{"a":1}}'), /object of strings/],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(InputError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test("and tensors that cannot be written are refused", () => {
    const data = Float32Array.of(1);
    expect(() =>
      writeSafetensors([
        { name: "a", shape: [1], data },
        { name: "a", shape: [1], data },
      ]),
    ).toThrow(/share the name "a"/);
    expect(() => writeSafetensors([{ name: "__metadata__", shape: [1], data }])).toThrow(
      InputError,
    );
    expect(() => writeSafetensors([{ name: "a", shape: [2], data }])).toThrow(/1 values/);
  });
});

function withHeader(json: string, body = 0): Uint8Array {
  const header = new TextEncoder().encode(json);
  const file = new Uint8Array(8 + header.length + body);
  file[0] = header.length % 256;
  file[1] = Math.floor(header.length / 256);
  file.set(header, 8);
  return file;
}

function byName(list: readonly Tensor[]): Tensor[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
}
