import { describe, expect, test } from "vitest";
import { digits, markdownTable, textTable, times, whole } from "../../bench/table.ts";

const columns = [{ title: "net" }, { title: "rate", numeric: true }];
const rows = [
  ["SMALL", "12 300"],
  ["a|b", "7"],
];

describe("tables", () => {
  test("for a terminal have numbers to the right and no trailing blanks", () => {
    expect(textTable(columns, rows).split("\n")).toEqual([
      "net      rate",
      "─────  ──────",
      "SMALL  12 300",
      "a|b         7",
    ]);
  });

  test("for a page are Markdown, with bars escaped", () => {
    expect(markdownTable(columns, rows)).toBe(
      "| net | rate |\n|---|--:|\n| SMALL | 12 300 |\n| a\\|b | 7 |",
    );
  });

  test("show numbers by the digits that mean something", () => {
    expect([
      whole(1234567.4),
      whole(999),
      digits(0.012345),
      digits(12.345),
      digits(12345.6),
      times(1.5),
      times(null),
    ]).toEqual(["1 234 567", "999", "0.0123", "12.3", "12 346", "1.50 ×", "–"]);
  });
});
