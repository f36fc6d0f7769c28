import { availableParallelism } from "node:os";
import { InputError } from "../numerics/errors.ts";

/** `--jobs`: cells at a time; as many as there are processors unless given. */
export function jobCount(text: string | undefined): number {
  return text === undefined ? availableParallelism() : countOf("--jobs", text, 999);
}

/**
 * A whole number that an option was given.
 * @throws InputError when it is none from 1 to `most`.
 */
export function countOf(option: string, text: string, most: number): number {
  const count = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : NaN;
  if (count <= most) return count;
  throw new InputError(`${option} ${text}: expected a whole number from 1 to ${most}`);
}
