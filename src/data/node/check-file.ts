import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { describeContents, type ContentFacts } from "../describe.ts";
import { splitContents, type SplitAsked } from "../split-of.ts";
import { trainingFacts, type TrainingFacts } from "../training-facts.ts";
import type { ContentParts, ReadOptions } from "../table.ts";
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
  const split = await attempt(() => Promise.resolve(splitContents(path, parts, asked)));
  const doubts = [...train.doubts, ...(test?.doubts ?? [])];
  if (typeof split === "string")
    return { path, train, test, training: null, notes: doubts, problems: [split] };
  const notes = [...doubts, ...(split.notes ?? [])];
  return { path, train, test, training: trainingFacts(split), notes, problems: [] };
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

/** Whether a folder has images in folders, and not the four files of a published set. */
export async function isFolderOfImages(path: string, depth = 2): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((e) => e.isDirectory()).slice(0, 3)) {
    const inner = join(path, entry.name);
    const names = await readdir(inner);
    if (names.some((name) => /\.(png|jpe?g)$/i.test(name))) return true;
    if (depth > 1 && (await isFolderOfImages(inner, depth - 1))) return true;
  }
  return false;
}
