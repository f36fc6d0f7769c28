import type { Dynamics } from "../../dynamics/dynamics.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Solver } from "../solver.ts";

/** Steps that a cycle may take. */
const longest = 8;
/**
 * How near the state must come to where it was, relative to how far it went. An oscillation that
 * dies out by a factor ρ a period misses by 1 − ρ: at 10⁻³ it takes 2300 periods to lose a digit,
 * which is no settling either, and the cause is the same.
 */
const miss = 1e-3;
/**
 * Distances that rounding alone may go back and forth in single precision, where drives are of
 * order 100.
 */
const rounding = 1e-5;

/**
 * Per sample in focus, after how many single steps of the solver (2 … 8) its state is back where it
 * was, having moved by more than `tolerance` in between; 0 where it is not. The state is left as it
 * was. A solver that adapts its steps or remembers earlier ones begins each step afresh here.
 */
export function periods(d: Dynamics, s: Vec, solver: Solver, tolerance: number): Int32Array {
  const { first, last, size } = d;
  const runner = solver.prepare(d);
  const begin = s.slice();
  const found = new Int32Array(last - first);
  const furthest = new Float64Array(last - first);
  for (let k = 1; k <= longest; k++) {
    runner.run(s, { steps: 1 });
    for (let r = first; r < last; r++) {
      const away = distance(s, begin, r * size, size);
      const i = r - first;
      if (
        found[i] === 0 &&
        furthest[i] > Math.max(tolerance, rounding) &&
        away <= miss * furthest[i]
      )
        found[i] = k;
      furthest[i] = Math.max(furthest[i], away);
    }
  }
  s.set(begin);
  d.project(s);
  return found;
}

function distance(a: Vec, b: Vec, from: number, n: number): number {
  let top = 0;
  for (let i = from; i < from + n; i++) top = Math.max(top, Math.abs(a[i] - b[i]));
  return top;
}
