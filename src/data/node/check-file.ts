import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { looksLikeIdx } from "../arrays/idx-array.ts";
import { describeContents, type ContentFacts } from "../describe.ts";
import { sources } from "../sources.ts";
import { surveyContents, type SplitAsked, type TrainingFacts } from "../split-of.ts";
import type { ContentParts, ReadOptions } from "../table.ts";
import { headOf, withFile } from "./chunks.ts";
import { fileNames } from "./files.ts";
import { readDataFile } from "./read-file.ts";

/** What is in a file of data, and what training says to it. */
export interface FileCheck {
  readonly path: string;
  /** null where it cannot be read. */
  readonly train: ContentFacts | null;
  readonly test: ContentFacts | null;
  /** null where training refuses it. */
  readonly training: TrainingFacts | null;
  /** What training tells of it, and what can hardly be meant. */
  readonly notes: readonly string[];
  /** What training refuses, in its words. */
  readonly problems: readonly string[];
}

/** Reads a file as training does, and says what it is and what training refuses. */
export async function checkFile(
  path: string,
  options: ReadOptions,
  asked: SplitAsked,
): Promise<FileCheck> {
  const unread = { path, train: null, test: null, training: null, notes: [] };
  const parts = await attempt(() => readDataFile(path, options));
  if (typeof parts === "string") return { ...unread, problems: [parts] };
  const train = described(parts.train, options);
  const test = parts.test && described(parts.test, options);
  const split = await attempt(() => Promise.resolve(surveyContents(parts, asked)));
  const doubts = [
    ...((await hasOwnArrays(path))
      ? [
          `${path}: its images are of no size or type that \`data.set\` takes; train on them as ` +
            "data of your own, by `data: { file: … }`",
        ]
      : []),
    ...train.doubts,
    ...(test?.doubts ?? []),
  ];
  if (typeof split === "string")
    return { path, train, test, training: null, notes: doubts, problems: [split] };
  const notes = [...doubts, ...split.notes];
  return { path, train, test, training: split.training, notes, problems: [] };
}

/** Without the columns that were not read. */
function described(contents: ContentParts["train"], { drop = [] }: ReadOptions): ContentFacts {
  if (contents.kind !== "table" || drop.length === 0) return describeContents(contents);
  const columns = contents.columns.filter((c) => c.kind === "numbers" || c.names.length > 0);
  return describeContents({ ...contents, columns });
}

async function attempt<T>(act: () => Promise<T>): Promise<T | string> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

/**
 * Whether a folder is a user's own data, and no published set: images in folders, or IDX files of
 * images, all of a size or type that no published set has.
 */
export async function isOwnFolder(path: string): Promise<boolean> {
  return (await hasOwnArrays(path)) || isFolderOfImages(path);
}

/** By the names that `readDataFile` takes; a file that cannot be read tells nothing. */
async function hasOwnArrays(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => [] as string[]);
  const heads: Uint8Array[] = [];
  for (const part of ["train-images", "t10k-images"]) {
    const name = fileNames(part).find((n) => names.includes(n));
    const head = name && (await attempt(() => withFile(join(path, name), headOf)));
    if (head instanceof Uint8Array && looksLikeIdx(head)) heads.push(head);
  }
  return heads.length > 0 && heads.every(isOwnArray);
}

/** By the first 16 bytes of an IDX file: type, rank, and the first three sizes. */
function isOwnArray(head: Uint8Array): boolean {
  const [, , type, rank] = head;
  const view = new DataView(head.buffer, head.byteOffset);
  const isPublished = Object.values(sources).some(
    ({ shape: [height, width] }) => view.getUint32(8) === height && view.getUint32(12) === width,
  );
  return rank > 1 && !(type === 0x08 && rank === 3 && isPublished);
}

/** Whether a folder has images in folders. */
async function isFolderOfImages(path: string, depth = 2): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((e) => e.isDirectory()).slice(0, 3)) {
    const inner = join(path, entry.name);
    const names = await readdir(inner).catch(() => [] as string[]);
    if (names.some((name) => /\.(png|jpe?g)$/i.test(name))) return true;
    if (depth > 1 && (await isFolderOfImages(inner, depth - 1))) return true;
  }
  return false;
}
