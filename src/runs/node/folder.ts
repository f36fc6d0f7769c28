import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeFolders } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { isTemporary } from "../../output/node/files.ts";
import { codeOf, reason, whyNot } from "./text.ts";

/** The files of a run folder. */
export const names = {
  config: "config.resolved.yaml",
  circuit: "circuit.yaml",
  /** Of data of one's own: how rows become samples. */
  data: "data.json",
  environment: "environment.json",
  metrics: "metrics.jsonl",
  checkpoint: "checkpoint.safetensors",
  clock: "clock.json",
  log: "train.log",
  report: "report.html",
  result: "result.json",
  lock: "lock.json",
  /** Of dies that were measured: which are the worst, and of which schematic they are. */
  corners: "yield.json",
} as const;

/** `absent` and `empty` can become a run; `foreign` holds somebody else's files. */
type FolderState = "absent" | "empty" | "run" | "foreign";

/**
 * What is at `dir`, which `option` names. A start that was killed before its settings were written
 * counts as empty.
 */
export function folderState(dir: string, option?: "--out"): FolderState {
  const who = option === undefined ? dir : `${option} ${dir}`;
  if (dir === "") throw new InputError(`${who}: the name of a folder is empty; choose one`);
  let entries: readonly string[];
  try {
    entries = readdirSync(dir);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "absent";
    throw new InputError(`${who}: ${reason(codeOf(error))}; choose another folder`);
  }
  if (entries.includes(names.config)) return "run";
  const early: readonly string[] = [
    names.circuit,
    names.data,
    names.environment,
    names.lock,
    `${names.lock}.next`,
  ];
  return entries.every((e) => early.includes(e) || isTemporary(e)) ? "empty" : "foreign";
}

/** `runs/<name>-<k>`: the last run of that name, or the folder of the next one. */
export function runFolders(
  name: string,
  root = "runs",
): { readonly last: string | undefined; readonly next: string } {
  const slug =
    name
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9._]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "")
      .slice(0, 80) || "run";
  let entries: readonly string[] = [];
  try {
    entries = readdirSync(root);
  } catch (error) {
    if (codeOf(error) !== "ENOENT")
      throw new InputError(
        `the folder ${root}: ${reason(codeOf(error))}; move it, or choose a folder with --out DIR`,
      );
  }
  const numbers = entries.flatMap((e) =>
    e.startsWith(`${slug}-`) && /^\d{1,9}$/.test(e.slice(slug.length + 1))
      ? [Number(e.slice(slug.length + 1))]
      : [],
  );
  const top = Math.max(0, ...numbers);
  return {
    last: top > 0 ? join(root, `${slug}-${top}`) : undefined,
    next: join(root, `${slug}-${top + 1}`),
  };
}

/**
 * Refuses a folder that cannot be written or has too little room, without writing to it.
 * @throws InputError
 */
export function checkWritable(dir: string, bytesNeeded: number): void {
  let here = resolve(dir);
  for (;;) {
    try {
      if (!statSync(here).isDirectory())
        throw new InputError(
          `--out ${dir}: ${here} is a file, expected a folder; choose another folder`,
        );
      accessSync(here, constants.W_OK | constants.X_OK);
      break;
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (codeOf(error) === "ENOTDIR")
        throw new InputError(
          `--out ${dir}: a part of the path is a file, expected folders; choose another folder`,
        );
      if (codeOf(error) !== "ENOENT" || dirname(here) === here)
        throw new InputError(
          `--out ${dir}: cannot write to ${here}: ${reason(codeOf(error))}; choose another folder`,
        );
      here = dirname(here);
    }
  }
  const { blocks, bavail, bsize } = statfsSync(here);
  if (blocks > 0 && bavail * bsize < bytesNeeded)
    throw new InputError(
      `--out ${dir}: the disk has ${megabytes(bavail * bsize)} free, but this run needs about ` +
        `${megabytes(bytesNeeded)}; free some space or choose another folder`,
    );
}

/** A folder that was made for a run; `undo` removes it again, and nothing else. */
interface Claim {
  readonly dir: string;
  readonly undo: () => void;
}

/**
 * Makes the folder of a new run. With `next` it must not exist yet: a name that another process
 * took in the meantime is exchanged for the next one.
 * @throws InputError when the system refuses.
 */
export function claimFolder(dir: string, next?: () => string): Claim {
  try {
    const above = makeFolders(next ? dirname(resolve(dir)) : resolve(dir));
    if (!next) return { dir, undo: () => removeOurs(dir, above) };
    for (let name = dir; ; name = next()) {
      try {
        mkdirSync(name);
        return { dir: name, undo: () => removeOurs(name, above ?? resolve(name)) };
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
    }
  } catch (error) {
    throw new InputError(
      `--out ${dir}: the folder cannot be made: ${whyNot(error)}; choose another folder`,
    );
  }
}

// Folders from `dir` up to `top` were made by us, but others may have put something in them since.
function removeOurs(dir: string, top: string | undefined): void {
  for (const file of [names.config, names.circuit, names.data, names.environment, names.lock])
    rmSync(join(dir, file), { force: true });
  if (top === undefined) return;
  for (let here = resolve(dir); here.startsWith(top); here = dirname(here)) {
    try {
      rmdirSync(here);
    } catch (error) {
      if (codeOf(error) === "ENOTEMPTY" || codeOf(error) === "ENOENT") return;
      throw error;
    }
  }
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
