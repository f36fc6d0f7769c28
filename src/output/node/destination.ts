import { accessSync, closeSync, constants, lstatSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { isFolder } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { pageMark } from "../report/document.ts";
import { createFile, explaining, refuseOthers, writeFileAtomic } from "./files.ts";

/** A file that a command was asked to write, in a place that was free when it was asked. */
export interface Destination {
  readonly path: string;
  /** Writes it, whole or not at all. */
  put(content: Uint8Array | string): void;
}

/**
 * Where a result goes that a user names a file for. Ask before any work: a file that is there is
 * somebody's and stays, unless `overwrite` says otherwise or it is a page that this package made.
 * @param option that names the file, such as `--out`.
 * @throws InputError where the file may not be replaced, or its folder takes none; `put` throws it
 *   where that has changed since.
 */
export function destinationFor(option: string, path: string, overwrite = false): Destination {
  const isFree = () => explaining(dirname(path), `${option} ${path}`, () => look(path, overwrite));
  isFree();
  return {
    path,
    put(content) {
      (isFree() && !overwrite ? createFile : writeFileAtomic)(path, content);
    },
  };
}

/** Whether nothing has that name. */
function look(path: string, overwrite: boolean): boolean {
  const folder = dirname(path);
  if (path === "") throw new InputError("the name is empty; choose one");
  if (!isFolder(folder))
    throw new InputError(`the folder ${folder} does not exist; create it or choose another one`);
  if (isFolder(path)) throw new InputError("a folder has that name; choose another one");
  accessSync(folder, constants.W_OK | constants.X_OK);
  refuseOthers(path);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return true;
  if (overwrite || isOurPage(path)) return false;
  throw new InputError(
    "there is such a file already; choose another name, or replace it with --overwrite",
  );
}

/** Whether a page says in its head that this package made it: it holds nothing of a person's. */
function isOurPage(path: string): boolean {
  if (!/\.html?$/i.test(path)) return false;
  const head = new Uint8Array(1000);
  const file = openSync(path, "r");
  try {
    return new TextDecoder().decode(head.subarray(0, readSync(file, head))).includes(pageMark);
  } finally {
    closeSync(file);
  }
}
