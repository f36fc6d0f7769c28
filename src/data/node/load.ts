import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { InputError } from "../../numerics/errors.ts";
import type { Dataset, Split } from "../dataset.ts";
import { idxDataset, parseIdx, type Expected } from "../idx.ts";
import { sources, type FileSet, type SetFile, type DataSource } from "../sources.ts";
import { systemReason } from "./disk.ts";
import { imageDoubts } from "./doubts.ts";
import { fileNames, identify, open, parts, type Opened } from "./files.ts";

/** Names the folder with data sets when `--data` is not given. */
export const dataVariable = "EQPROP_DATA";

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Where a set is kept if no folder is named: `analog-eqprop` in $XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(set: FileSet, env: EnvironmentVariables = process.env): string {
  return join(
    env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
    "analog-eqprop",
    sources[set].folder,
  );
}

/** What is said of a folder that has other files of a set, but not this one. */
export function missingPart(folder: string, part: SetFile, set: FileSet): string {
  const stem = sources[set].stems[part];
  return (
    `${folder}: ${stem} is missing, expected ${fileNames(stem).join(" or ")} beside the other ` +
    `files; add it, or ${howToGet(sources[set])}`
  );
}

/** How a user comes by a set, to be told after "or". */
export function howToGet(source: DataSource): string {
  return "archive" in source
    ? `get ${source.archive} from ${source.page} and unpack it`
    : `run \`analog-eqprop data fetch ${source.set}\``;
}

/** A root may hold the files themselves, a folder named after them, or torchvision's layout. */
export function layouts(root: string, { folder, torchvision }: DataSource): readonly string[] {
  return [root, join(root, folder), join(root, torchvision, "raw")];
}

/**
 * Reads a data set from the first folder that has it: in `dir` if given, else in `$EQPROP_DATA`,
 * else in the cache.
 * @throws InputError naming every folder looked at, or what is wrong with the files found.
 */
export async function loadSplit(
  set: FileSet,
  dir?: string,
  env: EnvironmentVariables = process.env,
): Promise<Split> {
  const source = sources[set];
  for (const folder of places(source, dir, env)) {
    const found = await locate(folder, source);
    if (found.size > 0) return read(source, folder, found);
  }
  const looked = places(source, dir, env)
    .map((p) => `  ${p}`)
    .join("\n");
  throw new InputError(
    `${source.title} was not found. Looked for ${source.stems["train-images"]}-idx3-ubyte (or ` +
      `.gz) and its three companions in\n${looked}\n${remedy(source, dir)}`,
  );
}

/** The folder that a set would be read from; undefined where none has all of its files. */
export async function findSet(
  set: FileSet,
  env: EnvironmentVariables = process.env,
): Promise<string | undefined> {
  const source = sources[set];
  for (const folder of places(source, undefined, env))
    if ((await locate(folder, source)).size === parts.length) return folder;
  return undefined;
}

function remedy(source: DataSource, dir: string | undefined): string {
  const how = howToGet(source);
  const sentence = how[0].toUpperCase() + how.slice(1);
  const named = `name the folder that has the files with --data DIR or ${dataVariable}.`;
  if ("archive" in source) return `${sentence}, and ${named}`;
  return `${sentence}${dir === undefined ? "" : " and leave --data out"}, or ${named}`;
}

function places(
  source: DataSource,
  dir: string | undefined,
  env: EnvironmentVariables,
): readonly string[] {
  if (dir !== undefined) return layouts(dir, source);
  const root = env[dataVariable];
  return [...(root ? layouts(root, source) : []), cacheFolder(source.set, env)];
}

/** The parts in a folder, by path: raw before gzipped. A folder that does not exist has none. */
async function locate(
  folder: string,
  { stems }: DataSource,
): Promise<ReadonlyMap<SetFile, string>> {
  const names: readonly string[] = await readdir(folder).catch((e: unknown) => {
    const { code } = e as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [] as string[];
    throw new InputError(
      `${folder}: ${systemReason(e)}, expected a readable folder; check its permissions`,
    );
  });
  const found = new Map<SetFile, string>();
  for (const part of parts) {
    const name = fileNames(stems[part]).find((n) => names.includes(n));
    if (name !== undefined) found.set(part, join(folder, name));
  }
  return found;
}

async function read(
  source: DataSource,
  folder: string,
  found: ReadonlyMap<SetFile, string>,
): Promise<Split> {
  const path = (part: SetFile): string => {
    const p = found.get(part);
    if (p !== undefined) return p;
    throw new InputError(missingPart(folder, part, source.set));
  };
  const notes: string[] = [];
  const pair = async (name: string, images: string, labels: string): Promise<Dataset> => {
    const opened = await open(labels);
    refuseOther(source, labels, opened);
    const pictures = parseIdx((await open(images)).contents, images);
    notes.push(...imageDoubts(pictures));
    return idxDataset(pictures, parseIdx(opened.contents, labels), { name, ...expectedOf(source) });
  };
  const [trainImages, trainLabels, testImages, testLabels] = parts.map(path);
  return {
    train: await pair(`${source.set}-train`, trainImages, trainLabels),
    test: await pair(`${source.set}-test`, testImages, testLabels),
    source: `${source.title}, from ${folder}`,
    cites: source.cites,
    notes,
  };
}

/** What the files of a set must hold. */
export function expectedOf({
  shape,
  classNames,
  isTransposed,
  firstLabel,
}: DataSource): Omit<Expected, "name"> {
  return { shape, classNames, isTransposed, firstLabel };
}

/** Most sets use the same file names: known labels of another set give a mix-up away. */
function refuseOther(source: DataSource, path: string, opened: Opened): void {
  const other = identify(opened);
  if (other && other.set !== source.set)
    throw new InputError(
      `${path}: these are the labels of ${sources[other.set].title}, expected those of ` +
        `${source.title}; name another folder with --data, or choose data.set: ${other.set}`,
    );
}
