/** An NPY file of numbers, written by NumPy's description of the format (version 1). */
export function npy(
  type: string,
  shape: readonly number[],
  values: ArrayLike<number>,
  isFortran = false,
): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const order = isFortran ? "True" : "False";
  const head = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${sizes}), }`;
  const length = 64 * Math.ceil((10 + head.length + 1) / 64) - 10;
  const each = Number(type.slice(2));
  const bytes = new Uint8Array(10 + length + each * values.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(`${head.padEnd(length - 1)}\n`), 10);
  const view = new DataView(bytes.buffer, 10 + length);
  for (let i = 0; i < values.length; i++)
    writers[type.slice(1)](view, i * each, values[i], !type.startsWith(">"));
  return bytes;
}

const writers: Readonly<
  Record<string, (view: DataView, at: number, x: number, little: boolean) => void>
> = {
  b1: (view, at, x) => view.setUint8(at, x),
  u1: (view, at, x) => view.setUint8(at, x),
  i1: (view, at, x) => view.setInt8(at, x),
  u2: (view, at, x, little) => view.setUint16(at, x, little),
  i2: (view, at, x, little) => view.setInt16(at, x, little),
  u4: (view, at, x, little) => view.setUint32(at, x, little),
  i4: (view, at, x, little) => view.setInt32(at, x, little),
  u8: (view, at, x, little) => view.setBigUint64(at, BigInt(x), little),
  i8: (view, at, x, little) => view.setBigInt64(at, BigInt(x), little),
  f2: (view, at, x, little) => view.setUint16(at, halfOf(x), little),
  f4: (view, at, x, little) => view.setFloat32(at, x, little),
  f8: (view, at, x, little) => view.setFloat64(at, x, little),
};

/** The bits of a normal number that 16 bits hold exactly. */
function halfOf(x: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const fraction = (Math.abs(x) / 2 ** exponent - 1) * 1024;
  return x === 0 ? 0 : (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}
