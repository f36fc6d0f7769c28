import type { Precision, Vec } from "../numerics/vec.ts";

/**
 * The little-endian IEEE 754 bytes of `data`, in its own precision or, rounded to nearest, as
 * `f32`.
 */
export function floatsToBytes(
  data: Vec,
  precision: Precision = data instanceof Float64Array ? "f64" : "f32",
): Uint8Array<ArrayBuffer> {
  const size = precision === "f64" ? 8 : 4;
  const bytes = new Uint8Array(data.length * size);
  const view = new DataView(bytes.buffer);
  if (size === 8) for (let i = 0; i < data.length; i++) view.setFloat64(8 * i, data[i], true);
  else for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i], true);
  return bytes;
}

/** The inverse of `floatsToBytes`; `bytes` needs no alignment. */
export function floatsFromBytes(bytes: Uint8Array, precision: Precision): Vec {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return precision === "f64"
    ? Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true))
    : Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
