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
  /** The set whose files alone have such a name; null means that several sets share it. */
  readonly named: FileSet | null;
  /** Labels only: how many of each class, in the order of their labels. */
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
    // Set by set: together, the six of EMNIST would not fit into memory.
    for (const [set, group] of grouped(names)) {
      const here: Inspected[] = [];
      for (const name of group.filter((n) => /idx\d+-ubyte(\.gz)?$/.test(n))) {
        try {
          here.push(await inspect(join(folder, name), name));
        } catch (e) {
          if (!(e instanceof InputError)) throw e;
          problems.push(e.message);
        }
      }
      const found = new Set(group.flatMap((name) => placeOf(name)?.part ?? []));
      if (found.size > 0) problems.push(...problemsOf(folder, set, found, here));
      anyPart ||= found.size > 0;
      files.push(...here.map(({ report }) => report));
    }
    problems.push(
      ...names
        .filter((n) => n.endsWith(".part"))
        .map(
          (n) => `${join(folder, n)}: an unfinished download; fetch the set again to go on with it`,
        ),
    );
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

/** Which file of which set a name is of: of the usual one, where several share their names. */
function placeOf(name: string): { readonly set: FileSet; readonly part: SetFile } | null {
  for (const { set, stems } of [sources[usualSets.files], ...Object.values(sources)]) {
    const part = parts.find((p) => fileNames(stems[p]).includes(name));
    if (part !== undefined) return { set, part };
  }
  return null;
}

/** Names by the set that they are of; those of no set go with the usual one. */
function grouped(names: readonly string[]): ReadonlyMap<FileSet, readonly string[]> {
  const groups = new Map<FileSet, string[]>();
  for (const name of names) {
    const set = placeOf(name)?.set ?? usualSets.files;
    groups.set(set, [...(groups.get(set) ?? []), name]);
  }
  return groups;
}

async function inspect(path: string, name: string): Promise<Inspected> {
  const place = placeOf(name);
  const opened = await open(path);
  const idx = parseIdx(opened.contents, path);
  const kind = idx.shape.length === 3 ? "images" : idx.shape.length === 1 ? "labels" : "other";
  const report: FileReport = {
    path,
    part: place?.part ?? null,
    named: place === null || place.set === usualSets.files ? null : place.set,
    kind,
    shape: idx.shape,
    bytes: opened.stored.length,
    gzipped: opened.gzipped,
    classCounts: kind === "labels" ? tally(idx.data, place && sources[place.set].firstLabel) : null,
    set: identify(opened)?.set ?? null,
  };
  return { report, idx };
}

/** How many of each label; a first one that is not 0 has none below it, unless some are there. */
function tally(labels: Uint8Array, first: number | null): number[] {
  const counts = Array.from({ length: labels.reduce((m, l) => Math.max(m, l), -1) + 1 }, () => 0);
  for (const label of labels) counts[label]++;
  const isShifted = counts.slice(0, first ?? 0).every((n) => n === 0);
  return isShifted ? counts.slice(first ?? 0) : counts;
}

/**
 * What is wrong with the files of one folder that are named like those of a set, each by itself and
 * with the others. `found` are the parts that have a file, `files` those that could be read.
 */
function problemsOf(
  folder: string,
  namedSet: FileSet,
  found: ReadonlySet<SetFile>,
  files: readonly Inspected[],
): readonly string[] {
  const reports = files.map(({ report }) => report);
  const set = mostCommon(reports) ?? namedSet;
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
  expected: Omit<Expected, "name">,
): readonly string[] {
  const images = part.endsWith("images");
  const fault = images ? imageFault(idx, expected.shape) : labelFault(idx, expected);
  if (fault !== null) return [fault];
  if (report.set !== null) return [];
  return images ? imageDoubts(idx) : labelDoubts(idx, expected);
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

function byName(set: FileSet): string {
  return `${sources[set].title} by its name`;
}

/** The report as lines for people. */
export function formatFolderReport({ dir, files, set, problems }: FolderReport): string {
  const lines = files.map((f) => {
    const what = f.set ? sources[f.set].title : f.named ? byName(f.named) : "unknown contents";
    const classes = f.classCounts ? `\n    per class: ${f.classCounts.join(" ")}` : "";
    return (
      `  ${f.path}\n    ${f.kind} ${f.shape.join(" × ")}, ${f.bytes} ` +
      `bytes${f.gzipped ? " gzipped" : ""}: ${what}${classes}`
    );
  });
  const named = [...new Set(files.flatMap((f) => f.named ?? []))];
  const known = set ? [sources[set].title] : named.map(byName);
  const verdict =
    files.length === 0 ? "nothing to train on" : known.join("; ") || "unknown contents";
  return [
    `${dir}: ${verdict}`,
    ...lines,
    problems.length === 0 ? "No problems found." : "Problems:",
    ...problems.map((p) => `  ${p}`),
  ].join("\n");
}
