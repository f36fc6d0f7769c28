import { expect, test } from "vitest";
import { random } from "../../../src/numerics/random.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { settle, trace } from "../../../src/solver/settle.ts";
import { boxQP } from "../../support/box-qp.ts";
import { furthest, shownDigits } from "../../support/minimisers.ts";
import { boxProblem } from "../../support/problems.ts";

test("the energy never rises over 300 sweeps on 784-500-500-500-10 without a guess", () => {
  const chip = shownDigits([784, 500, 500, 500, 10], { lambda: 0, beta: 0 }, 2);
  const { energy } = trace(chip, chip.state.array, blockDescent(), 300);
  expect(energy).toHaveLength(301);
  // Each is a mean over sums of 10³ terms: the rounding of one is far below 1e-9.
  for (let t = 1; t < energy.length; t++)
    expect(energy[t] - energy[t - 1]).toBeLessThanOrEqual(1e-9);
  expect(energy[0] - energy[300]).toBeGreaterThan(1);
});

test("outputs that a negative nudge makes concave go to the better rail", () => {
  const ties = { lambda: 0, beta: -1 };
  const chip = shownDigits([784, 40, 10], ties, 8);
  const first = chip.layout.offset.at(-1)!;
  const e = settle(chip, chip.state.array, blockDescent(), { steps: 200, tolerance: 1e-12 });
  expect(e.outcome).toBe("settled");
  expect(chip.curvature[first]).toBe(-1);
  const at = Float64Array.from(chip.state.array);
  const here = new Float64Array(8);
  const there = new Float64Array(8);
  chip.energy!(at, here);
  for (let k = 0; k < 10; k++) {
    const flipped = at.slice();
    for (let r = 0; r < 8; r++) {
      const i = r * chip.size + first + k;
      expect(at[i] * (1 - at[i])).toBe(0);
      flipped[i] = 1 - at[i];
    }
    chip.energy!(flipped, there);
    there.forEach((energy, r) => expect(energy).toBeGreaterThanOrEqual(here[r]));
  }
});

test("a warm start saves sweeps", () => {
  const chip = shownDigits([784, 100, 10], { lambda: 1, beta: 0 }, 4);
  const stop = { steps: 200, tolerance: 1e-9 };
  const cold = settle(chip, chip.state.array, blockDescent(), stop);
  const noise = random(1, "warm");
  chip.state.array.forEach((v, i) => {
    chip.state.array[i] = v + 1e-4 * noise.normal() * Number(i % chip.size < 100);
  });
  chip.project(chip.state.array);
  expect(settle(chip, chip.state.array, blockDescent(), stop).stats.steps).toBeLessThan(
    cold.stats.steps,
  );
});

test("sweeps that are watched are the sweeps that are not", () => {
  const [plain, seen] = [1, 2].map(() => shownDigits([784, 100, 10], { lambda: 1, beta: 0 }, 4));
  const stop = { steps: 200, tolerance: 1e-9 };
  settle(plain, plain.state.array, blockDescent(), stop);
  let calls = 0;
  const runner = blockDescent().prepare(seen);
  runner.run(seen.state.array, stop, () => {
    calls++;
  });
  // Watched sweeps form each drive anew, the others carry it: what differs is rounding.
  expect(furthest(seen.state.array, plain.state.array)).toBeLessThan(1e-14);
  expect(calls).toBe(runner.tally.steps.reduce((a, b) => a + b));
});

test("says which solvers do without sweeps where there are none", () => {
  const qp = boxQP(3, 1);
  const d = { ...boxProblem(qp.h, [qp.b], qp.low, qp.high), sweep: undefined };
  expect(() => blockDescent().prepare(d)).toThrow(
    /^block-descent: .*no layers.*spectral-gradient or newton-cg/,
  );
});
