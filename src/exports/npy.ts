import type { Tensor } from "../numerics/vec.ts";
import { floatsToBytes } from "./bytes.ts";

const magic = "\u0093NUMPY";

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
