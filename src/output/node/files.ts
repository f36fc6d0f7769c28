import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import * as nodeFs from "node:fs";
import { basename, dirname, join } from "node:path";
import { bytesText } from "../../numerics/demand.ts";
import { InputError } from "../../numerics/errors.ts";

/** What this file asks of `node:fs`, as far as it asks; tests pass one that fails. */
export interface FileSystem {
  openSync(path: string, flags: string | number, mode?: number): number;
  writeSync(file: number, bytes: Uint8Array, offset: number): number;
  fsyncSync(file: number): void;
  closeSync(file: number): void;
  renameSync(from: string, to: string): void;
  linkSync(from: string, to: string): void;
  rmSync(path: string, options: { readonly force: boolean }): void;
  readdirSync(folder: string): string[];
  fstatSync(file: number): FileStatus;
  readSync(file: number, into: Uint8Array, at: number, length: number, from: number): number;
  ftruncateSync(file: number, size: number): void;
  lstatSync(path: string, options: { readonly throwIfNoEntry: false }): FileStatus | undefined;
  readFileSync(file: number): Uint8Array;
}

interface FileStatus {
  readonly size: number;
  readonly nlink: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

/**
 * Replaces the file `path` by `content` at once: after a crash at any moment it holds either the
 * old bytes or the new ones, all of them, and the next call sweeps up what the crash left beside
 * it.
 * @throws InputError when the folder is missing, full or not writable, or when something else than
 *   a plain file has that name; nothing is left behind then.
 */
export function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  fs: FileSystem = nodeFs,
): void {
  writeWhole(path, content, fs, (temporary) => {
    fs.renameSync(temporary, path);
  });
}

/**
 * Makes the file `path` with `content` at once, where nothing has that name.
 * @throws InputError as `writeFileAtomic` does, and when something has the name by then.
 */
export function createFile(
  path: string,
  content: Uint8Array | string,
  fs: FileSystem = nodeFs,
): void {
  writeWhole(path, content, fs, (temporary) => {
    try {
      fs.linkSync(temporary, path);
    } catch (error) {
      // Disks without hard links.
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(error))) throw error;
      if (fs.lstatSync(path, { throwIfNoEntry: false }))
        throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
      fs.renameSync(temporary, path);
      return;
    }
    fs.rmSync(temporary, { force: true });
  });
}

/** Writes a file under a name of its own, and has `install` give it the one that is asked for. */
function writeWhole(
  path: string,
  content: Uint8Array | string,
  fs: FileSystem,
  install: (temporary: string) => void,
): void {
  const folder = dirname(path);
  const temporary = temporaryBeside(path);
  explaining(folder, `cannot write ${path}`, () => {
    refuseOthers(path, fs);
    // Exclusively: what has that name already, a link at the worst, is somebody else's.
    const file = fs.openSync(temporary, "wx");
    try {
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
      install(temporary);
    } catch (error) {
      attempt(() => fs.rmSync(temporary, { force: true }));
      throw error;
    }
    syncFolder(fs, folder);
  });
  sweep(fs, folder, prefixOf(path));
}

/**
 * Appends one line to a text file and waits until it is on the disk. A torn last line, left by a
 * crash, is cut off first; a line that does not fit leaves the file as it was. A file that has a
 * second name elsewhere, a hard link, is replaced by one of its own.
 * @throws InputError when the folder is missing, full or not writable, or `path` is a link or pipe.
 */
