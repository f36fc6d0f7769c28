import { InputError } from "../../numerics/errors.ts";
import type { SampleBlock } from "../table.ts";
import { elementsOf, elementTypes, sizeOfShape, type ElementType } from "./elements.ts";

const types: Readonly<Record<number, ElementType>> = {
  0x08: "u8",
  0x09: "i8",
  0x0b: "i16",
  0x0c: "i32",
  0x0d: "f32",
  0x0e: "f64",
};

/** Whether a file begins as an IDX file does. */
export function looksLikeIdx(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] in types && bytes[3] > 0;
}

/**
 * Reads an uncompressed IDX file of any type and rank: 0, 0, type, rank, then `rank` big-endian
 * 32-bit sizes, then the numbers, big-endian. The first size is that of the samples.
 * @param source the name used in messages.
 * @throws InputError unless the header is right and the length is exactly what it announces.
 */
export function readIdxArray(bytes: Uint8Array, source: string): SampleBlock {
  const fail = (found: string, expected: string): never => {
    throw new InputError(`${source}: ${found}, expected ${expected}; get the file again`);
  };
  if (!looksLikeIdx(bytes))
    fail(
      `it starts with ${hex(bytes)}`,
      "00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions, as IDX files do",
    );
  const [, , code, rank] = bytes;
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    fail(`it ends after ${bytes.length} bytes`, `${header} for ${rank} dimension(s)`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const { bytes: each, title } = elementTypes[types[code]];
  const length = each * sizeOfShape(sizes);
  if (bytes.length !== header + length)
    fail(
      `it ${bytes.length < header + length ? "is cut short" : "has bytes left over"}: ` +
        `${bytes.length - header} data bytes`,
      `${sizes.join(" × ")} ${title} = ${length}`,
    );
  const [rows, ...shape] = sizes;
  const values = elementsOf(types[code], bytes.subarray(header), false, source);
  return { kind: "block", source, rows, shape, values };
}

function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, "0"));
  return shown.length === 0 ? "nothing" : shown.join(" ");
}
