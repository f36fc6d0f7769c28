import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import { usualSets } from "../catalogue.ts";
import { imageFault, labelFault, pairFault, parseIdx, type Expected, type Idx } from "../idx.ts";
import { sources, type FileSet, type SetFile } from "../sources.ts";
import { systemReason } from "./disk.ts";
import { imageDoubts, labelDoubts, sharedDoubts } from "./doubts.ts";
import { fileNames, identify, open, parts } from "./files.ts";
import { expectedOf, layouts, missingPart } from "./load.ts";

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
  /** What training refuses, and values that can hardly be meant. */
  readonly problems: readonly string[];
}

/** A file that could be read, with what is in it. */
interface Inspected {
  readonly report: FileReport;
  readonly idx: Idx;
}

/**
 * Looks at every IDX file in `dir` and in the folders below it that `loadSplit` would read.
 * Problems are what `loadSplit` refuses, in its words, and values that can hardly be meant.
 * @throws InputError when `dir` cannot be listed.
 */
export async function checkFolder(dir: string): Promise<FolderReport> {
  const files: FileReport[] = [];
  const problems: string[] = [];
  let anyPart = false;
  for (const folder of folders(dir)) {
    const names = await list(folder, folder === dir);
    const here: Inspected[] = [];
    for (const name of names.filter((n) => /idx\d+-ubyte(\.gz)?$/.test(n))) {
      try {
        here.push(await inspect(join(folder, name), partOf(name)));
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
    const found = new Set(names.flatMap((name) => partOf(name) ?? []));
    if (found.size > 0) problems.push(...problemsOf(folder, found, here));
    anyPart ||= found.size > 0;
    files.push(...here.map(({ report }) => report));
  }
  if (!anyPart && problems.length === 0)
    problems.push(
      `${dir}: no ${files.length === 0 ? "IDX files" : "files of a data set"} in it, expected ` +
        "names like train-images-idx3-ubyte.gz",
    );
  return { dir, files, set: mostCommon(files), problems };
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
  return parts.find((p) => fileNames(p).includes(name)) ?? null;
}

async function inspect(path: string, part: SetFile | null): Promise<Inspected> {
  const opened = await open(path);
  const idx = parseIdx(opened.contents, path);
  const kind = idx.shape.length === 3 ? "images" : idx.shape.length === 1 ? "labels" : "other";
  const report: FileReport = {
    path,
    part,
    kind,
    shape: idx.shape,
    bytes: opened.stored.length,
    gzipped: opened.gzipped,
    classCounts: kind === "labels" ? tally(idx.data) : null,
    set: identify(opened)?.set ?? null,
  };
  return { report, idx };
}

function tally(labels: Uint8Array): number[] {
  const counts = Array.from({ length: labels.reduce((m, l) => Math.max(m, l), -1) + 1 }, () => 0);
  for (const label of labels) counts[label]++;
  return counts;
}

/**
 * What is wrong with the files of one folder, each by itself and with the others. `found` are the
 * parts that have a file, `files` those that could be read.
 */
function problemsOf(
  folder: string,
  found: ReadonlySet<SetFile>,
  files: readonly Inspected[],
): readonly string[] {
  const reports = files.map(({ report }) => report);
  const set = mostCommon(reports) ?? usualSets.files;
  const expected = expectedOf(sources[set]);
  const of = (part: SetFile) => files.filter(({ report }) => report.part === part);
  const named = new Set(reports.flatMap((f) => f.set ?? []));
  return [
    ...parts.filter((p) => !found.has(p)).map((part) => missingPart(folder, part, set)),
    ...parts.flatMap((part) => of(part).flatMap((file) => ofFile(file, part, expected))),
    ...(["train", "t10k"] as const).flatMap((group) =>
      couples(of(`${group}-images`), of(`${group}-labels`)).flatMap(
        ([images, labels]) => pairFault(images.idx, labels.idx) ?? [],
      ),
    ),
    ...couples(of("train-images"), of("t10k-images"))
      .filter((pair) => pair.every(({ idx }) => imageFault(idx, expected.shape) === null))
      .filter((pair) => pair.some(({ report }) => report.set === null))
      .flatMap(([train, test]) => sharedDoubts(train.idx, test.idx)),
    ...(named.size > 1 ? [`${folder}: files of ${[...named].join(" and ")} are mixed`] : []),
  ];
}

/** What is refused of a file that takes this part, or doubted; what is published is not doubted. */
function ofFile(
  { idx, report }: Inspected,
  part: SetFile,
  { shape, classNames }: Omit<Expected, "name">,
): readonly string[] {
  const images = part.endsWith("images");
  const fault = images ? imageFault(idx, shape) : labelFault(idx, classNames.length);
  if (fault !== null) return [fault];
  if (report.set !== null) return [];
  return images ? imageDoubts(idx) : labelDoubts(idx, classNames.length);
}

function couples<T>(first: readonly T[], second: readonly T[]): readonly (readonly [T, T])[] {
  return first.flatMap((a) => second.map((b) => [a, b] as const));
}

/** The set that most of the recognised files belong to. */
function mostCommon(files: readonly FileReport[]): FileSet | null {
  const sets = files.flatMap((f) => f.set ?? []);
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
