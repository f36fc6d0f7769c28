import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  customClamps,
  diodeClamps,
  linearClamps,
  type ClampRails,
  type SoftClamps,
} from "../../src/energy/clamps.ts";
import { omega } from "../../src/numerics/omega.ts";

const rails = { low: [0, -0.05], high: [1, 1.1] };
const decades = (from: number, to: number) =>
  fc.double({ min: from, max: to, noNaN: true }).map((x) => 10 ** x);
const diodeOf = (saturation: number, width: number) => ({
  value: (x: number) => saturation * Math.expm1(x / width),
  slope: (x: number) => (saturation / width) * Math.exp(x / width),
});

/** Clamps of every law, over 30 decades of strength. */
const clamps: fc.Arbitrary<{
  readonly name: string;
  readonly soft: SoftClamps;
  readonly cancels?: number;
}> = fc.oneof(
  decades(-15, 15).map((k) => ({ name: `linear ${k}`, soft: linearClamps(k, rails) })),
  fc.tuple(decades(-28, 2), decades(-4, 0.5)).map(([saturation, width]) => ({
    name: `diode ${saturation} ${width}`,
    soft: diodeClamps({ saturation, width }, rails),
    cancels: 2 * saturation,
  })),
  fc.tuple(decades(-20, 0), decades(-2.5, 0)).map(([saturation, width]) => ({
    name: `custom ${saturation} ${width}`,
    soft: customClamps(diodeOf(saturation, width), rails),
    cancels: 2 * saturation,
  })),
  decades(-3, 6).map((k) => ({
    name: `cubic ${k}`,
    soft: customClamps(
      { value: (x) => k * Math.max(x, 0) ** 3, slope: (x) => 3 * k * Math.max(x, 0) ** 2 },
      rails,
    ),
  })),
);
const sign = fc.constantFrom(-1, 1);
const unit = fc.constantFrom(0, 1);

test("ω + ln ω = z to rounding, from where e^z vanishes to far beyond where it overflows", () => {
  fc.assert(
    fc.property(fc.oneof(fc.double({ min: -700, max: 700, noNaN: true }), decades(0, 150)), (z) => {
      const w = omega(z);
      // A change of ω by ε changes ω + ln ω by ε (1 + ω); z, ω and ln ω are rounded once each.
      expect(Math.abs(w + Math.log(w) - z)).toBeLessThanOrEqual(
        4 * Number.EPSILON * (Math.abs(z) + w + 1),
      );
    }),
    { numRuns: 2000 },
  );
  // W(1) = Ω and W(e) = 1 (DLMF 4.13).
  expect(omega(0)).toBeCloseTo(0.567143290409783873, 15);
  expect(omega(1)).toBeCloseTo(1, 15);
  expect([omega(-800), omega(Infinity) > 0 || Number.isNaN(omega(Infinity))]).toEqual([0, true]);
});

