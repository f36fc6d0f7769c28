import { expect, test } from "vitest";
import { solverOf } from "../../src/experiment/catalogue.ts";
import { solverNames } from "../../src/experiment/solver-schema.ts";
import * as entries from "../../src/solver/cites.ts";

test.each(Object.entries(entries))(
  "the entry %s is one well-formed BibTeX entry",
  (name, entry) => {
    expect(entry).toMatch(/^@[a-z]+\{[a-z0-9]+,\n(?: {2}[a-z]+ *= \{.+\},?\n)+\}$/);
    expect(entry.split("{").length).toBe(entry.split("}").length);
    for (const field of ["title", "author", "year"])
      expect(entry).toMatch(new RegExp(`^ {2}${field} +=`, "m"));
    expect(entry).toContain(`{${name}`);
  },
);

test("every solver cites entries of the list, and each entry is cited by one", () => {
  const known: readonly string[] = Object.values(entries);
  const cited = new Set(
    [...solverNames, "hand-over" as const].flatMap((name) => solverOf(name, 0.5).cites),
  );
  expect([...cited].filter((c) => !known.includes(c))).toEqual([]);
  expect(known.filter((c) => !cited.has(c))).toEqual([]);
});
