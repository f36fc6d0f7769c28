import { rename } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import {
  fetchedSources,
  type FetchedSet,
  type FetchedSource,
  type SourceFile,
} from "../sources.ts";
import { disk, sizeOf } from "./disk.ts";
import { hashOf, open } from "./files.ts";
import { makeFolders } from "./folders.ts";
import { transfer, type Fetch } from "./transfer.ts";

/** How far the download of one file is, in bytes. */
export interface FetchProgress {
  readonly file: string;
  readonly received: number;
  readonly total: number;
  readonly mirror: string;
}

/** Where a download comes from, by which function, and who is told how far it is. */
export interface FetchOptions {
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Addresses to try instead of the known ones, in order; each ends in `/`. */
  readonly mirrors?: readonly string[];
  readonly fetch?: Fetch;
}

/** How often one mirror is asked for a file before the next one is. */
const attempts = 3;

/**
 * Downloads the four files of a set into `dir`, checks their hashes and returns their paths. Files
 * that are there are kept; a download that broke off goes on where it stopped (`.part`).
 * @throws InputError with every mirror's failure, or when `dir` cannot be written.
 */
export async function fetchSet(
  set: FetchedSet,
  dir: string,
  options: FetchOptions = {},
): Promise<readonly string[]> {
  return fetchSource(fetchedSources[set], dir, options);
}

/** `fetchSet` for any source. */
export async function fetchSource(
  source: FetchedSource,
  dir: string,
  options: FetchOptions = {},
): Promise<readonly string[]> {
  await disk(dir, () => Promise.resolve().then(() => makeFolders(dir)));
  const paths: string[] = [];
  for (const file of source.files) {
    const path = join(dir, file.file);
    if (!(await present(file, path)))
      await fetchFile(file, path, options.mirrors ?? source.mirrors, options);
    paths.push(path);
  }
  return paths;
}

/** Whether the published file, or a repacked one with its contents, is there already. */
async function present({ archive, contents }: SourceFile, path: string): Promise<boolean> {
  if ((await sizeOf(path)) === null) return false;
  const opened = await open(path);
  if (hashOf(opened.stored) === archive.hex || hashOf(opened.contents) === contents?.hex)
    return true;
  throw new InputError(
    `${path}: is there already, but it is not the published file (sha256 ${archive.hex} ` +
      "expected); move it away and fetch again",
  );
}

async function fetchFile(
  file: SourceFile,
  path: string,
  mirrors: readonly string[],
  options: FetchOptions,
): Promise<void> {
  const part = `${path}.part`;
  const failures: string[] = [];
  for (const mirror of mirrors) {
    const failure = await fromMirror(file, part, mirror, options);
    if (failure === null) return disk(path, () => rename(part, path));
    failures.push(`  ${mirror}${file.file}: ${failure}`);
  }
  const kept = await sizeOf(part);
  throw new InputError(
    `${file.file} could not be fetched:\n${failures.join("\n")}\n` +
      (kept === null ? "" : `${kept} of ${file.bytes} bytes are kept in ${part}. `) +
      "Check the network and run the command again, or put the file there by hand.",
  );
}

/** Why this mirror did not give the file; null if it did. */
async function fromMirror(
  file: SourceFile,
  part: string,
  mirror: string,
  options: FetchOptions,
): Promise<string | null> {
  const report = (received: number) =>
    options.onProgress?.({ file: file.file, received, total: file.bytes, mirror });
  for (let attempt = 1; ; attempt++) {
    const end = await transfer(file, part, mirror, options.fetch ?? globalThis.fetch, report);
    if (end.outcome === "done") return null;
    if (end.outcome === "failed" || attempt === attempts) return end.reason;
  }
}
