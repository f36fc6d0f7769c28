import { InputError } from "./errors.ts";

/** More than anybody measures one by one, and little enough to list. */
const most = 100_000;

/**
 * The whole numbers in `1-3, 7`, as they are written.
 * @param asker where they are written: what an error names.
 * @throws InputError where they are more than 100 000.
 */
export function numbersIn(text: string, asker: string): readonly number[] {
  const ranges = text.split(",").map((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return { first, length: Math.max(0, last - first + 1) };
  });
  const count = ranges.reduce((sum, { length }) => sum + length, 0);
  if (count > most)
    throw new InputError(
      `${asker}: found ${count} numbers in ${text}, expected at most ${most}; ask for fewer`,
    );
  return ranges.flatMap(({ first, length }) => Array.from({ length }, (_, i) => first + i));
}
