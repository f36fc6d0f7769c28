import { closest, distance } from "fastest-levenshtein";

/**
 * The candidate within a third of `word`'s letters (at least 2 edits), or undefined: what a slip of
 * the keyboard meant.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(
    word.toLowerCase(),
    candidates.map((c) => c.toLowerCase()),
  );
  const found = candidates.find((c) => c.toLowerCase() === best);
  return distance(word.toLowerCase(), best) <= Math.max(2, Math.floor(word.length / 3))
    ? found
    : undefined;
}

/** `did you mean "step"? Known keys: step, free, nudged`. */
export function didYouMean(word: string, candidates: readonly string[], kind: string): string {
  const guess = suggest(word, candidates);
  const known = `${kind}: ${candidates.join(", ")}`;
  return guess === undefined ? known : `did you mean "${guess}"? ${known}`;
}
