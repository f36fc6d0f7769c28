import { InputError } from "../numerics/errors.ts";
import type { Tensor } from "../numerics/vec.ts";
import { floatsFromBytes, floatsToBytes } from "./bytes.ts";

const magic = "\u0093NUMPY";

/** How numbers of one type of NumPy are read: their bytes, and one of them. */
interface ItemType {
  readonly bytes: number;
  read(view: DataView, at: number, little: boolean): number;
}

const itemTypes: Readonly<Record<string, ItemType>> = {
  f4: { bytes: 4, read: (v, at, little) => v.getFloat32(at, little) },
  f8: { bytes: 8, read: (v, at, little) => v.getFloat64(at, little) },
  u1: { bytes: 1, read: (v, at) => v.getUint8(at) },
  i1: { bytes: 1, read: (v, at) => v.getInt8(at) },
  b1: { bytes: 1, read: (v, at) => v.getUint8(at) },
  u2: { bytes: 2, read: (v, at, little) => v.getUint16(at, little) },
  i2: { bytes: 2, read: (v, at, little) => v.getInt16(at, little) },
  u4: { bytes: 4, read: (v, at, little) => v.getUint32(at, little) },
  i4: { bytes: 4, read: (v, at, little) => v.getInt32(at, little) },
  u8: { bytes: 8, read: (v, at, little) => Number(v.getBigUint64(at, little)) },
  i8: { bytes: 8, read: (v, at, little) => Number(v.getBigInt64(at, little)) },
};

/**
 * A `.npy` file, version 1.0 (numpy.lib.format): magic, header length, a Python literal padded to a
 * multiple of 64 bytes, little-endian numbers in C order.
 */
export function writeNpy({ shape, data }: Pick<Tensor, "shape" | "data">): Uint8Array<ArrayBuffer> {
  const type = data instanceof Float64Array ? "<f8" : "<f4";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const literal = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = 64 * Math.ceil((10 + literal.length + 1) / 64);
  const numbers = floatsToBytes(data);
  const file = new Uint8Array(length + numbers.length).fill(0x20, 10, length);
  file.set(Uint8Array.from(magic, (c) => c.charCodeAt(0)));
  file.set([1, 0], 6);
  new DataView(file.buffer).setUint16(8, length - 10, true);
  file.set(new TextEncoder().encode(literal), 10);
  file[length - 1] = 0x0a;
  file.set(numbers, length);
  return file;
}

/**
 * The array of a `.npy` file: integers, booleans and floats of either byte order, in C or Fortran
 * order of at most two axes; float32 stays so, all else becomes float64.
 * @throws InputError for anything else, and for a header that announces other than what follows.
 */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const fail = (what: string): never => {
    throw new InputError(`${name}: ${what}; expected a .npy file as numpy.save writes it`);
  };
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== magic)
    return fail("it does not begin as one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6] > 1;
  const begin = long ? 12 : 10;
  const end = begin + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) return fail(`its header ends at byte ${end} of ${bytes.length}`);
  const header = new TextDecoder("latin1").decode(bytes.subarray(begin, Math.min(end, 65_536)));
  const descr = /'descr':\s*'([<>|=]?)(\w\d)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (!descr || order === undefined || sizes === undefined)
    return fail(`its header is ${JSON.stringify(header.slice(0, 80))}`);
  const type = Object.hasOwn(itemTypes, descr[2]) ? itemTypes[descr[2]] : undefined;
  if (!type) return fail(`its numbers are of type ${descr[2]}, expected integers or floats`);
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((n, d) => n * d, 1);
  if (count * type.bytes !== bytes.length - end)
    return fail(
      `its header announces [${shape.join(", ")}] of ${type.bytes} bytes, but ` +
        `${bytes.length - end} bytes follow`,
    );
  const body = bytes.subarray(end);
  const data = numbersOf(body, descr[2], descr[1] !== ">", count);
  if (order === "False" || shape.length < 2) return { name, shape, data };
  if (shape.length > 2) return fail("it is in Fortran order with more than two axes");
  const [rows, columns] = shape;
  return {
    name,
    shape,
    data: data.map((_, k) => data[(k % columns) * rows + Math.floor(k / columns)]),
  };
}

function numbersOf(body: Uint8Array, type: string, little: boolean, count: number): Tensor["data"] {
  if (little && (type === "f4" || type === "f8"))
    return floatsFromBytes(body, type === "f4" ? "f32" : "f64");
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const { bytes, read } = itemTypes[type];
  const out = type === "f4" ? new Float32Array(count) : new Float64Array(count);
  return out.map((_, k) => read(view, k * bytes, little));
}
