import { rm, stat } from "node:fs/promises";
import { InputError } from "../../numerics/errors.ts";

/** Why the operating system refused, in words: "no such file or directory (ENOENT)". */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words = /^\w+: ([^,]+)/.exec(message)?.[1] ?? message;
  return code === undefined ? message : `${words} (${code})`;
}

/**
 * Runs an action on a folder that we write to.
 * @throws InputError when the system refuses: no permission, a full disk, a file in the way.
 */
export async function disk<T>(path: string, act: () => Promise<T>): Promise<T> {
  return act().catch((e: unknown) => {
    throw new InputError(
      `${path}: ${systemReason(e)}, expected a folder that can be written; free some space, ` +
        "correct its permissions or choose another folder",
    );
  });
}

/** Bytes of a file, null where there is none. */
export async function sizeOf(path: string): Promise<number | null> {
  return disk(path, () =>
    stat(path).then(
      (s) => s.size,
      (e: unknown) => {
        if ((e as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw e;
      },
    ),
  );
}

export async function remove(path: string): Promise<void> {
  await disk(path, () => rm(path, { force: true }));
}
