/** Entries of BibTeX, each once, in the order in which they come first. */
export function distinctEntries(entries: readonly string[]): readonly string[] {
  return [...new Set(entries.map((entry) => entry.trim()))];
}
