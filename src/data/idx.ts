import { InputError } from "../numerics/errors.ts";
import type { Dataset } from "./dataset.ts";

/**
 * An array of bytes with its shape, row-major, as stored in an IDX file; `name` is used in error
 * messages. Format: LeCun, Cortes & Burges, "The MNIST database".
 */
export interface Idx {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const byteType = 0x08;
const types: Readonly<Record<number, string>> = {
  0x08: "bytes",
  0x09: "signed bytes",
  0x0b: "int16",
  0x0c: "int32",
  0x0d: "float32",
  0x0e: "float64",
};

/**
 * Reads an uncompressed IDX file of unsigned bytes: 0, 0, type, rank, then `rank` big-endian
 * 32-bit sizes, then the data. `data` is a view of `bytes`.
 * @throws InputError unless the header is right and the length is exactly what it announces.
 */
export function parseIdx(bytes: Uint8Array, name: string): Idx {
  const fail = (found: string, expected: string): never => {
    throw new InputError(
      `${name}: ${found}, expected ${expected}; get the file again, or name another with --data`,
    );
  };
  if (bytes.length < 4)
    fail(`${bytes.length} byte(s) is no IDX file`, "a header of at least 4 bytes");
  const [zeroA, zeroB, type, rank] = bytes;
  if (zeroA !== 0 || zeroB !== 0 || !(type in types))
    fail(`it starts with ${hex(bytes)}`, "00 00 08, the magic number of an IDX file of bytes");
  if (type !== byteType)
    fail(`it holds ${types[type]} (type ${hex(bytes.subarray(2, 3))})`, "unsigned bytes (type 08)");
  if (rank === 0) fail("it has no dimensions", "at least one");
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    fail(
      `it ends after ${bytes.length} bytes`,
      `a header of ${header} bytes for ${rank} dimension(s)`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const size = product(shape);
  if (bytes.length !== header + size) {
    const fault = bytes.length < header + size ? "is cut short" : "has bytes left over";
    fail(`it ${fault}: ${bytes.length - header} data bytes`, `${shape.join(" × ")} = ${size}`);
  }
  return { name, shape, data: bytes.subarray(header) };
}

/**
 * The bytes of an IDX file: what `parseIdx` reads back.
 * @throws InputError when shape and data disagree, or a size does not fit 32 bits.
 */
export function serializeIdx({ name, shape, data }: Idx): Uint8Array<ArrayBuffer> {
  if (
    shape.length < 1 ||
    shape.length > 255 ||
    shape.some((n) => !Number.isInteger(n) || n < 0 || n > 0xffffffff)
  )
    throw new InputError(
      `${name}: shape [${shape.join(", ")}] cannot be stored, expected 1 to 255 whole numbers ` +
        "below 2³²",
    );
  if (product(shape) !== data.length)
    throw new InputError(
      `${name}: ${data.length} bytes given, expected ${shape.join(" × ")} = ${product(shape)}`,
    );
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  bytes.set([0, 0, byteType, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((n, d) => view.setUint32(4 + 4 * d, n));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/** What a pair of files must hold. */
export interface Expected {
  readonly name: string;
  /** Of an image as it is stored. */
  readonly shape: readonly [height: number, width: number];
  readonly classNames: readonly string[];
  /** Whether images are stored column by column, and are to be put upright; false when absent. */
  readonly isTransposed?: boolean;
  /** What the labels call the first class; 0 when absent. */
  readonly firstLabel?: number;
}

/** Why an array cannot be the images [count × height × width] of a set; null if it can. */
export function imageFault({ name, shape }: Idx, expected: Expected["shape"]): string | null {
  if (shape.length !== 3)
    return (
      `${name}: ${shape.length} dimension(s) found, expected 3 (count × height × width); this ` +
      "is no file of images"
    );
  const [count, height, width] = shape;
  if (height !== expected[0] || width !== expected[1])
    return (
      `${name}: images of ${height} × ${width} pixels found, expected ${expected[0]} × ` +
      `${expected[1]}; check that the file belongs to this data set`
    );
  return count === 0 ? `${name}: no images in it, expected at least one; get the file again` : null;
}

/** Why an array cannot be the labels [count], each in first … first+classes−1; null if it can. */
export function labelFault(
  { name, shape, data }: Idx,
  { classNames, firstLabel: first = 0 }: Pick<Expected, "classNames" | "firstLabel">,
): string | null {
  if (shape.length !== 1)
    return (
      `${name}: ${shape.length} dimension(s) found, expected 1 (count); this is no file of ` +
      "labels"
    );
  const last = first + classNames.length - 1;
  const bad = data.findIndex((label) => label < first || label > last);
  return bad >= 0
    ? `${name}: label ${bad} is ${data[bad]}, expected ${first} to ${last}; get the file again`
    : null;
}

/** Why labels cannot be those of the images; null if they can. */
export function pairFault(images: Idx, labels: Idx): string | null {
  return images.shape[0] === labels.shape[0]
    ? null
    : `${labels.name}: ${labels.shape[0]} labels for the ${images.shape[0]} images of ` +
        `${images.name}, expected as many; take both files from one data set`;
}

/**
 * Joins images [count × height × width] and labels [count].
 * @throws InputError when either has another rank, another size, another count or a label outside
 *   first … first+classes−1.
 */
export function idxDataset(images: Idx, labels: Idx, expected: Expected): Dataset {
  const { name, shape, classNames, isTransposed = false, firstLabel = 0 } = expected;
  const fault =
    imageFault(images, shape) ?? labelFault(labels, expected) ?? pairFault(images, labels);
  if (fault !== null) throw new InputError(fault);
  const [count] = images.shape;
  return {
    name,
    count,
    shape: isTransposed ? [shape[1], shape[0]] : shape,
    inputNames: null,
    inputs: {
      kind: "bytes",
      values: isTransposed ? transposed(images.data, shape) : images.data,
      scale: 1 / 255,
    },
    scaling: null,
    targets: {
      kind: "classes",
      names: classNames,
      labels: firstLabel === 0 ? labels.data : labels.data.map((label) => label - firstLabel),
    },
  };
}

/** Images of so many rows and columns, each with its columns as rows. */
function transposed(images: Uint8Array, [rows, columns]: Expected["shape"]): Uint8Array {
  const upright = new Uint8Array(images.length);
  let to = 0;
  for (let image = 0; image < images.length; image += rows * columns)
    for (let column = 0; column < columns; column++)
      for (let row = 0; row < rows; row++) upright[to++] = images[image + row * columns + column];
  return upright;
}

function product(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, "0")).join(" ");
}
