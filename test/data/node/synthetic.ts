import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach } from "vitest";
import { serializeIdx } from "../../../src/data/idx.ts";
import { sources, type FetchedSource, type SetFile } from "../../../src/data/sources.ts";
import { random } from "../../../src/numerics/random.ts";

const made: string[] = [];
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** An empty folder that the end of the test removes. */
export function folder(...below: string[]): string {
  const root = mkdtempSync(join(tmpdir(), "eqprop-data-"));
  made.push(root);
  const dir = join(root, ...below);
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** The four files of a small set of noise images [28 × 28], as uncompressed IDX. */
export function syntheticFiles(
  train = 20,
  test = 10,
  seed = 1,
): Record<SetFile, Uint8Array<ArrayBuffer>> {
  const images = (label: string, count: number) => {
    const rng = random(seed, label);
    return serializeIdx({
      name: label,
      shape: [count, 28, 28],
      data: Uint8Array.from({ length: count * 784 }, () => rng.below(256)),
    });
  };
  const labels = (count: number) =>
    serializeIdx({
      name: "labels",
      shape: [count],
      data: Uint8Array.from({ length: count }, (_, i) => i % 10),
    });
  return {
    "train-images": images("train", train),
    "train-labels": labels(train),
    "t10k-images": images("test", test),
    "t10k-labels": labels(test),
  };
}

/**
 * Writes files into `dir` under the names that `name` gives them, gzipped where the name ends so.
 */
export function put(
  dir: string,
  files: Partial<Record<SetFile, Uint8Array>>,
  name: (part: SetFile, rank: number) => string,
): void {
  mkdirSync(dir, { recursive: true });
  for (const [part, bytes] of Object.entries(files) as [SetFile, Uint8Array][]) {
    const file = name(part, part.endsWith("images") ? 3 : 1);
    writeFileSync(join(dir, file), file.endsWith(".gz") ? gzipSync(bytes) : bytes);
  }
}

export const raw = (part: SetFile, rank: number): string => `${part}-idx${rank}-ubyte`;
export const dotted = (part: SetFile, rank: number): string => `${part}.idx${rank}-ubyte`;
export const zipped = (part: SetFile, rank: number): string => `${part}-idx${rank}-ubyte.gz`;

/** A source whose published archives are `archives`. */
export function syntheticSource(archives: Record<SetFile, Uint8Array>): FetchedSource {
  return {
    ...sources.mnist,
    files: sources.mnist.files.map((f) => ({
      part: f.part,
      file: f.file,
      bytes: archives[f.part].length,
      archive: {
        algorithm: "sha256",
        hex: createHash("sha256").update(archives[f.part]).digest("hex"),
      },
    })),
  };
}

/** What the call throws; fails the test if it does not. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  const end: unknown = await call.then(
    () => new Error("nothing was thrown"),
    (e: unknown) => e,
  );
  return end as Error;
}

/** The folder of the real MNIST, where `EQPROP_DATA` names one. */
export const published = [process.env["EQPROP_DATA"] ?? ""].find((dir) =>
  existsSync(join(dir, "t10k-labels-idx1-ubyte.gz")),
);
export const skipReason =
  published === undefined ? " (skipped: EQPROP_DATA names no folder with the MNIST files)" : "";