describe("the resolvent of a clamp", () => {
  test("solves s + a I(s) = u to rounding, for laws, steps and states over 30 decades", () => {
    fc.assert(
      fc.property(
        clamps,
        decades(-15, 15),
        sign,
        decades(-15, 6),
        unit,
        ({ name, soft, cancels = 0 }, a, side, far, i) => {
          const u = side * far;
          const s = soft.hold(u, a, i);
          const off = s + a * soft.current(s, i) - u;
          // A user's law is not asked beyond the bounds, where it may overflow.
          fc.pre(Math.abs(s) < Math.abs(soft.bound(side, i)) - 1e-9);
          // The state is right to a few units in the last place of it and of the rails; of two
          // diodes the saturation currents cancel.
          const slope = 1 + a * Math.max(soft.slope(s, i), soft.slope(s + side * 1e-12, i));
          const keeps =
            1 + Math.abs(s) + Math.min(Math.abs(u), Math.abs(a * soft.current(s, i))) + a * cancels;
          expect(Math.abs(off), `${name}, a ${a}, u ${u}, s ${s}`).toBeLessThanOrEqual(
            16 * Number.EPSILON * (slope * (1 + Math.abs(s)) + keeps + Math.abs(u)),
          );
        },
      ),
      { numRuns: 4000 },
    );
  });

  test("keeps the order of states and the middle, and never moves one across it", () => {
    fc.assert(
      fc.property(
        clamps,
        decades(-6, 6),
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        unit,
        ({ soft }, a, u, more, i) => {
          const middle = 0.5 * (rails.low[i] + rails.high[i]);
          const s = soft.hold(u, a, i);
          expect(soft.hold(middle, a, i)).toBeCloseTo(middle, 14);
          expect(Math.sign(s - middle) * Math.sign(u - middle)).toBeGreaterThanOrEqual(0);
          expect(soft.hold(u + more, a, i) - s).toBeGreaterThanOrEqual(
            -1e-13 * Math.max(1, Math.abs(s)),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("of one diode that a formula knows agrees with it where the other is far", () => {
    const soft = diodeClamps({ saturation: 1e-10, width: 0.025 }, rails);
    for (const u of [0.7, 1, 1.2, 3, 40])
      expect(soft.hold(u, 1, 0)).toBeCloseTo(
        u - 0.025 * omega((u - 1) / 0.025 + Math.log(1e-10 / 0.025)),
        14,
      );
  });

  test("of a user's law that is the diode's is the diode's", () => {
    const law = diodeClamps({ saturation: 1e-6, width: 0.05 }, rails);
    const own = customClamps(diodeOf(1e-6, 0.05), rails);
    for (let u = -30; u < 30; u += 0.37)
      for (const a of [1e-3, 0.5, 20]) expect(own.hold(u, a, 1)).toBeCloseTo(law.hold(u, a, 1), 13);
  });
});

describe("the current of a clamp", () => {
  test(
    "is the slope of its co-content, and its own slope that of the current, by central " +
      "differences",
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(
            linearClamps(3, rails),
            diodeClamps({ saturation: 1e-3, width: 0.2 }, rails),
            customClamps(diodeOf(1e-3, 0.2), rails),
          ),
          fc.double({ min: -1, max: 2, noNaN: true }),
          unit,
          (soft, s, i) => {
            const d = 1e-4;
            const kink = Math.min(Math.abs(s - rails.low[i]), Math.abs(s - rails.high[i]));
            fc.pre(kink > 2 * d);
            // Error d²/6 times the third derivative, at most I/v² ≈ 4000 here, and rounding
            // 10⁻¹⁶/d.
            const bound =
              1e-8 + d ** 2 * 25 * (1 + Math.abs(soft.current(s, i)) + soft.slope(s, i));
            expect(
              Math.abs(soft.work(s - d, s + d, i) / (2 * d) - soft.current(s, i)),
            ).toBeLessThan(bound);
            expect(
              Math.abs(
                (soft.current(s + d, i) - soft.current(s - d, i)) / (2 * d) - soft.slope(s, i),
              ),
            ).toBeLessThan(bound);
          },
        ),
        { numRuns: 500 },
      );
    },
  );

  test("does work that adds up along the way, to the last digits of a short way", () => {
    fc.assert(
      fc.property(
        clamps,
        fc.double({ min: -0.4, max: 1.5, noNaN: true }),
        fc.double({ min: -0.4, max: 1.5, noNaN: true }),
        unit,
        ({ soft, cancels = 0 }, x, y, i) => {
          const middle = 0.3 * x + 0.7 * y;
          const all = soft.work(x, y, i);
          const parts = soft.work(x, middle, i) + soft.work(middle, y, i);
          const most =
            Math.max(Math.abs(soft.current(x, i)), Math.abs(soft.current(y, i))) * Math.abs(y - x);
          fc.pre(Number.isFinite(most));
          expect(Math.abs(all - parts)).toBeLessThanOrEqual(
            1e-11 * most + 1e-14 * cancels + 1e-300,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test(
    "does work in proportion to a short way, also where a state and its distance from the rail " +
      "are rounded differently",
    () => {
      // A resistor, and a square: the current half way times the way is exact, or errs by a third
      // of (way/2)² over the distance squared.
      const apart: ClampRails = { low: [0.3], high: [9] };
      for (const soft of [
        linearClamps(1, apart),
        customClamps({ value: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) }, apart),
        customClamps(
          { value: (x) => Math.max(x, 0) ** 2, slope: (x) => 2 * Math.max(x, 0) },
          apart,
        ),
      ])
        for (const s of [-0.9, -1.9, -63.9])
          for (const way of [1e-9 / 3, -1e-11 / 7]) {
            // The state itself is rounded: the way is what is left of it.
            const left = s + way - s;
            const current = soft.current(s + 0.5 * left, 0);
            expect(Math.abs(soft.work(s, s + way, 0) / (current * left) - 1)).toBeLessThan(1e-12);
          }
    },
  );

  test("is too large at the bounds for any circuit, and a number there", () => {
    fc.assert(
      fc.property(clamps, unit, ({ soft }, i) => {
        for (const side of [-1, 1] as const) {
          const at = soft.bound(side, i);
          const current = side * soft.current(at, i);
          expect(current).toBeGreaterThanOrEqual(0);
          expect(current).toBeLessThan(Infinity);
          expect(side * (at - (side > 0 ? rails.high[i] : rails.low[i]))).toBeGreaterThanOrEqual(0);
          if (current < 2 ** 19) expect(Math.abs(at)).toBeGreaterThan(2 ** 10);
        }
      }),
    );
  });
});

describe("a clamp at one rail only", () => {
  const single: ClampRails = { low: [-Infinity, -0.05, -Infinity], high: [1, Infinity, Infinity] };
  const makers = fc.oneof(
    decades(-15, 15).map((k) => ({
      name: `linear ${k}`,
      leaks: 0,
      make: (r: ClampRails) => linearClamps(k, r),
    })),
    fc.tuple(decades(-28, 2), decades(-4, 0.5)).map(([saturation, width]) => ({
      name: `diode ${saturation} ${width}`,
      leaks: saturation,
      make: (r: ClampRails) => diodeClamps({ saturation, width }, r),
    })),
    fc.tuple(decades(-20, 0), decades(-2.5, 0)).map(([saturation, width]) => ({
      name: `custom ${saturation} ${width}`,
      leaks: saturation,
      make: (r: ClampRails) => customClamps(diodeOf(saturation, width), r),
    })),
  );

  test("has a resolvent to rounding, over 30 decades, and far on its open side too", () => {
    fc.assert(
      fc.property(
        makers,
        decades(-12, 12),
        sign,
        decades(-12, 5),
        unit,
        ({ name, leaks, make }, a, side, far, i) => {
          const soft = make(single);
          const u = side * far;
          const s = soft.hold(u, a, i);
          const off = s + a * soft.current(s, i) - u;
          expect(Number.isFinite(s)).toBe(true);
          fc.pre(s < soft.bound(1, i) - 1e-9 && s > soft.bound(-1, i) + 1e-9);
          const slope =
            1 + a * Math.max(soft.slope(s, i), soft.slope(s - 1e-12, i), soft.slope(s + 1e-12, i));
          expect(Math.abs(off), `${name}, a ${a}, u ${u}, s ${s}`).toBeLessThanOrEqual(
            16 * Number.EPSILON * (slope * (1 + Math.abs(s)) + Math.abs(u) + a * leaks),
          );
        },
      ),
      { numRuns: 4000 },
    );
  });

  test(
    "draws nothing at its rail, holds nothing on its open side but by what leaks, and nothing " +
      "at all where there is none",
    () => {
      fc.assert(
        fc.property(
          makers,
          decades(-6, 6),
          fc.double({ min: 0, max: 50, noNaN: true }),
          ({ leaks, make }, a, far) => {
            const soft = make(single);
            expect(soft.current(1, 0)).toBeCloseTo(0, 20);
            expect(soft.current(-0.05, 1)).toBeCloseTo(0, 20);
            expect([
              soft.rest(0),
              soft.rest(1),
              soft.rest(2),
              soft.bound(1, 2),
              soft.bound(-1, 2),
            ]).toEqual([1, -0.05, 0, Infinity, -Infinity]);
            expect(
              [
                soft.hold(far, a, 2),
                soft.hold(-far, a, 2),
                soft.current(far, 2),
                soft.slope(far, 2),
                soft.work(-far, far, 2),
              ].map((x) => x + 0),
            ).toEqual([far, -far + 0, 0, 0, 0]);
            // The one draws at most I_s from below its rail, the other feeds as much.
            expect(Math.abs(soft.current(1 - far, 0))).toBeLessThanOrEqual(leaks);
            expect(Math.abs(soft.current(far - 0.05, 1))).toBeLessThanOrEqual(leaks);
            expect(Math.abs(soft.hold(1 - far, a, 0) - (1 - far))).toBeLessThanOrEqual(
              a * leaks + 1e-13 * (1 + far),
            );
          },
        ),
        { numRuns: 500 },
      );
    },
  );

  test("does work whose slope is its current, to the last digits of a short way", () => {
    for (const soft of [
      linearClamps(3, single),
      diodeClamps({ saturation: 1e-3, width: 0.2 }, single),
      customClamps(diodeOf(1e-3, 0.2), single),
    ])
      for (const i of [0, 1])
        for (let s = -1; s < 2; s += 0.07) {
          const d = 1e-4;
          expect(Math.abs(soft.work(s - d, s + d, i) / (2 * d) - soft.current(s, i))).toBeLessThan(
            1e-8 +
              d ** 2 * 25 * (1 + Math.abs(soft.current(s, i)) + soft.slope(s, i)) +
              (soft.slope(s - d, i) === soft.slope(s + d, i) ? 0 : 3 * d),
          );
        }
  });

  test(
    "of states a scale larger draws the scale times what it draws of the voltage: resolvents " +
      "and work scale along",
    () => {
      fc.assert(
        fc.property(
          makers,
          decades(-6, 6),
          fc.double({ min: -5, max: 5, noNaN: true }),
          fc.constantFrom(0, 1, 2),
          fc.constantFrom(4, 16, 0.3),
          ({ make }, a, u, k, A) => {
            const plain: ClampRails = { low: [0, -Infinity, 0], high: [1, 1, Infinity] };
            const one = make(plain);
            const large = make({
              low: [...Array.from(plain.low, (x) => A * x)],
              high: [...Array.from(plain.high, (x) => A * x)],
              scale: [A, A, A],
            });
            const s = one.hold(u, a, k);
            const within = (soft: SoftClamps, at: number) =>
              at > soft.bound(-1, k) + 1e-9 && at < soft.bound(1, k) - 1e-9;
            // Bounds are where 2²⁰ is drawn, whatever the scale: there the resolvents of laws end.
            fc.pre(Math.abs(s) < 100 && within(one, s) && within(large, A * s));
            expect(Math.abs(large.hold(A * u, a, k) - A * s)).toBeLessThan(
              1e-11 * A * (1 + Math.abs(u)),
            );
            expect(large.current(A * s, k) / A).toBeCloseTo(
              one.current(s, k),
              9 - Math.ceil(Math.log10(1 + Math.abs(one.slope(s, k)))),
            );
            const w = one.work(0.5, s, k);
            expect(Math.abs(large.work(0.5 * A, A * s, k) / A ** 2 - w)).toBeLessThan(
              1e-9 * (1 + Math.abs(w) + Math.abs(one.current(s, k))),
            );
          },
        ),
        { numRuns: 1000 },
      );
    },
  );
});
