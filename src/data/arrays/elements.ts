import { InputError } from "../../numerics/errors.ts";
import { narrowest } from "../narrow.ts";
import type { Values } from "../table.ts";

/** How a number of an array is stored. */
export type ElementType = keyof typeof elementTypes;

interface Element {
  /** Of one number. */
  readonly bytes: number;
  readonly title: string;
  readonly make: new (count: number) => Values;
  read(view: DataView, at: number, little: boolean): number;
}

/** 64 bits of an integer become a float64, which has to hold them exactly. */
const wide = (x: bigint): number => {
  const value = Number(x);
  if (BigInt(value) !== x || !Number.isSafeInteger(value)) throw new TooWide(String(x));
  return value;
};

class TooWide extends Error {}

/** All that IDX and NPY store, one member each. */
export const elementTypes = {
  u8: { bytes: 1, title: "bytes", make: Uint8Array, read: (v, at) => v.getUint8(at) },
  i8: { bytes: 1, title: "signed bytes", make: Int8Array, read: (v, at) => v.getInt8(at) },
  u16: { bytes: 2, title: "uint16", make: Uint16Array, read: (v, at, le) => v.getUint16(at, le) },
  i16: { bytes: 2, title: "int16", make: Int16Array, read: (v, at, le) => v.getInt16(at, le) },
  u32: { bytes: 4, title: "uint32", make: Uint32Array, read: (v, at, le) => v.getUint32(at, le) },
  i32: { bytes: 4, title: "int32", make: Int32Array, read: (v, at, le) => v.getInt32(at, le) },
  u64: {
    bytes: 8,
    title: "uint64",
    make: Float64Array,
    read: (v, at, le) => wide(v.getBigUint64(at, le)),
  },
  i64: {
    bytes: 8,
    title: "int64",
    make: Float64Array,
    read: (v, at, le) => wide(v.getBigInt64(at, le)),
  },
  f16: {
    bytes: 2,
    title: "float16",
    make: Float32Array,
    read: (v, at, le) => halfFloat(v.getUint16(at, le)),
  },
  f32: {
    bytes: 4,
    title: "float32",
    make: Float32Array,
    read: (v, at, le) => v.getFloat32(at, le),
  },
  f64: {
    bytes: 8,
    title: "float64",
    make: Float64Array,
    read: (v, at, le) => v.getFloat64(at, le),
  },
} as const satisfies Readonly<Record<string, Element>>;

/** A sign, 5 bits of exponent and 10 of fraction (IEEE 754 binary16). */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * The numbers that bytes store, one behind the other. Bytes are not copied; integers of 64 bits
 * come in the narrowest type that holds them.
 * @param source the name used in messages.
 * @throws InputError when an integer is beyond ±2⁵³.
 */
export function elementsOf(
  type: ElementType,
  bytes: Uint8Array,
  little: boolean,
  source: string,
): Values {
  const element: Element = elementTypes[type];
  if (type === "u8") return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new element.make(bytes.length / element.bytes);
  try {
    for (let i = 0; i < values.length; i++)
      values[i] = element.read(view, i * element.bytes, little);
  } catch (error) {
    if (!(error instanceof TooWide)) throw error;
    throw new InputError(
      `${source}: it holds ${error.message}, expected numbers of at most 2⁵³; store floats, or ` +
        "smaller numbers",
    );
  }
  return values instanceof Float64Array && element.bytes === 8 && type !== "f64"
    ? narrowest(values)
    : values;
}

/** How many numbers a shape has. */
export function sizeOfShape(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}
