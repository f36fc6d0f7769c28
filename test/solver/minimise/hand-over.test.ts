import { expect, test } from "vitest";
import { constant } from "../../../src/solver/controllers.ts";
import { euler } from "../../../src/solver/euler.ts";
import { explicit } from "../../../src/solver/explicit.ts";
import { blockDescent } from "../../../src/solver/minimise/block-descent.ts";
import { handOver } from "../../../src/solver/minimise/hand-over.ts";
import { newtonCG } from "../../../src/solver/minimise/newton-cg.ts";
import { settle } from "../../../src/solver/settle.ts";
import { forwardEuler } from "../../../src/solver/tableaux.ts";
import { furthest, shownDigits } from "../../support/minimisers.ts";
import { boxProblem } from "../../support/problems.ts";

test("ends in the basin of the flow, where the minimiser alone leaves it", () => {
  // Two units that excite each other, F₁ = 2 s₂ − s₁ − 0.6: they settle both at 0 or both at 1, and
  // their mean falls where it is below 0.6.
  const pair = () => boxProblem([1, -2, -2, 1], [[-0.6, -0.6]], 0, 1);
  const stop = { steps: 1000, tolerance: 1e-9 };
  const flow = explicit(forwardEuler, constant(0.1));
  const both = Float64Array.of(0.1, 0.9);
  const alone = Float64Array.of(0.1, 0.9);
  expect(settle(pair(), both, handOver(flow, blockDescent()), stop).outcome).toBe("settled");
  settle(pair(), alone, blockDescent(), stop);
  expect([[...both], [...alone]]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test("ten of ten digits end where a fine flow ends, on 784-100-100-10 without a guess", () => {
  const net = () => shownDigits([784, 100, 100, 10], { lambda: 0, beta: 0 }, 10);
  const fine = net();
  const fast = net();
  const slow = settle(fine, fine.state.array, euler(0.1), { steps: 20_000, tolerance: 1e-8 });
  const quick = settle(
    fast,
    fast.state.array,
    handOver(euler(0.1), blockDescent(), { within: 60 }),
    { steps: 5000, tolerance: 1e-8 },
  );
  expect([slow.outcome, quick.outcome]).toEqual(["settled", "settled"]);
  expect(furthest(fast.state.array, fine.state.array)).toBeLessThan(1e-3);
  expect(quick.stats.evaluations).toBeLessThan(slow.stats.evaluations);
});

test("tells the time of the flow and the costs of both legs", () => {
  const d = shownDigits([784, 40, 10], { lambda: 1, beta: 0 }, 3);
  const flow = explicit(forwardEuler, constant(0.2));
  const runner = handOver(flow, newtonCG(), { at: 1e-3 }).prepare(d);
  const s = new Float64Array(3 * d.size);
  const first = s.slice();
  const leg = flow.prepare(d);
  const rest = newtonCG().prepare(d);
  const times: number[] = [];
  runner.run(s, { steps: 500, tolerance: 1e-9 }, (r, t) => {
    if (r === 0) times.push(t);
  });
  leg.run(first, { steps: 500, tolerance: 1e-3, time: 20 });
  rest.run(first, { steps: 500, tolerance: 1e-9 });
  expect(s).toEqual(first);
  for (const r of [0, 1, 2]) {
    expect(runner.tally.time[r]).toBe(leg.tally.time[r]);
    expect(runner.tally.steps[r]).toBe(leg.tally.steps[r] + rest.tally.steps[r]);
    expect(runner.tally.evaluations[r]).toBe(leg.tally.evaluations[r] + rest.tally.evaluations[r]);
  }
  expect(times).toHaveLength(runner.tally.steps[0]);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("hands over when the time is over, settled or not", () => {
  const d = shownDigits([784, 40, 10], { lambda: 1, beta: 0 }, 2);
  const e = settle(d, d.state.array, handOver(euler(0.05), blockDescent(), { within: 0.5 }), {
    steps: 500,
    tolerance: 1e-9,
  });
  expect(e.outcome).toBe("settled");
  expect(e.time.tau).toBeCloseTo(0.5, 12);
});

test("refuses two solvers of one kind, in the wrong order, and limits that are none", () => {
  expect(() => handOver(blockDescent(), blockDescent())).toThrow(
    /^hand-over: block-descent is a minimiser.*flow/,
  );
  expect(() => handOver(euler(0.5), euler(0.5))).toThrow(/^hand-over: euler is a flow.*minimiser/);
  expect(() => handOver(euler(0.5), blockDescent(), { at: 0 })).toThrow(/^hand-over: at is 0/);
  expect(() => handOver(euler(0.5), blockDescent(), { within: NaN })).toThrow(
    /^hand-over: within is NaN/,
  );
});
