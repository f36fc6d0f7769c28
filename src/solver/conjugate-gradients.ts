import type { Dynamics } from "../dynamics/dynamics.ts";
import type { Work } from "./method.ts";

interface Solved {
  /** [capacity × size] */
  readonly solution: Float64Array;
  /**
   * `[capacity]`: 0 where a direction without positive curvature was met; `solution` is of no use
   * there.
   */
  readonly convex: Uint8Array;
}

/** (shift − J) δ = right at the states of `w`; all three [capacity × size], `free` of 0 and 1. */
interface System {
  readonly w: Work;
  readonly shift: Float64Array;
  readonly free: Float64Array;
  readonly right: Float64Array;
  readonly accuracy: number;
}

/** What the iteration holds: x, residual, direction p and (shift − J) p [capacity × size]. */
interface Iteration extends Solved {
  readonly residual: Float64Array;
  readonly p: Float64Array;
  readonly product: Float64Array;
  /** `[capacity]`: residual · preconditioned residual; the ‖residual‖² that is wanted. */
  readonly along: Float64Array;
  readonly goal: Float64Array;
  /** `[capacity]`: 1 where there is more to do. */
  readonly open: Uint8Array;
}

/**
 * (shift − J) δ = right on the free units of every active sample at once, each solved to
 * ‖residual‖ ≤ accuracy·‖right‖ by conjugate gradients with the diagonal as preconditioner
 * (Shewchuk 1994, B3). `right` has to vanish off the free units.
 */
export function conjugateGradients(
  d: Dynamics,
): (
  w: Work,
  shift: Float64Array,
  free: Float64Array,
  right: Float64Array,
  accuracy: number,
) => Solved {
  const { size, capacity } = d;
  const room = () => new Float64Array(capacity * size);
  const it: Iteration = {
    solution: room(),
    convex: new Uint8Array(capacity),
    residual: room(),
    p: room(),
    product: room(),
    along: new Float64Array(capacity),
    goal: new Float64Array(capacity),
    open: new Uint8Array(capacity),
  };
  return (w, shift, free, right, accuracy) => {
    const system = { w, shift, free, right, accuracy };
    it.open.fill(0);
    for (let r = d.first; r < d.last; r++) if (w.active[r]) begin(system, it, r);
    // Exact arithmetic ends after `size` steps.
    for (let k = 0; k < size && it.open.includes(1); k++) {
      d.jacobian(w.s, it.p, it.product, it.open);
      for (let r = d.first; r < d.last; r++) {
        if (it.open[r] === 0) continue;
        w.cost.evaluations[r]++;
        advance(system, it, r);
      }
    }
    return it;
  };
}

/** Starts row r from zero; p ← the preconditioned residual. */
function begin({ w, shift, right, accuracy }: System, it: Iteration, r: number): void {
  const { solution: x, residual, p } = it;
  const { size } = w.d;
  let square = 0;
  let z = 0;
  for (let i = 0, k = r * size; i < size; i++, k++) {
    x[k] = 0;
    residual[k] = right[k];
    p[k] = right[k] / diagonal(shift[k], w.curvature[i]);
    square += right[k] * right[k];
    z += right[k] * p[k];
  }
  it.along[r] = z;
  it.goal[r] = accuracy * accuracy * square;
  it.convex[r] = 1;
  it.open[r] = square > 0 ? 1 : 0;
}

/** One step of row r, whose Jp is in `product`. */
function advance({ w, shift, free }: System, it: Iteration, r: number): void {
  const { solution: x, residual, p, product } = it;
  const { size } = w.d;
  let curved = 0;
  for (let k = r * size; k < (r + 1) * size; k++) {
    product[k] = free[k] * (shift[k] * p[k] - product[k]);
    curved += p[k] * product[k];
  }
  if (!(curved > 0)) {
    it.convex[r] = 0;
    it.open[r] = 0;
    return;
  }
  const step = it.along[r] / curved;
  let square = 0;
  let z = 0;
  for (let i = 0, k = r * size; i < size; i++, k++) {
    x[k] += step * p[k];
    residual[k] -= step * product[k];
    square += residual[k] * residual[k];
    z += (residual[k] * residual[k]) / diagonal(shift[k], w.curvature[i]);
  }
  if (square <= it.goal[r]) {
    it.open[r] = 0;
    return;
  }
  for (let i = 0, k = r * size; i < size; i++, k++)
    p[k] = residual[k] / diagonal(shift[k], w.curvature[i]) + (z / it.along[r]) * p[k];
  it.along[r] = z;
}

/** Of the preconditioner, which has to be positive. */
function diagonal(shift: number, curvature: number): number {
  return shift + Math.max(curvature, 0);
}
