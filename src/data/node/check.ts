import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { parseIdx } from "../idx.ts";
import { sources, type FileSet, type SetFile } from "../sources.ts";
import { systemReason } from "./disk.ts";
import { identify, open, parts } from "./files.ts";
import { layouts } from "./load.ts";

/** What one IDX file holds. Shape and counts are absent where it cannot be read. */
export interface FileReport {
  readonly path: string;
  /** Which of the four files its name says it is. */
  readonly part: SetFile | null;
  /** Stored bytes. */
  readonly bytes: number;
  readonly gzipped: boolean;
  readonly kind: "images" | "labels" | "other";
  readonly shape: readonly number[];
  /** Labels only: how many of each class. */
  readonly classCounts: readonly number[] | null;
  /** Recognised by its hash; null means unknown contents. */
  readonly set: FileSet | null;
}

/** What a folder of data holds. */
export interface FolderReport {
  readonly dir: string;
  readonly files: readonly FileReport[];
  /** The set that most of the recognised files belong to. */
  readonly set: FileSet | null;
  readonly problems: readonly string[];
}

/**
 * Looks at every IDX file in `dir` and in the folders below it that `loadSplit` would read.
 * @throws InputError when `dir` cannot be listed.
 */
export async function checkFolder(dir: string): Promise<FolderReport> {
  const files: FileReport[] = [];
  const problems: string[] = [];
  for (const folder of folders(dir)) {
    const names = await list(folder, folder === dir);
    const here: FileReport[] = [];
    for (const name of names.filter((n) => /idx\d+-ubyte(\.gz)?$/.test(n))) {
      try {
        here.push(await inspect(join(folder, name), partOf(name), problems));
      } catch (e) {
        if (!(e instanceof InputError)) throw e;
        problems.push(e.message);
      }
    }
    problems.push(
      ...names
        .filter((n) => n.endsWith(".part"))
        .map(
          (n) => `${join(folder, n)}: an unfinished download; fetch the set again to go on with it`,
        ),
    );
    problems.push(...disagreements(folder, here));
    files.push(...here);
  }
  if (files.length === 0 && problems.length === 0)
    problems.push(`${dir}: no IDX files in it, expected names like train-images-idx3-ubyte.gz`);
  return { dir, files, set: mostCommon(files.flatMap((f) => f.set ?? [])), problems };
}

function folders(dir: string): readonly string[] {
  return [...new Set(Object.values(sources).flatMap((s) => layouts(dir, s)))];
}

async function list(folder: string, required: boolean): Promise<readonly string[]> {
  return readdir(folder).then(
    (names) => names.sort(),
    (e: unknown) => {
      if (!required && (e as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new InputError(
        `${folder}: ${systemReason(e)}, expected a folder with IDX files; check its path and ` +
          "permissions",
      );
    },
  );
}

function partOf(name: string): SetFile | null {
  return parts.find((p) => name.startsWith(p)) ?? null;
}

async function inspect(
  path: string,
  part: SetFile | null,
  problems: string[],
): Promise<FileReport> {
  const opened = await open(path);
  const { shape, data } = parseIdx(opened.contents, path);
  const kind = shape.length === 3 ? "images" : shape.length === 1 ? "labels" : "other";
  if (kind === "images") problems.push(...ofImages(path, shape, data));
  return {
    path,
    part,
    kind,
    shape,
    bytes: opened.stored.length,
    gzipped: opened.gzipped,
    classCounts: kind === "labels" ? tally(data) : null,
    set: identify(opened)?.set ?? null,
  };
}

/** What is wrong with images by themselves. */
function ofImages(path: string, [count, height, width]: readonly number[], data: Uint8Array) {
  if (count === 0) return [`${path}: no images in it, expected at least one; get the file again`];
  if (height !== 28 || width !== 28)
    return [
      `${path}: images of ${height} × ${width} pixels found, expected 28 × 28; check that the ` +
        "file belongs to this data set",
    ];
  const most = data.reduce((m, byte) => Math.max(m, byte), 0);
  return most <= 1
    ? [
        `${path}: no byte is above ${most}, expected 0 to 255; bytes of 0 and 1 are seen as ` +
          "almost black: multiply them by 255",
      ]
    : [];
}

function tally(labels: Uint8Array): number[] {
  const counts = Array.from({ length: labels.reduce((m, l) => Math.max(m, l), -1) + 1 }, () => 0);
  for (const label of labels) counts[label]++;
  return counts;
}

/** What is wrong between the files of one folder, and between a file and its name. */
function disagreements(folder: string, files: readonly FileReport[]): string[] {
  if (files.length === 0) return [];
  const problems: string[] = [];
  for (const { path, part, kind, classCounts } of files) {
    if (part && !part.endsWith(kind))
      problems.push(`${path}: holds ${kind}, expected ${part.split("-")[1]} by its name`);
    if (classCounts && classCounts.length > 10)
      problems.push(`${path}: labels up to ${classCounts.length - 1}, expected 0 to 9`);
  }
  const of = (part: SetFile) => files.filter((f) => f.part === part);
  for (const part of parts)
    if (of(part).length === 0) problems.push(`${folder}: ${part} is missing or cannot be read`);
  for (const group of ["train", "t10k"] as const)
    for (const images of of(`${group}-images`))
      for (const labels of of(`${group}-labels`))
        if (images.shape[0] !== labels.shape[0])
          problems.push(
            `${labels.path}: ${labels.shape[0]} labels for the ${images.shape[0]} images of ` +
              images.path,
          );
  const sets = new Set(files.flatMap((f) => f.set ?? []));
  if (sets.size > 1) problems.push(`${folder}: files of ${[...sets].join(" and ")} are mixed`);
  return problems;
}

function mostCommon(sets: readonly FileSet[]): FileSet | null {
  const count = (set: FileSet) => sets.filter((s) => s === set).length;
  return sets.reduce<FileSet | null>(
    (best, s) => (best !== null && count(best) >= count(s) ? best : s),
    null,
  );
}

/** The report as lines for people. */
export function formatFolderReport({ dir, files, set, problems }: FolderReport): string {
  const lines = files.map((f) => {
    const what = f.set ? sources[f.set].title : "unknown contents";
    const classes = f.classCounts ? `\n    per class: ${f.classCounts.join(" ")}` : "";
    return (
      `  ${f.path}\n    ${f.kind} ${f.shape.join(" × ")}, ${f.bytes} ` +
      `bytes${f.gzipped ? " gzipped" : ""}: ${what}${classes}`
    );
  });
  const verdict =
    files.length === 0 ? "nothing to train on" : set ? sources[set].title : "unknown contents";
  return [
    `${dir}: ${verdict}`,
    ...lines,
    problems.length === 0 ? "No problems found." : "Problems:",
    ...problems.map((p) => `  ${p}`),
  ].join("\n");
}
