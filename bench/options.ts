import { InvalidArgumentError } from "commander";
import { didYouMean } from "../src/numerics/suggest.ts";

/** Commander turns these messages into `error: option '--x <n>' argument 'y' is invalid. …`. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError("Expected a number above 0, such as 0.5.");
  return value;
}

export function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("Expected a whole number from 1 up.");
  return value;
}

/** `1,2` as numbers, each once. */
export function counts(text: string): readonly number[] {
  return [...new Set(text.split(",").map(count))];
}

/** Some of `names`, separated by commas, in any case of letters. */
export function someOf<Name extends string>(
  names: readonly Name[],
): (text: string) => readonly Name[] {
  return (text) =>
    text.split(",").map((word) => {
      const found = names.find((name) => name.toLowerCase() === word.trim().toLowerCase());
      if (found === undefined)
        throw new InvalidArgumentError(
          didYouMean(
            word,
            names.map((n) => n.toLowerCase()),
            "expected some of",
          ),
        );
      return found;
    });
}
