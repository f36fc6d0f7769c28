import { erf } from "mathjs";
import { describe, expect, test } from "vitest";
import { arena } from "../../../src/numerics/kernels/arena.ts";
import type { Precision } from "../../../src/numerics/vec.ts";

interface Where {
  key?: number;
  moment?: number;
  step?: number;
  first?: number;
  rows?: number;
  cols?: number;
  stride?: number;
  precision?: Precision;
}

/** Rows of standard normal numbers, as the kernel makes them. */
function noise({
  key = 12345,
  moment = 6,
  step = 1,
  first = 0,
  rows = rowsOf,
  cols = colsOf,
  stride = cols,
  precision = "f32",
}: Where = {}): Float64Array {
  const memory = arena({ precision });
  const out = memory.reals(rows * stride);
  const one = memory.reals(cols);
  one.array.fill(1);
  memory.kernels.gaussianRows(out.ptr, stride, first, rows, cols, one.ptr, key, moment, step);
  return Float64Array.from(out.array);
}

const rowsOf = 512;
const colsOf = 1024;
const n = rowsOf * colsOf;
/**
 * Standard errors that a check allows: a good generator fails one with about one key in a million,
 * and the key is fixed.
 */
const sigmas = 5;
const mean = (length: number, term: (i: number) => number) => {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += term(i);
  return sum / length;
};

describe("the noise of a step is standard normal", () => {
  const z = noise();

  // Standard errors of the sample moments of a normal law: √(1/n), √(2/n), √(15/n), √(96/n).
  test.each([
    ["mean", 1, 0, 1],
    ["variance", 2, 1, 2],
    ["third moment", 3, 0, 15],
    ["fourth moment", 4, 3, 96],
    ["sixth moment", 6, 15, 10_170],
  ])("in its %s", (_, power, value, variance) => {
    expect(Math.abs(mean(n, (i) => z[i] ** power) - value)).toBeLessThan(
      sigmas * Math.sqrt(variance / n),
    );
  });

  test("in the whole of its distribution (Kolmogorov and Smirnov)", () => {
    const sorted = z.slice(0, 1 << 17).sort();
    const m = sorted.length;
    let far = 0;
    sorted.forEach((x, i) => {
      const p = 0.5 * (1 + erf(x / Math.SQRT2));
      far = Math.max(far, Math.abs(p - i / m), Math.abs(p - (i + 1) / m));
    });
    // P(√m D > 2.5) = 2 exp(−2·2.5²) = 7·10⁻⁶.
    expect(far * Math.sqrt(m)).toBeLessThan(2.5);
  });

  test("in its tails, up to the last of 24 bits", () => {
    for (const [bound, p] of [
      [3, 2.699796e-3],
      [4, 6.334248e-5],
    ])
      expect(Math.abs(mean(n, (i) => (Math.abs(z[i]) > bound ? 1 : 0)) - p)).toBeLessThan(
        sigmas * Math.sqrt(p / n),
      );
    expect(Math.max(...z.map(Math.abs).slice(0, 1 << 16))).toBeLessThanOrEqual(
      Math.sqrt(2 * 24 * Math.LN2),
    );
  });

  test("in every unit by itself", () => {
    for (let c = 0; c < colsOf; c += 37) {
      expect(Math.abs(mean(rowsOf, (r) => z[r * colsOf + c]))).toBeLessThan(
        sigmas / Math.sqrt(rowsOf),
      );
      expect(Math.abs(mean(rowsOf, (r) => z[r * colsOf + c] ** 2) - 1)).toBeLessThan(
        sigmas * Math.sqrt(2 / rowsOf),
      );
    }
  });
});

describe("the noise is independent between neighbours", () => {
  const z = noise();
  const shifted = (by: number) => (i: number) => z[(i + by) % n];
  const other = (where: Where) => {
    const y = noise(where);
    return (i: number) => y[i];
  };
  test.each([
    ["samples", shifted(colsOf)],
    ["samples twice removed", shifted(2 * colsOf)],
    ["units", shifted(1)],
    ["units in one lane of a vector, a Box–Muller pair", shifted(4)],
    ["units eight apart, draws of one stream", shifted(8)],
    ["steps", other({ step: 2 })],
    ["moments", other({ moment: 7 })],
    ["minibatches", other({ moment: 8 })],
    ["keys", other({ key: 12346 })],
    ["a step and the next moment", other({ step: 2, moment: 5 })],
    ["a step and the next sample", other({ step: 2, first: 1 })],
  ])("of %s", (_, y) => {
    // Of independent normal numbers, products have variance 1 and products of (z² − 1)/√2 as well.
    expect(Math.abs(mean(n, (i) => z[i] * y(i)))).toBeLessThan(sigmas / Math.sqrt(n));
    expect(Math.abs(mean(n, (i) => ((z[i] ** 2 - 1) * (y(i) ** 2 - 1)) / 2))).toBeLessThan(
      sigmas / Math.sqrt(n),
    );
  });
});

describe("the noise depends on key, moment, step, sample and unit alone", () => {
  test("and is the same whenever it is drawn", () =>
    expect(noise({ rows: 40 })).toEqual(noise({ rows: 40 })));

  test("not on which samples are drawn together, nor on how wide or far apart the rows are", () => {
    const all = noise({ rows: 20, cols: 64 });
    for (let r = 0; r < 20; r++) {
      expect(noise({ first: r, rows: 1, cols: 64 })).toEqual(all.slice(r * 64, (r + 1) * 64));
      expect(noise({ first: r, rows: 1, cols: 20 })).toEqual(all.slice(r * 64, r * 64 + 20));
    }
    const apart = noise({ rows: 20, cols: 64, stride: 100 });
    for (let r = 0; r < 20; r++)
      expect(apart.slice(r * 100, r * 100 + 64)).toEqual(all.slice(r * 64, (r + 1) * 64));
  });

  test("not on the precision: f64 holds the numbers of f32", () =>
    expect(noise({ precision: "f64", rows: 9, cols: 20 })).toEqual(noise({ rows: 9, cols: 20 })));

  test("and on each of the five", () => {
    const here = noise({ rows: 1, cols: 8 });
    for (const where of [{ key: 12346 }, { moment: 7 }, { step: 2 }, { first: 1 }]) {
      const there = noise({ rows: 1, cols: 8, ...where });
      here.forEach((z, c) => {
        expect(there[c]).not.toBe(z);
      });
    }
    expect(new Set(here).size).toBe(8);
  });
});

test("the amplitude of a unit scales its noise, and zero is exactly none", () => {
  const memory = arena();
  const out = memory.reals(4);
  const amplitude = memory.reals(4);
  amplitude.array.set([0, 1, 0.5, 0.25]);
  memory.kernels.gaussianRows(out.ptr, 4, 3, 1, 4, amplitude.ptr, 1, 2, 3);
  const z = noise({ key: 1, moment: 2, step: 3, first: 3, rows: 1, cols: 4 });
  expect(Array.from(out.array, Math.abs)).toEqual([
    0,
    Math.abs(z[1]),
    Math.abs(z[2]) / 2,
    Math.abs(z[3]) / 4,
  ]);
});
