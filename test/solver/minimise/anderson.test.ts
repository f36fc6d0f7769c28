import { expect, test } from "vitest";
import { InputError } from "../../../src/numerics/errors.ts";
import { constant } from "../../../src/solver/controllers.ts";
import { explicit } from "../../../src/solver/explicit.ts";
import { anderson } from "../../../src/solver/minimise/anderson.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { settle } from "../../../src/solver/settle.ts";
import { forwardEuler } from "../../../src/solver/tableaux.ts";
import { boxQP } from "../../support/box-qp.ts";
import { furthest, shownDigits } from "../../support/minimisers.ts";
import { boxProblem } from "../../support/problems.ts";

test("takes fewer steps than the block descent inside it", () => {
  const chip = shownDigits([784, 200, 200, 10], { lambda: 1, beta: 0 }, 4);
  const stop = { steps: 500, tolerance: 1e-9 };
  const s = new Float64Array(4 * chip.size);
  const plain = settle(chip, s.slice(), blockDescent(), stop);
  const mixed = settle(chip, s.slice(), anderson(), stop);
  expect(mixed.stats.steps).toBeLessThan(0.7 * plain.stats.steps);
});

test("solves n linear equations in n + 1 steps of mixing, when it remembers them all", () => {
  // Without rails in reach, Anderson with full memory does what GMRES does (Walker & Ni, theorem
  // 2.2).
  const { h, b } = boxQP(6, 4);
  const s = new Float64Array(6);
  const d = boxProblem(h, [b], -100, 100);
  const e = settle(d, s, anderson({ memory: 6, inner: explicit(forwardEuler, constant(0.2)) }), {
    steps: 9,
    tolerance: 1e-9,
  });
  expect(e.outcome).toBe("settled");
  expect(e.stats.rejected).toBe(0);
  expect(e.stats.steps).toBeLessThanOrEqual(8);
});

test("accelerates a projected gradient flow to the same equilibrium", () => {
  const chip = shownDigits([784, 100, 10], { lambda: 1, beta: 0 }, 4);
  const s = new Float64Array(4 * chip.size);
  const inner = explicit(forwardEuler, constant(0.3));
  const stop = { steps: 500, tolerance: 1e-9 };
  const flow = settle(chip, s, inner, stop);
  const mixed = new Float64Array(s.length);
  const e = settle(chip, mixed, anderson({ inner }), stop);
  expect(e.stats.steps).toBeLessThan(flow.stats.steps);
  expect(furthest(s, mixed)).toBeLessThan(1e-8);
});

test("the energy never rises, mixed or not, where there are several equilibria", () => {
  const batch = 4;
  const chip = shownDigits([784, 100, 100, 10], { lambda: 0, beta: 0 }, batch);
  const s = new Float64Array(batch * chip.size);
  const now = s.slice();
  const e = new Float64Array(batch);
  const runner = anderson().prepare(chip);
  const last = new Float64Array(batch).fill(Infinity);
  runner.run(s, { steps: 300, tolerance: 1e-9 }, (r, _, __, interpolate) => {
    interpolate(1, now.subarray(r * chip.size));
    chip.energy!(now, e);
    expect(e[r] - last[r]).toBeLessThanOrEqual(1e-12);
    last[r] = e[r];
  });
  // The guard was needed.
  expect(Math.max(...runner.tally.rejected)).toBeGreaterThan(0);
});

test.each([0, 2.5, 21, NaN])("refuses a memory of %d", (memory) => {
  expect(() => anderson({ memory })).toThrow(InputError);
});
