import { InputError } from "../numerics/errors.ts";
import type { Tensor } from "../numerics/vec.ts";
import { floatsFromBytes, floatsToBytes } from "./bytes.ts";

/** What a safetensors file holds: tensors in the order of their bytes, and free text. */
export interface Safetensors {
  readonly tensors: readonly Tensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

type Dtype = "F64" | "F32";
interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The largest JSON header that the reference implementation accepts, bytes. */
const maxHeader = 100_000_000;
const itemSize: Record<Dtype, number> = { F64: 8, F32: 4 };

/**
 * A safetensors file (https://github.com/huggingface/safetensors): 8 bytes little-endian header
 * length, JSON padded with spaces to a multiple of 8, then the tensors without gaps. Like the
 * reference implementation it puts F64 before F32, so every tensor is aligned, and sorts by name.
 * @throws InputError when names repeat or a shape does not fit its data.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const names = new Set<string>();
  for (const { name, shape, data } of tensors) {
    if (name === "__metadata__" || names.has(name))
      throw complaint(`two tensors would share the name "${name}": rename one`);
    names.add(name);
    if (!isShape(shape) || volume(shape) !== data.length)
      throw complaint(
        `tensor "${name}" has ${data.length} values, but its shape is [${shape.join(", ")}]`,
      );
  }
  let offset = 0;
  const sorted = tensors.map((t) => ({ ...t, dtype: dtypeOf(t) })).sort(canonical);
  const entries = sorted.map(({ name, dtype, shape, data }) => {
    const begin = offset;
    offset += data.length * itemSize[dtype];
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const;
  });
  const head = Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : [];
  const json = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries<unknown>([...head, ...entries])),
  );
  const length = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(json, 8);
  let at = 8 + length;
  for (const { data } of sorted) {
    const bytes = floatsToBytes(data);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/**
 * Reads a safetensors file of F32 and F64 tensors.
 * @throws InputError when the file is truncated, its header is not valid, or its tensors overlap or
 *   leave gaps.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8)
    throw complaint(`the file has ${bytes.length} bytes, expected at least 8: it is truncated`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > maxHeader)
    throw complaint(
      `the header claims ${length} bytes, more than the ${maxHeader} allowed: this is not a ` +
        "safetensors file",
    );
  if (8 + length > bytes.length)
    throw complaint(
      `the header claims ${length} bytes, but only ${bytes.length - 8} follow: the file is ` +
        "truncated",
    );
  const header = parseHeader(bytes.subarray(8, 8 + length));
  const body = bytes.subarray(8 + length);
  const { __metadata__: text, ...rest } = header;
  const entries = Object.entries(rest)
    .map(([name, value]) => entry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end || canonical(a, b));
  let end = 0;
  for (const e of entries) {
    if (e.begin !== end)
      throw complaint(
        `tensor "${e.name}" begins at byte ${e.begin}, expected ${end}: the tensors ` +
          (e.begin < end ? "overlap" : "leave a gap"),
      );
    end = e.end;
  }
  if (end !== body.length)
    throw complaint(
      `the header describes ${end} bytes of tensors, but ${body.length} follow it: the file ` +
        `is ${body.length < end ? "truncated" : "too long"}`,
    );
  const tensors = entries.map(({ name, dtype, shape, begin, end: stop }) => {
    return {
      name,
      shape,
      data: floatsFromBytes(body.subarray(begin, stop), dtype === "F64" ? "f64" : "f32"),
    };
  });
  return { tensors, metadata: text === undefined ? {} : metadataOf(text) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    if (isRecord(header)) return header;
  } catch (error) {
    throw complaint(
      `the header is not JSON (${error instanceof Error ? error.message : "unreadable"}): the ` +
        "file is damaged",
    );
  }
  throw complaint("the header is not a JSON object: the file is damaged");
}

function entry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw complaint(`tensor "${name}" is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== "F64" && dtype !== "F32")
    throw complaint(`tensor "${name}" has the data type ${show(dtype)}, expected "F32" or "F64"`);
  if (!isShape(shape))
    throw complaint(`tensor "${name}" has the shape ${show(shape)}, expected whole numbers ≥ 0`);
  if (!isShape(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    throw complaint(
      `tensor "${name}" has the data offsets ${show(offsets)}, expected [begin, end]`,
    );
  const [begin, end] = offsets;
  if (volume(shape) * itemSize[dtype] !== end - begin)
    throw complaint(
      `tensor "${name}" has ${end - begin} bytes, but its shape is [${shape.join(", ")}] in ` +
        dtype,
    );
  return { name, dtype, shape, begin, end };
}

function metadataOf(value: unknown): Record<string, string> {
  if (isRecord(value) && Object.values(value).every((v) => typeof v === "string"))
    return value as Record<string, string>;
  throw complaint("the metadata is not an object of strings");
}

/** A value for an error message: nested ones, which may be huge, by their kind only. */
function show(value: unknown): string {
  if (Array.isArray(value))
    return value.length <= 8 && value.every((v) => typeof v === "number")
      ? `[${value.join(", ")}]`
      : `a list of ${value.length}`;
  return isRecord(value) ? "an object" : JSON.stringify(value ?? null).slice(0, 40);
}

function canonical(a: { name: string; dtype: Dtype }, b: { name: string; dtype: Dtype }): number {
  return itemSize[b.dtype] - itemSize[a.dtype] || (a.name < b.name ? -1 : 1);
}

function dtypeOf(tensor: Tensor): Dtype {
  return tensor.data instanceof Float64Array ? "F64" : "F32";
}
function volume(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}
function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((d) => Number.isSafeInteger(d) && (d as number) >= 0);
}
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function complaint(what: string): InputError {
  return new InputError(`safetensors: ${what}`);
}
