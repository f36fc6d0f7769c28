import { unzipSync, zipSync, type UnzipFileInfo } from "fflate";
import { readNpyArray } from "../data/arrays/npy.ts";
import { InputError } from "../numerics/errors.ts";
import type { Tensor } from "../numerics/vec.ts";
import { writeNpy } from "./npy.ts";
import type { Packed } from "./packed.ts";

/** Beside the arrays: the strings of the network, as JSON. */
const stringsFile = "metadata.json";

/** What an archive may unpack to, bytes: more than any perceptron, and little enough to hold. */
const largest = 2 ** 30;

/** Entries that an archive may have. */
const most = 10_000;

/** 1980-01-01, the first day of zip: equal networks are equal files. */
const moment = "1980-01-01T00:00:00";

/**
 * An `.npz` as numpy.savez writes it, a zip of `.npy` files that nothing compresses, and strings in
 * `metadata.json`.
 */
export function writeNpz({ tensors, strings }: Packed): Uint8Array {
  return zipSync(
    {
      ...Object.fromEntries(tensors.map((t) => [`${t.name}.npy`, writeNpy(t)])),
      [stringsFile]: new TextEncoder().encode(JSON.stringify(strings)),
    },
    { level: 0, mtime: moment },
  );
}

/**
 * The arrays of an `.npz`.
 * @throws InputError for an archive that is damaged, names files outside of itself, or unpacks to
 *   more than a gigabyte.
 */
export function readNpz(bytes: Uint8Array): Packed {
  const files = unzipped(bytes);
  const text = files[stringsFile] as Uint8Array | undefined;
  return {
    tensors: Object.entries(files)
      .filter(([name]) => name.endsWith(".npy"))
      .map(([name, file]) => tensorOf(file, name.slice(0, -".npy".length))),
    strings: text === undefined ? {} : stringRecord(text, stringsFile),
  };
}

function tensorOf(file: Uint8Array, name: string): Tensor {
  const { rows, shape, values } = readNpyArray(file, `npz: ${name}`);
  return {
    name,
    shape: [rows, ...shape],
    data: values instanceof Float32Array ? values : Float64Array.from(values),
  };
}

/**
 * The strings of a JSON object.
 * @throws InputError for anything else.
 */
export function stringRecord(bytes: Uint8Array, name: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new InputError(`${name}: this is no JSON; the file is damaged`);
  }
  if (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((v) => typeof v === "string")
  )
    return value as Record<string, string>;
  throw new InputError(`${name}: expected a JSON object of strings; the file is damaged`);
}

function unzipped(bytes: Uint8Array): Record<string, Uint8Array> {
  let total = 0;
  let count = 0;
  const admit = ({ name, originalSize }: UnzipFileInfo): boolean => {
    count++;
    total += originalSize;
    if (count > most) throw new InputError(`npz: more than ${most} files in the archive`);
    if (total > largest)
      throw new InputError(
        `npz: the archive unpacks to more than ${largest / 2 ** 20} MiB, the most that is read`,
      );
    if (/(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[a-z]:/i.test(name))
      throw new InputError(
        `npz: an entry is called ${JSON.stringify(name.slice(0, 80))}, a path outside of the ` +
          "archive; this is no file of arrays",
      );
    return true;
  };
  try {
    return unzipSync(bytes, { filter: admit });
  } catch (error) {
    if (error instanceof InputError) throw error;
    const why = error instanceof Error ? error.message : "damaged";
    throw new InputError(`npz: the archive cannot be unpacked (${why}); get the file again`);
  }
}
