import { describe, expect, test } from "vitest";
import { settle } from "../../../src/solver/settle.ts";
import { furthest, minimisers, shownDigits } from "../../support/minimisers.ts";

const batch = 4;
const tolerance = 1e-9;

/**
 * Evaluations to a residual of 10⁻⁹ from zero that may be spent on the mean of four digits, where
 * the energy is convex. Measured, the worst of eight digits of MNIST: 784-500-10, λ = 1, 10, 100:
 * block descent 15, 4, 3; spectral gradient 20, 10, 6; FISTA 35, 16, 11; Newton-CG 27, 16, 10;
 * Anderson 18, 9, 7 (its steps cost two). 784-500-500-500-10, λ = 1, 10: 57, 6; 49, 12; 73, 18; 74,
 * 20; 43, 12.
 */
const most: readonly (readonly [
  sizes: readonly number[],
  lambda: number,
  Readonly<Record<string, number>>,
])[] = [
  [
    [784, 500, 10],
    1,
    { "block-descent": 20, "spectral-gradient": 26, fista: 45, "newton-cg": 35, anderson: 24 },
  ],
  [
    [784, 500, 10],
    10,
    { "block-descent": 6, "spectral-gradient": 13, fista: 21, "newton-cg": 21, anderson: 12 },
  ],
  [
    [784, 500, 10],
    100,
    { "block-descent": 4, "spectral-gradient": 8, fista: 14, "newton-cg": 14, anderson: 9 },
  ],
  [
    [784, 500, 500, 500, 10],
    1,
    { "block-descent": 60, "spectral-gradient": 60, fista: 90, "newton-cg": 90, anderson: 54 },
  ],
  [
    [784, 500, 500, 500, 10],
    10,
    { "block-descent": 8, "spectral-gradient": 15, fista: 23, "newton-cg": 26, anderson: 15 },
  ],
];

describe.each(most)("on %j, λ = %d", (sizes, lambda, limits) => {
  const chip = shownDigits(sizes, { lambda, beta: 0 }, batch);
  const ends = minimisers.map((minimiser) => {
    const s = new Float64Array(batch * chip.size);
    return { name: minimiser.name, e: settle(chip, s, minimiser, { steps: 500, tolerance }), s };
  });

  test.each(ends.map((end) => [end.name, end] as const))(
    "%s settles within its evaluations",
    (name, { e }) => {
      expect(e.outcome).toBe("settled");
      expect(e.stats.evaluations).toBeLessThanOrEqual(limits[name]);
    },
  );

  test("all minimisers end within 1e-6 of each other", () => {
    for (const a of ends) for (const b of ends) expect(furthest(a.s, b.s)).toBeLessThan(1e-6);
  });
});

describe("on 784-500-10, λ = 0, where several equilibria are possible", () => {
  test.each(minimisers.map((m) => [m.name, m] as const))(
    "%s settles, and below where it started",
    (_, minimiser) => {
      const chip = shownDigits([784, 500, 10], { lambda: 0, beta: 0 }, batch);
      const before = new Float64Array(batch);
      const after = new Float64Array(batch);
      chip.energy!(chip.state.array, before);
      const e = settle(chip, chip.state.array, minimiser, { steps: 500, tolerance });
      chip.energy!(chip.state.array, after);
      expect(e.outcome).toBe("settled");
      after.forEach((energy, r) => expect(energy).toBeLessThan(before[r]));
    },
  );
});
