import { statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { readPlainFile } from "../../output/node/files.ts";

/**
 * The first 12 digits of the commit that is checked out at `dir`; null outside of a repository.
 *
 * Read from the files of `.git` as data. The program `git` runs commands that the settings of a
 * repository name (`core.fsmonitor`, hooks, the filters of a working tree), and the folder may be
 * one that somebody else has packed. What only they could tell, whether files were changed since,
 * is not known.
 */
export function revisionOf(dir: string): string | null {
  const folder = gitFolder(resolve(dir));
  const head = folder && textOf(join(folder, "HEAD"));
  if (!folder || !head) return null;
  const name = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1];
  if (name === undefined) return short(head);
  // The branches of a further working tree are those of the first one.
  const common = textOf(join(folder, "commondir"));
  for (const place of common === null ? [folder] : [folder, resolve(folder, common)]) {
    const found = name.includes("..") ? null : textOf(join(place, name));
    const commit = short(found ?? packed(place, name));
    if (commit !== null) return commit;
  }
  return null;
}

function gitFolder(dir: string): string | null {
  for (let here = dir; ; here = dirname(here)) {
    const path = join(here, ".git");
    if (isFolder(path)) return path;
    const elsewhere = /^gitdir: (.+)$/.exec(textOf(path) ?? "")?.[1];
    if (elsewhere !== undefined)
      return isAbsolute(elsewhere) ? elsewhere : resolve(here, elsewhere);
    if (dirname(here) === here) return null;
  }
}

/** The commit of a branch that has no file of its own. */
function packed(folder: string, name: string): string {
  const lines = textOf(join(folder, "packed-refs"))?.split("\n") ?? [];
  return lines.find((line) => line.endsWith(` ${name}`)) ?? "";
}

function short(text: string): string | null {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])/.exec(text)?.[0].slice(0, 12) ?? null;
}

function textOf(path: string): string | null {
  try {
    return new TextDecoder().decode(readPlainFile(path)).trim();
  } catch {
    return null;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
