import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { bytesText } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";
import { fetchedSources, type FileSet, type Hash, type SetFile } from "../sources.ts";
import { systemReason } from "./disk.ts";

/** The four files of a data set. */
export const parts: readonly SetFile[] = [
  "train-images",
  "train-labels",
  "t10k-images",
  "t10k-labels",
];

/**
 * Every name under which a part is found, by what it begins with: raw first, `-` or `.` before
 * `idx`.
 */
export function fileNames(stem: string): readonly string[] {
  const idx = stem.endsWith("images") ? "idx3-ubyte" : "idx1-ubyte";
  return [`${stem}-${idx}`, `${stem}.${idx}`, `${stem}-${idx}.gz`, `${stem}.${idx}.gz`];
}

/** A file as stored, and what is in it when it was gzipped. */
export interface Opened {
  readonly stored: Uint8Array;
  readonly contents: Uint8Array;
  readonly gzipped: boolean;
}

/** More than any IDX file that we read (EMNIST byclass: 522 MiB), and little enough to hold. */
const largest = 768 * 2 ** 20;

const inflate = promisify(gunzip);

/**
 * Reads a file, unpacked if it begins with 1f 8b, whatever its name.
 * @throws InputError when it cannot be read, or its gzip stream is corrupt or cut short.
 */
export async function open(path: string): Promise<Opened> {
  const unreadable = (e: unknown): never => {
    throw new InputError(
      `${path}: ${systemReason(e)}, expected a readable file; check its path and permissions`,
    );
  };
  const there = await stat(path).catch(unreadable);
  if (!there.isFile() && !there.isDirectory())
    throw new InputError(`${path}: this is no plain file, expected an IDX file or a gzip of one`);
  const { size } = there;
  if (size > largest)
    throw new InputError(
      `${path}: too large: it has ${bytesText(size)}, more than the ${bytesText(largest)} that ` +
        "any IDX file we read has; check that it is one",
    );
  const stored = await readFile(path).catch(unreadable);
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return { stored, contents: stored, gzipped: false };
  const contents = await inflate(stored, { maxOutputLength: largest }).catch((e: unknown) => {
    throw new InputError(
      `${path}: gzip cannot unpack it (${(e as Error).message}), expected a complete gzip ` +
        "file; get it again",
    );
  });
  return { stored, contents, gzipped: true };
}

export function hashOf(bytes: Uint8Array, algorithm: Hash["algorithm"] = "sha256"): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

/** Which published file this is, by the hash of its contents or of its archive. */
export function identify({
  stored,
  contents,
}: Opened): { readonly set: FileSet; readonly part: SetFile } | null {
  const inside = hashOf(contents);
  const outside = stored === contents ? inside : hashOf(stored);
  for (const { set, files } of Object.values(fetchedSources))
    for (const { part, archive, contents: known } of files)
      if (known?.hex === inside || archive.hex === outside) return { set, part };
  return null;
}
