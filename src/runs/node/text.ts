import { readFileSync } from "node:fs";
import { InputError } from "../../numerics/errors.ts";

/**
 * A UTF-8 text file.
 * @throws InputError when there is none, it cannot be read or is not text.
 */
export function readText(path: string, what: string, todo: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new InputError(`${what} ${path}: ${reason(codeOf(error))}; ${todo}`);
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
  const text = readText(path, what, "restore it, or start a new run");
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

/** The error code of the operating system, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
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
    ELOOP: "its links run in a circle",
  };
  return words[code] ?? `the system says ${code === "" ? "no" : code}`;
}
