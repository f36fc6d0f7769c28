import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { power, square } from "../../src/numerics/power.ts";

/** A finite number as a fraction. */
function fraction(x: number): { over: bigint; under: bigint } {
  let exponent = 0;
  let m = x;
  while (!Number.isInteger(m)) {
    m *= 2;
    exponent++;
  }
  return { over: BigInt(m), under: 1n << BigInt(exponent) };
}

/** The number nearest to a positive fraction, by integers alone. */
function nearest(over: bigint, under: bigint): number {
  const length = (n: bigint) => n.toString(2).length;
  const shift = 54 - (length(over) - length(under));
  const [a, b] = shift >= 0 ? [over << BigInt(shift), under] : [over, under << BigInt(-shift)];
  // 54 or 55 bits and whether something is left: more than a number has, so one rounding.
  const kept = ((a / b) << 1n) | (a % b === 0n ? 0n : 1n);
  const extra = BigInt(length(kept) - 53);
  const half = 1n << (extra - 1n);
  const rest = kept & ((1n << extra) - 1n);
  const down = kept >> extra;
  const up = rest > half || (rest === half && (down & 1n) === 1n);
  const whole = Number(up ? down + 1n : down);
  return whole * 2 ** (Number(extra) - 1 - shift);
}

describe("powers", () => {
  test("of whole exponents are the numbers nearest to the exact fractions", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: -12, max: 40 }),
        (x, n) => {
          const { over, under } = fraction(x);
          const [a, b] = n < 0 ? [under, over] : [over, under];
          const k = BigInt(Math.abs(n));
          expect(power(x, n)).toBe(n === 0 ? 1 : nearest(a ** k, b ** k));
        },
      ),
      { seed: 7, numRuns: 2000 },
    );
  });

  test("of a half are square roots, which IEEE 754 rounds correctly", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(power(x, 0.5)).toBe(Math.sqrt(x));
        expect(square(x)).toBe(x * x);
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  test("of two are exact from the least to the greatest, and of ten are those that we write", () => {
    for (let n = -1074; n < 1024; n++) expect(power(2, n), `2^${n}`).toBe(2 ** n);
    for (let n = -307; n < 309; n++) expect(power(10, n)).toBe(Number(`1e${n}`));
  });

  test("are within a unit in the last place of the engine's for any exponent", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        (x, y) => {
          expect(Math.abs(power(x, y) / x ** y - 1)).toBeLessThanOrEqual(2 ** -51);
        },
      ),
      { seed: 9, numRuns: 2000 },
    );
  });

  test("are as ECMAScript has them where a number or its power is none, zero or infinite", () => {
    const special = [0, -0, 1, -1, Infinity, -Infinity, NaN];
    const all = [...special, 2, -2, 0.5, -0.5, 3, -3, 1e300, -1e300];
    for (const x of special)
      for (const y of all) {
        expect(power(x, y), `${x} to ${y}`).toBe(x ** y);
        expect(power(y, x), `${y} to ${x}`).toBe(y ** x);
      }
    expect(power(-2, 3)).toBe(-8);
    expect(power(-2, -2)).toBe(0.25);
    expect(power(2, 1024)).toBe(Infinity);
    expect(power(10, -400)).toBe(0);
    expect(power(-8, 1 / 3)).toBeNaN();
  });
});

/** Where a file asks the engine for a power of anything but 2. */
function enginePowers(name: string, text: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    const asked =
      (ts.isBinaryExpression(node) &&
        node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken &&
        node.left.getText() !== "2") ||
      (ts.isPropertyAccessExpression(node) && node.getText() === "Math.pow");
    if (asked)
      found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

test("nothing in src asks the engine for a power: `square` and `power` have one answer", () => {
  const src = join(import.meta.dirname, "../../src");
  const own = "numerics/power.ts";
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
    (f) => f.endsWith(".ts") && !f.includes("assembly") && f !== own,
  );
  expect(files.flatMap((f) => enginePowers(f, readFileSync(join(src, f), "utf8")))).toEqual([]);
  expect(enginePowers("a.ts", "x ** 2;\nMath.pow(x, 3);\n2 ** n;")).toEqual(["a.ts:1", "a.ts:2"]);
});
