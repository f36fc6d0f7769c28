import * as nodeFs from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../numerics/errors.ts";

/** What this file asks of `node:fs`; tests pass one that fails. */
export type FileSystem = Pick<
  typeof nodeFs,
  | "openSync"
  | "writeSync"
  | "fsyncSync"
  | "closeSync"
  | "renameSync"
  | "rmSync"
  | "readdirSync"
  | "fstatSync"
  | "readSync"
  | "ftruncateSync"
>;

/**
 * Replaces the file `path` by `content` at once: after a crash at any moment it holds either the
 * old bytes or the new ones, all of them, and the next call sweeps up what the crash left beside
 * it.
 * @throws InputError when the folder is missing, full or not writable; nothing is left behind then.
 */
export function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  fs: FileSystem = nodeFs,
): void {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  const temporary = join(folder, `${prefix}${process.pid}.tmp`);
  naming(folder, `cannot write ${path}`, () => {
    try {
      const file = fs.openSync(temporary, "w");
      try {
        writeAll(
          fs,
          file,
          typeof content === "string" ? new TextEncoder().encode(content) : content,
        );
        fs.fsyncSync(file);
      } finally {
        fs.closeSync(file);
      }
      fs.renameSync(temporary, path);
    } catch (error) {
      attempt(() => fs.rmSync(temporary, { force: true }));
      throw error;
    }
    syncFolder(fs, folder);
  });
  sweep(fs, folder, prefix);
}

/**
 * Appends one line to a text file and waits until it is on the disk. A torn last line, left by a
 * crash, is cut off first; a line that does not fit leaves the file as it was.
 * @throws InputError when the folder is missing, full or not writable.
 */
export function appendLine(path: string, text: string, fs: FileSystem = nodeFs): void {
  if (/[\r\n]/.test(text)) throw new RangeError("appendLine: the text has a line break");
  naming(dirname(path), `cannot append to ${path}`, () => {
    const file = fs.openSync(path, "a+");
    try {
      const size = fs.fstatSync(file).size;
      const whole = lastLineEnd(fs, file, size);
      if (whole < size) fs.ftruncateSync(file, whole);
      try {
        writeAll(fs, file, new TextEncoder().encode(`${text}\n`));
      } catch (error) {
        attempt(() => fs.ftruncateSync(file, whole));
        throw error;
      }
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  });
}

/**
 * The values of a file with one JSON value a line; [] when there is no such file. A last line
 * without its line break was torn by a crash and is dropped.
 * @throws InputError with its place when a whole line is not JSON.
 */
export function readJsonLines(path: string): unknown[] {
  let text: string;
  try {
    text = nodeFs.readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw explained(error, `cannot read ${path}`, dirname(path));
  }
  return text
    .split("\n")
    .slice(0, -1)
    .map((line, i) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        throw new InputError(
          "this line is not JSON: the file was damaged or edited; remove the line or restore " +
            "the file",
          { file: path, line: i + 1, column: 1 },
        );
      }
    });
}

function writeAll(fs: FileSystem, file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at);
}

/** The offset after the last line break; 0 when there is none. */
function lastLineEnd(fs: FileSystem, file: number, size: number): number {
  const chunk = new Uint8Array(4096);
  for (let end = size; end > 0; ) {
    const begin = Math.max(0, end - chunk.length);
    const at = chunk.subarray(0, fs.readSync(file, chunk, 0, end - begin, begin)).lastIndexOf(0x0a);
    if (at >= 0) return begin + at + 1;
    end = begin;
  }
  return 0;
}

/** Makes the rename durable, on systems that can sync a folder. */
function syncFolder(fs: FileSystem, folder: string): void {
  try {
    const handle = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  } catch (error) {
    if (!["EPERM", "EACCES", "EISDIR", "EINVAL", "ENOTSUP"].includes(codeOf(error))) throw error;
  }
}

/** Removes temporary files of processes that are gone. */
function sweep(fs: FileSystem, folder: string, prefix: string): void {
  attempt(() => {
    for (const name of fs.readdirSync(folder)) {
      if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
      const id = Number(name.slice(prefix.length, -".tmp".length));
      if (Number.isInteger(id) && id > 0 && !isRunning(id))
        fs.rmSync(join(folder, name), { force: true });
    }
  });
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** Tidying that must not hide the error it tidies up after. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    /* the file stays; the next write sweeps it up */
  }
}

function naming(folder: string, what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw explained(error, what, folder);
  }
}

function explained(error: unknown, what: string, folder: string): unknown {
  const why = reasons[codeOf(error)];
  return why === undefined ? error : new InputError(`${what}: ${why(folder)}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

const full = (folder: string) =>
  `the disk of the folder ${folder} is full; free some space or choose a folder on another disk`;
const forbidden = (folder: string) =>
  `the folder ${folder} does not allow it; change its permissions or choose another folder`;
const reasons: Partial<Record<string, (folder: string) => string>> = {
  ENOSPC: full,
  EDQUOT: (folder) =>
    `your quota on the disk of the folder ${folder} is used up; free some space or choose ` +
    "another folder",
  EFBIG: (folder) =>
    `the file would be larger than the folder ${folder} or your limits allow; raise the limit ` +
    "or choose another folder",
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: (folder) => `the folder ${folder} is on a read-only disk; choose another folder`,
  ENOTDIR: (folder) => `${folder} is not a folder, or lies below a file; choose another folder`,
  ENOENT: (folder) => `the folder ${folder} does not exist; create it or choose another folder`,
  EISDIR: () => "a folder has that name; remove it or choose another name",
  ENAMETOOLONG: () => "the name is too long for this disk; choose a shorter one",
};
