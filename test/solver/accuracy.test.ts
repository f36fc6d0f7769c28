import { expect, test } from "vitest";
import type { Chip } from "../../src/dynamics/chip.ts";
import { gradientTolerance } from "../../src/solver/accuracy.ts";
import { euler } from "../../src/solver/euler.ts";
import { blockDescent } from "../../src/solver/minimise/block-descent.ts";
import { settle } from "../../src/solver/settle.ts";
import type { Solver } from "../../src/solver/solver.ts";
import { digitChip, image } from "./truth/digit-chip.ts";

const batch = 20;
const inputs = Array.from({ length: batch }, (_, r) => image(r));

/**
 * The minibatch's contrast over all weights and biases of a chain of three layers, both phases
 * settled to `tolerance`.
 */
function contrast(
  chip: Chip,
  solver: Solver,
  lambda: number,
  beta: number,
  tolerance: number,
): Float64Array {
  const settled = (nudge: number): Float64Array => {
    chip.tie({ lambda, beta: nudge });
    expect(settle(chip, chip.state.array, solver, { steps: 20_000, tolerance }).outcome).toBe(
      "settled",
    );
    return Float64Array.from(chip.state.array);
  };
  chip.present();
  chip.start();
  const low = settled(0);
  const high = settled(beta);
  const {
    size,
    layout: {
      offset,
      sizes: [width, hidden, outputs],
    },
  } = chip;
  const out = new Float64Array((width + 1) * hidden + (hidden + 1) * outputs);
  inputs.forEach((x, r) => {
    let k = 0;
    const h = r * size;
    const o = h + offset[2];
    for (const v of [1, ...x])
      for (let j = 0; j < hidden; j++) out[k++] += (v * (high[h + j] - low[h + j])) / beta;
    for (let j = 0; j < outputs; j++) out[k++] += (high[o + j] - low[o + j]) / beta;
    for (let i = 0; i < hidden; i++)
      for (let j = 0; j < outputs; j++)
        out[k++] += (high[h + i] * high[o + j] - low[h + i] * low[o + j]) / beta;
  });
  return out;
}

/** In percent, by the Frobenius norm. */
function difference(a: Float64Array, exact: Float64Array): number {
  let off = 0;
  let size = 0;
  exact.forEach((x, k) => {
    off += (a[k] - x) ** 2;
    size += x ** 2;
  });
  return 100 * Math.sqrt(off / size);
}

test.each([euler(0.5), blockDescent()])(
  "equilibria at the tolerance of ½ % give the contrast to ½ %, with $name on 784-500-10",
  (solver) => {
    for (const lambda of [0.1, 1]) {
      const chip = digitChip([784, 500, 10], batch, { lambda, beta: 0 });
      for (const beta of [0.5, 0.1]) {
        const off = difference(
          contrast(chip, solver, lambda, beta, gradientTolerance(beta)),
          contrast(chip, solver, lambda, beta, 1e-10),
        );
        expect(off).toBeLessThan(0.5);
        // Not so tight either that ten times the tolerance would have done.
        expect(
          difference(
            contrast(chip, solver, lambda, beta, gradientTolerance(beta, 5)),
            contrast(chip, solver, lambda, beta, 1e-10),
          ),
        ).toBeGreaterThan(0.5);
      }
    }
  },
);

test("the tolerance is in proportion to |β| and to the error allowed", () => {
  expect(gradientTolerance(0.5)).toBeCloseTo(1e-4, 15);
  expect(gradientTolerance(-0.5)).toBe(gradientTolerance(0.5));
  expect(gradientTolerance(0.1, 2) / gradientTolerance(0.2, 1)).toBeCloseTo(1, 12);
});
