import { describe, expect, test } from "vitest";
import {
  drawable,
  percentage,
  plain,
  significant,
  grouped,
  withPrefix,
} from "../../../src/output/report/format.ts";

describe("a number in the report", () => {
  test.each([
    [0, "0 s"],
    [1, "1 s"],
    [1e-6, "1 µs"],
    [9.999e-7, "1 µs"],
    [1.5e-9, "1.5 ns"],
    [4.5e-4, "450 µs"],
    [2e-17, "0.02 fs"],
    [120, "120 s"],
    [-2e-3, "-2 ms"],
  ])("%d seconds reads %s", (x, text) => {
    expect(withPrefix(x, "s")).toBe(text);
  });

  test.each([
    [0, "0"],
    [0.0312, "0.031"],
    [0.974, "0.97"],
    [1e-6, "10⁻⁶"],
    [2.71e-7, "2.7 × 10⁻⁷"],
    [-3e-12, "-3.0 × 10⁻¹²"],
    [1234, "1200"],
    [123456, "1.2 × 10⁵"],
  ])("%d to two digits reads %s", (x, text) => {
    expect(significant(x)).toBe(text);
  });

  test("has narrow spaces between thousands", () => {
    expect([1, 999, 12_340, 1_234_567].map(grouped)).toEqual([
      "1",
      "999",
      "12\u202f340",
      "1\u202f234\u202f567",
    ]);
  });

  test("that is missing, NaN or infinite is a dash in text and null in plots", () => {
    for (const format of [
      percentage,
      plain,
      grouped,
      significant,
      (x: number | null | undefined) => withPrefix(x, "s"),
    ])
      for (const x of [NaN, Infinity, -Infinity, null, undefined]) expect(format(x)).toBe("–");
    expect(drawable([1.2345678, NaN, null, Infinity])).toEqual([1.2346, null, null, null]);
  });
});
