import { InputError } from "../../numerics/errors.ts";
import type { SampleBlock, Values } from "../table.ts";
import { elementsOf, elementTypes, sizeOfShape, type ElementType } from "./elements.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's kinds and sizes of numbers; a truth value is a byte. */
const types: Readonly<Record<string, ElementType>> = {
  b1: "u8",
  u1: "u8",
  i1: "i8",
  u2: "u16",
  i2: "i16",
  u4: "u32",
  i4: "i32",
  u8: "u64",
  i8: "i64",
  f2: "f16",
  f4: "f32",
  f8: "f64",
};

/** What NumPy stores and no network can be shown. */
const others: Readonly<Record<string, string>> = {
  O: "Python objects, which only Python can read (and which may run code there)",
  U: "text",
  S: "text",
  V: "records",
  c: "complex numbers",
  M: "dates",
  m: "durations",
};

/** Whether a file begins as an NPY file does. */
export function looksLikeNpy(bytes: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

interface Header {
  readonly type: ElementType;
  readonly little: boolean;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly offset: number;
}

/**
 * Reads an NPY file (NumPy's, versions 1 to 3): any kind of number in either order of bytes; arrays
 * in Fortran's order are laid out by rows. The first size is that of the samples.
 * @param source the name used in messages.
 * @throws InputError when it holds something else than numbers, or is not as long as it says.
 */
export function readNpyArray(bytes: Uint8Array, source: string): SampleBlock {
  const { type, little, isFortran, shape, offset } = headerOf(bytes, source);
  if (shape.length === 0)
    throw new InputError(`${source}: a single number, expected an array with a row a sample`);
  const { bytes: each, title } = elementTypes[type];
  const length = each * sizeOfShape(shape);
  if (bytes.length !== offset + length)
    throw new InputError(
      `${source}: it ${bytes.length < offset + length ? "is cut short" : "has bytes left over"}: ` +
        `${bytes.length - offset} data bytes, expected ${shape.join(" × ")} ${title} = ` +
        `${length}; save it again`,
    );
  const stored = elementsOf(type, bytes.subarray(offset), little, source);
  const values = isFortran && shape.length > 1 ? byRows(stored, shape) : stored;
  return { kind: "block", source, rows: shape[0], shape: shape.slice(1), values };
}

function headerOf(bytes: Uint8Array, source: string): Header {
  const fail = (found: string, expected: string): never => {
    throw new InputError(`${source}: ${found}, expected ${expected}`);
  };
  if (!looksLikeNpy(bytes)) fail("it does not begin with \\x93NUMPY", "an NPY file");
  const isLong = bytes[6] > 1;
  const begin = isLong ? 12 : 10;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length =
    bytes.length < begin ? Infinity : isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  if (bytes.length < begin + length) fail(`it ends after ${bytes.length} bytes`, "a whole header");
  const text = new TextDecoder().decode(bytes.subarray(begin, begin + Math.min(length, 10_000)));
  const descr = /'descr': *(?:'([<>|=]?)([A-Za-z]\d*)[^']*'|(\[))/.exec(text);
  const order = /'fortran_order': *(True|False)/.exec(text);
  const sizes = /'shape': *\(([\d, ]*)\)/.exec(text);
  if (!descr || !order || !sizes)
    return fail(`its header says ${JSON.stringify(text.slice(0, 80).trim())}`, "type and shape");
  const [, mark, code, records] = descr;
  if (records || !(code in types))
    fail(
      `it holds ${records ? others["V"] : (others[code[0]] ?? `numbers of type ${code}`)}`,
      "an array of numbers; convert it, as with array.astype(float)",
    );
  return {
    type: types[code],
    little: mark !== ">",
    isFortran: order[1] === "True",
    shape: sizes[1]
      .split(",")
      .filter((size) => size.trim() !== "")
      .map(Number),
    offset: begin + length,
  };
}

/** From Fortran's order, the first index running fastest, to C's. */
function byRows(stored: Values, shape: readonly number[]): Values {
  const values = stored.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, d) => sizeOfShape(shape.slice(0, d)));
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    values[to] = stored[from];
    // The last index that has room moves on, those behind it begin anew.
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return values;
}
