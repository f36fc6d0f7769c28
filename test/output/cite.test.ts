import { expect, test } from "vitest";
import * as cite from "../../src/output/cite.ts";

test.each(Object.entries(cite))("the entry %s is one well-formed BibTeX entry", (_, entry) => {
  expect(entry).toMatch(/^@[a-z]+\{[a-z0-9_]+,\n(?: {2}[a-z]+ *= \{.+\},?\n)+\}$/);
  expect(entry.split("{").length).toBe(entry.split("}").length);
  for (const field of ["title", "author", "year"])
    expect(entry).toMatch(new RegExp(`^ {2}${field} +=`, "m"));
});
