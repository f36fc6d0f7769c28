import { InputError } from "../../numerics/errors.ts";
import type { ContentParts, Labelled, ReadOptions, SampleBlock } from "../table.ts";
import { labelled } from "./labelled.ts";
import { readNpyArray } from "./npy.ts";

/** Bytes of the arrays that are taken out of one archive together. */
const mostBytes = 2 * 2 ** 30;
/** Deflate makes nothing smaller than this. */
const bestRatio = 1032;

/** What arrays are called, as pairs of what is shown and what is wanted. */
const trainNames: readonly (readonly [inputs: string, targets: string])[] = [
  ["x_train", "y_train"],
  ["train_x", "train_y"],
  ["train_images", "train_labels"],
  ["train_data", "train_labels"],
  ["x", "y"],
  ["inputs", "targets"],
  ["images", "labels"],
  ["data", "labels"],
  ["data", "target"],
  ["features", "labels"],
  ["arr_0", "arr_1"],
];
const testNames: readonly (readonly [string, string])[] = [
  ["x_test", "y_test"],
  ["test_x", "test_y"],
  ["test_images", "test_labels"],
  ["test_data", "test_labels"],
];

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly originalSize: number;
}

/** Whether a file begins as a ZIP archive does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] < 8 && bytes[3] < 8;
}

/**
 * Reads a NumPy archive: `x_train`, `y_train`, `x_test` and `y_test`, or `x` and `y`, or one of the
 * other pairs that are usual, or those that `options` name. Only these are unpacked.
 * @param source the name used in messages.
 * @throws InputError when there is no such pair, when arrays would unpack to more than 2 GiB or to
 *   more than their packed bytes can, and what `readNpyArray` refuses.
 */
export async function readNpzArrays(
  bytes: Uint8Array,
  source: string,
  options: ReadOptions = {},
): Promise<ContentParts> {
  const { unzipSync } = await import("fflate");
  const entries: Entry[] = [];
  const unzip = (wanted: (entry: Entry) => boolean) => {
    try {
      return unzipSync(bytes, { filter: wanted });
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(
        `${source}: the archive cannot be unpacked (${(error as Error).message}); save it again`,
      );
    }
  };
  unzip((entry) => {
    entries.push(entry);
    return false;
  });
  const names = entries.map(({ name }) => name.replace(/\.npy$/, ""));
  const { train, test } = choose(names, source, options);
  const wanted = new Set([...train, ...(test ?? [])].map((name) => `${name}.npy`));
  refuseBombs(
    entries.filter(({ name }) => wanted.has(name)),
    source,
  );
  const files = unzip(({ name }) => wanted.has(name));
  const array = (name: string): SampleBlock =>
    readNpyArray(files[`${name}.npy`], `${source}: ${name}`);
  const pair = ([inputs, targets]: Choice["train"]): Labelled =>
    labelled(source, array(inputs), targets ? array(targets) : null);
  return { train: pair(train), test: test && pair(test) };
}

interface Choice {
  readonly train: readonly string[];
  readonly test: readonly string[] | null;
}

function choose(names: readonly string[], source: string, options: ReadOptions): Choice {
  const found = (wanted: string) => names.find((name) => name.toLowerCase() === wanted);
  const pairOf = (pairs: readonly (readonly [string, string])[]) => {
    const pair = pairs.map((p) => p.map(found)).find((p) => p.every((name) => name !== undefined));
    return pair as readonly string[] | undefined;
  };
  if (options.inputs !== undefined) {
    const wanted = [options.inputs, options.targets].filter((name) => name !== undefined);
    const missing = wanted.find((name) => !names.includes(name));
    if (missing === undefined) return { train: wanted, test: null };
    throw new InputError(
      `${source}: there is no array ${JSON.stringify(missing)}; it has ${names.join(", ")}`,
    );
  }
  const train = pairOf(trainNames);
  if (train !== undefined) return { train, test: pairOf(testNames) ?? null };
  throw new InputError(
    `${source}: found the arrays ${names.join(", ") || "(none)"}, expected x_train and y_train, ` +
      "or x and y; name those to be shown and wanted with inputs and targets",
  );
}

function refuseBombs(entries: readonly Entry[], source: string): void {
  const total = entries.reduce((sum, { originalSize }) => sum + originalSize, 0);
  const lie = entries.find((e) => e.originalSize > bestRatio * e.size + 1024);
  if (lie !== undefined)
    throw new InputError(
      `${source}: ${lie.name} would unpack from ${lie.size} bytes to ${lie.originalSize}, more ` +
        "than packing can save; this is no archive of NumPy",
    );
  if (total > mostBytes)
    throw new InputError(
      `${source}: its arrays would unpack to ${total} bytes, expected at most ${mostBytes}; save ` +
        "fewer samples, or narrower numbers",
    );
}
