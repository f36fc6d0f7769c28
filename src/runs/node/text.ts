import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { z } from "zod";
import { InputError, type Author } from "../../numerics/errors.ts";
import { checkTree } from "../../numerics/yaml.ts";
import { readPlainFile } from "../../output/node/files.ts";

/** Far more than anybody writes by hand; a device like /dev/zero has no end. */
const largest = 64 * 2 ** 20;

/**
 * A UTF-8 text that a user names: a file, or a pipe such as /dev/stdin.
 * @throws InputError when there is none, it cannot be read, has no end or is not text.
 */
export function readText(path: string, what: string, todo: string): string {
  return textOf(readBounded, path, what, todo);
}

/**
 * A UTF-8 text file of ours in a folder that may be somebody else's: no link is followed.
 * @throws InputError when there is none, it cannot be read, is no plain file or is not text.
 */
export function readOwnText(path: string, what: string, todo: string): string {
  return textOf(readPlainFile, path, what, todo);
}

function readBounded(path: string): Uint8Array {
  const file = openSync(path, constants.O_RDONLY | nonBlocking);
  try {
    const isPipe = fstatSync(file).isFIFO();
    const parts: Uint8Array[] = [];
    const patience = performance.now() + 1000 * longestWait;
    for (let size = 0; ; ) {
      const part = new Uint8Array(2 ** 16);
      const count = readSome(file, part);
      if (count === "later") pause();
      else if (count === 0 && isPipe && size === 0) {
        if (performance.now() > patience)
          throw new InputError("it is a pipe that nobody writes to, expected a file");
        pause();
      } else if (count === 0) return Buffer.concat(parts);
      else {
        size += count;
        if (size > largest)
          throw new InputError(`it has more than ${largest / 2 ** 20} MiB, the most that is read`);
        parts.push(part.subarray(0, count));
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Seconds that somebody has to begin to write to a pipe; then it is waited for to the end. */
const longestWait = 2;
// Windows has none; opening a pipe there waits for nobody.
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

function readSome(file: number, into: Uint8Array): number | "later" {
  try {
    return readSync(file, into);
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return "later";
    throw error;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

function textOf(
  read: (path: string) => Uint8Array,
  path: string,
  what: string,
  todo: string,
): string {
  let bytes: Uint8Array;
  try {
    bytes = read(path);
  } catch (error) {
    throw new InputError(`${what} ${path}: ${whyNot(error)}; ${todo}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${what} ${path}: this is not UTF-8 text; ${todo}`);
  }
}

/**
 * A JSON object that we wrote ourselves.
 * @throws InputError when it is missing or damaged.
 */
export function readJson(path: string, what: string): Readonly<Record<string, unknown>> {
  const text = readOwnText(path, what, "restore it, or start a new run");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    /* told below, like any other damage */
  }
  throw new InputError(
    `${what} ${path}: it is damaged, expected a JSON object; restore it, or start a new run`,
  );
}

/**
 * What we wrote ourselves, checked like a user's input.
 * @param where it was read: `clock PATH`, or a line of a file.
 * @throws InputError that names every field with what was found and what was expected.
 */
export function checkOwn<S extends z.ZodType>(
  value: unknown,
  schema: S,
  where: Author,
  todo: string,
): z.output<S> {
  try {
    return checkTree(value, schema, () => where);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${error.message}; ${todo}`) : error;
  }
}

/** Whether what was given names a file, and not one of the things that come with the package. */
export function isPath(text: string): boolean {
  return /[/\\]|\.ya?ml$/.test(text);
}

/** The error code of the operating system, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}

/** Why something could not be done: what we say ourselves, or the system. */
export function whyNot(error: unknown): string {
  return error instanceof InputError ? error.message : reason(codeOf(error));
}

/** An error code in words. */
export function reason(code: string): string {
  const words: Partial<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EISDIR: "this is a folder, expected a file",
    ENOTDIR: "a part of the path is a file, expected folders",
    EACCES: "permission denied",
    EPERM: "the system does not allow it",
    EROFS: "the disk is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "your disk quota is used up",
    ENAMETOOLONG: "the name is too long",
    EEXIST: "a file has that name already",
    ENXIO: "this is a socket or a device without anything behind it, expected a file",
    EIO: "the disk fails to read or write",
    EBUSY: "something else uses it",
    ELOOP: "its links run in a circle",
    ERR_INVALID_ARG_VALUE: "its name has a character that no file's name can have",
  };
  return words[code] ?? `the system says ${code === "" ? "no" : code}`;
}
