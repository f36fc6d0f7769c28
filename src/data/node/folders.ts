import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { InputError } from "../../numerics/errors.ts";

/**
 * Makes a folder and those above it that are missing, level by level: Node's own way of doing so
 * never ends where a file system has no room for names, such as /proc, and answers ENOENT.
 * @returns the topmost folder that was made; undefined when all were there.
 * @throws InputError where the file system takes no folders, and what the system says when it
 *   refuses otherwise; what was made above stays.
 */
export function makeFolders(dir: string): string | undefined {
  const missing: string[] = [];
  let here = resolve(dir);
  for (; !isFolder(here) && dirname(here) !== here; here = dirname(here)) missing.unshift(here);
  let top: string | undefined;
  for (const folder of missing) if (makeOne(folder)) top ??= folder;
  return top;
}

/** Whether there is a folder of that name, as far as the system tells. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

/** False when another process has made it in the meantime. */
function makeOne(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && isFolder(folder)) return false;
    // Something else has the name: as the system puts it where one more folder is asked below it.
    if (code === "EEXIST")
      throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${folder}'`), {
        code: "ENOTDIR",
      });
    if (code === "ENOENT" && isFolder(dirname(folder)))
      throw new InputError(`the file system of ${dirname(folder)} takes no new folders`);
    throw error;
  }
}
