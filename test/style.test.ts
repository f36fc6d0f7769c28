import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, test } from "vitest";

const width = 100;

/** Written by a program, in another language, or as data. */
const unread = (path: string) =>
  path.endsWith(".generated.ts") ||
  path.startsWith("src/numerics/kernels/assembly/") ||
  path.startsWith("test/fixtures/") ||
  path.startsWith("test/golden/") ||
  path === "src/data/digits/skeletons.ts";

/** What no formatter and no hand can break. */
const unbreakable: Readonly<Record<string, (line: string, path: string) => boolean>> = {
  "the title of a test, with which the formatter keeps its call in one line": (line, path) =>
    path.startsWith("test/") &&
    /^\s*(describe|it|test)(\.\w+)?\("[^"]*", (async )?\(\) => \{$/.test(line),
  "a regular expression": (line, path) =>
    path.startsWith("test/") && /^\s*!?\/\S.*\/[a-z]*(,|\.test\()$/.test(line),
  "a field of a BibTeX entry": (line) => /^ {2}(title|author) += \{.*\},$/.test(line),
};

/** Lines that are too long, as `path:line`. */
function tooLong(path: string, text: string): readonly string[] {
  return text.split("\n").flatMap((line, i) => {
    // A code point beyond 16 bits takes one column.
    const isLong = Array.from(line).length > width;
    const isExcused = Object.values(unbreakable).some((excuses) => excuses(line, path));
    return isLong && !isExcused ? [`${path}:${i + 1}`] : [];
  });
}

describe("no line is longer than a hundred columns", () => {
  const root = join(import.meta.dirname, "..");
  const paths = ["src", "bench", "test"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) =>
        join(folder, path).split(sep).join("/"),
      ),
    )
    .filter((path) => path.endsWith(".ts") && !unread(path));

  test("in src, bench and test", () => {
    expect(paths.length).toBeGreaterThan(400);
    expect(paths.flatMap((path) => tooLong(path, readFileSync(join(root, path), "utf8")))).toEqual(
      [],
    );
  });

  const long = (begin: string, end = "") => begin + "x".repeat(width - begin.length) + end;
  test.each<[string, string, string, readonly string[]]>([
    ["a line of code", "src/a.ts", long("const a = ", ";"), ["src/a.ts:1"]],
    ["a comment", "src/a.ts", `\n${long("// ", "x")}`, ["src/a.ts:2"]],
    ["a hundred columns, whatever letters", "src/a.ts", "λ𝔼".repeat(width / 2), []],
    ["a title in src", "src/a.ts", long('test("', '", () => {'), ["src/a.ts:1"]],
    ["a title in test", "test/a.test.ts", long('  test("', '", async () => {'), []],
    [
      "more than a title",
      "test/a.test.ts",
      long('test("', '", () => { go();'),
      ["test/a.test.ts:1"],
    ],
    ["a regular expression", "test/a.test.ts", long("  /^", "$/,"), []],
    ["the title of a paper", "src/a.ts", long("  title   = {", "},"), []],
    ["the publisher of a paper", "src/a.ts", long("  journal = {", "},"), ["src/a.ts:1"]],
  ])("sees %s", (_, path, text, found) => {
    expect(tooLong(path, text)).toEqual(found);
  });
});