export function appendLine(path: string, text: string, fs: FileSystem = nodeFs): void {
  if (/[\r\n]/.test(text)) throw new RangeError("appendLine: the text has a line break");
  explaining(dirname(path), `cannot append to ${path}`, () => {
    const file = fs.openSync(path, O_RDWR | O_APPEND | O_CREAT | noFollow | O_NONBLOCK, 0o666);
    try {
      const { size, nlink, ...found } = kindOf(fs.fstatSync(file));
      if (found.kind === "a pipe") throw new InputError(`it is a pipe, ${plainExpected}`);
      const whole = lastLineEnd(fs, file, size);
      if (nlink > 1) {
        const kept = fs.readFileSync(file).subarray(0, whole);
        writeFileAtomic(path, Buffer.concat([kept, Buffer.from(`${text}\n`)]), fs);
        return;
      }
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
  return Array.from(jsonLines(path), ({ value }) => value);
}

/** A line of a file of JSON values, counted from 1. */
interface JsonLine {
  readonly value: unknown;
  readonly text: string;
  readonly line: number;
}

/** The lines of such a file one after another, so that a large one is never in memory whole. */
export function* jsonLines(path: string): Generator<JsonLine> {
  let file: number;
  try {
    file = openPlain(path, nodeFs);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw explained(error, `cannot read ${path}`, dirname(path));
  }
  try {
    let line = 0;
    for (const text of wholeLines(path, file)) yield { ...jsonOf(path, text, ++line), text, line };
  } finally {
    nodeFs.closeSync(file);
  }
}

/** Characters that a line has at most. */
const longestLine = 2 ** 28;

function* wholeLines(path: string, file: number): Generator<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(2 ** 20);
  // The beginning of a line, in parts: only what is new is searched for its end.
  let begun: string[] = [];
  for (let count = 0; ; ) {
    const bytes = nextChunk(path, file, chunk);
    if (bytes.length === 0) return;
    const [first, ...others] = decoder.decode(bytes, { stream: true }).split("\n");
    begun.push(first);
    count += first.length;
    if (count > longestLine)
      throw new InputError(
        `cannot read ${path}: too large: a line has more than ${longestLine} characters; ` +
          "the file was damaged: restore it",
      );
    if (others.length === 0) continue;
    yield begun.join("");
    yield* others.slice(0, -1);
    begun = others.slice(-1);
    count = begun[0].length;
  }
}

function nextChunk(path: string, file: number, chunk: Uint8Array): Uint8Array {
  try {
    return chunk.subarray(0, nodeFs.readSync(file, chunk));
  } catch (error) {
    throw explained(error, `cannot read ${path}`, dirname(path));
  }
}

function jsonOf(path: string, text: string, line: number): Pick<JsonLine, "value"> {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    throw new InputError(
      "this line is not JSON: the file was damaged or edited; remove the line or restore " +
        "the file",
      { file: path, line, column: 1 },
    );
  }
}

/**
 * The bytes of a file that we wrote ourselves, in a folder that may have come from somebody else:
 * no link is followed, no device is read, no pipe is waited for.
 * @throws InputError when it is no plain file, and what the system throws otherwise.
 */
export function readPlainFile(path: string, fs: FileSystem = nodeFs): Uint8Array {
  const file = openPlain(path, fs);
  try {
    const { size } = kindOf(fs.fstatSync(file));
    if (size > readable)
      throw new InputError(
        `too large: it has ${bytesText(size)}, more than the ${bytesText(readable)} that are read`,
      );
    return fs.readFileSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** Opens a plain file to be read; no link is followed. */
function openPlain(path: string, fs: FileSystem): number {
  refuseOthers(path, fs);
  const file = fs.openSync(path, O_RDONLY | noFollow | O_NONBLOCK);
  const { kind } = kindOf(fs.fstatSync(file));
  if (kind === undefined) return file;
  fs.closeSync(file);
  throw new InputError(`it is ${kind}, ${plainExpected}`);
}

const { O_APPEND, O_CREAT, O_RDONLY, O_RDWR } = nodeFs.constants;
// Windows has neither; its links take rights that a stranger does not have.
const noFollow = (nodeFs.constants.O_NOFOLLOW as number | undefined) ?? 0;
const O_NONBLOCK = (nodeFs.constants.O_NONBLOCK as number | undefined) ?? 0;
const plainExpected = "expected a plain file; name another one, or move it away";

/** Bytes that a file of ours has at most: a checkpoint of what the kernels can address. */
const readable = 2 ** 31 - 1;

/** @throws InputError when `path` is a link, a device, a pipe or a socket. */
export function refuseOthers(path: string, fs: FileSystem = nodeFs): void {
  const there = fs.lstatSync(path, { throwIfNoEntry: false });
  const kind = there && kindOf(there).kind;
  if (kind !== undefined && kind !== "a folder")
    throw new InputError(`it is ${kind}, ${plainExpected}`);
}

/** A file's size and names, and what it is where it is no plain file. */
function kindOf(stats: FileStatus): {
  readonly size: number;
  readonly nlink: number;
  readonly kind: string | undefined;
} {
  const kind = stats.isFile()
    ? undefined
    : stats.isDirectory()
      ? "a folder"
      : stats.isSymbolicLink()
        ? "a symbolic link"
        : stats.isFIFO()
          ? "a pipe"
          : stats.isSocket()
            ? "a socket"
            : "a device";
  return { size: stats.size, nlink: stats.nlink, kind };
}

/** A name beside `path`: it says whose it is to sweep up, and nobody can guess it. */
export function temporaryBeside(path: string): string {
  const end = `${process.pid}-${randomBytes(8).toString("hex")}.tmp`;
  return join(dirname(path), `${prefixOf(path)}${end}`);
}

const prefixOf = (path: string) => `.${basename(path)}.`;

/** Whether a killed write may have left a file of that name. */
export function isTemporary(name: string): boolean {
  return /^\..*\.\d+(?:-[0-9a-f]{16})?\.tmp$/.test(name);
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
      if (!name.startsWith(prefix) || !isTemporary(name)) continue;
      const id = Number(/^\d+/.exec(name.slice(prefix.length))?.[0]);
      if (id > 0 && !isRunning(id)) fs.rmSync(join(folder, name), { force: true });
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

/**
 * What `action` returns; what stops it is told as that of `what`, with its reason in words.
 * @param folder of the file that it is about.
 */
export function explaining<T>(folder: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explained(error, what, folder);
  }
}

function explained(error: unknown, what: string, folder: string): unknown {
  if (error instanceof InputError) return new InputError(`${what}: ${error.message}`);
  const code = codeOf(error);
  const why = reasons[code];
  if (why === undefined) return error;
  return new (failing.has(code) ? DiskError : InputError)(`${what}: ${why(folder)}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/** A disk that is full or fails: told like an input that cannot be used, but it is none. */
class DiskError extends InputError {
  override readonly name = "DiskError";
}

const failing: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EIO"]);

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
  EIO: (folder) =>
    `the disk of the folder ${folder} fails to read or write; look after it, or choose a folder ` +
    "on another disk",
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: (folder) => `the folder ${folder} is on a read-only disk; choose another folder`,
  ENOTDIR: (folder) => `${folder} is not a folder, or lies below a file; choose another folder`,
  ENOENT: (folder) =>
    nodeFs.existsSync(folder)
      ? `the file system of the folder ${folder} takes no new files; choose another folder`
      : `the folder ${folder} does not exist; create it or choose another folder`,
  EEXIST: () => "something has that name by now; choose another one",
  EISDIR: () => "a folder has that name; remove it or choose another name",
  ELOOP: () => `it is a symbolic link, ${plainExpected}`,
  ENAMETOOLONG: () => "the name is too long for this disk; choose a shorter one",
};
