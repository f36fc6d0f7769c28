import { clear, tally, type Solver } from "../../src/solver/solver.ts";

/**
 * Projected Euler written out, on any dynamics and without an early end: for tests that need a
 * solver and do not test one.
 */
export function loop(step: number): Solver {
  return {
    name: "loop",
    kind: "flow",
    rails: "projection",
    cites: [],
    prepare(d) {
      const cost = tally(d.capacity);
      const force = new Float64Array(d.capacity * d.size);
      return {
        tally: cost,
        run(s, { steps }) {
          clear(cost, d.first, d.last);
          for (let t = 0; t < steps; t++) {
            d.force(s, force);
            for (let i = d.first * d.size; i < d.last * d.size; i++)
              s[i] += step * d.rate[i % d.size] * force[i];
            d.project(s);
          }
          for (const column of [cost.steps, cost.evaluations]) column.fill(steps, d.first, d.last);
          cost.time.fill(steps * step, d.first, d.last);
        },
      };
    },
  };
}
