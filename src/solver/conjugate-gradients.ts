import type { Dynamics } from "../dynamics/dynamics.ts";
import type { Work } from "./method.ts";

export interface Solved {
  /** [capacity × size] */
  readonly solution: Float64Array;
  /**
   * [capacity]: 0 where a direction without positive curvature was met; `solution` is of no use
   * there.
   */
  readonly convex: Uint8Array;
}

/**
 * Solves (shift − J) δ = right on the free units of every active sample at once, each to ‖residual‖
 * ≤ accuracy·‖right‖: conjugate gradients with the diagonal as preconditioner (Shewchuk 1994, B3).
 * `right` has to vanish off the free units.
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
  const x = room();
  const residual = room();
  const p = room();
  const product = room();
  const along = new Float64Array(capacity);
  const goal = new Float64Array(capacity);
  const open = new Uint8Array(capacity);
  const convex = new Uint8Array(capacity);

  /** Starts row r from zero; p ← the preconditioned residual. */
  const begin = (
    w: Work,
    shift: Float64Array,
    right: Float64Array,
    accuracy: number,
    r: number,
  ) => {
    let square = 0;
    let z = 0;
    for (let i = 0, k = r * size; i < size; i++, k++) {
      x[k] = 0;
      residual[k] = right[k];
      p[k] = right[k] / diagonal(shift[k], w.curvature[i]);
      square += right[k] * right[k];
      z += right[k] * p[k];
    }
    along[r] = z;
    goal[r] = accuracy * accuracy * square;
    convex[r] = 1;
    open[r] = square > 0 ? 1 : 0;
  };
  /** One step of row r, whose Jp is in `product`. */
  const advance = (w: Work, shift: Float64Array, free: Float64Array, r: number) => {
    let curved = 0;
    for (let k = r * size; k < (r + 1) * size; k++) {
      product[k] = free[k] * (shift[k] * p[k] - product[k]);
      curved += p[k] * product[k];
    }
    if (!(curved > 0)) {
      convex[r] = 0;
      open[r] = 0;
      return;
    }
    const step = along[r] / curved;
    let square = 0;
    let z = 0;
    for (let i = 0, k = r * size; i < size; i++, k++) {
      x[k] += step * p[k];
      residual[k] -= step * product[k];
      square += residual[k] * residual[k];
      z += (residual[k] * residual[k]) / diagonal(shift[k], w.curvature[i]);
    }
    if (square <= goal[r]) {
      open[r] = 0;
      return;
    }
    for (let i = 0, k = r * size; i < size; i++, k++)
      p[k] = residual[k] / diagonal(shift[k], w.curvature[i]) + (z / along[r]) * p[k];
    along[r] = z;
  };
  return (w, shift, free, right, accuracy) => {
    open.fill(0);
    for (let r = d.first; r < d.last; r++) if (w.active[r]) begin(w, shift, right, accuracy, r);
    // Exact arithmetic ends after `size` steps.
    for (let k = 0; k < size && open.includes(1); k++) {
      d.jacobian(w.s, p, product, open);
      for (let r = d.first; r < d.last; r++) {
        if (open[r] === 0) continue;
        w.cost.evaluations[r]++;
        advance(w, shift, free, r);
      }
    }
    return { solution: x, convex };
  };
}

/** Of the preconditioner, which has to be positive. */
function diagonal(shift: number, curvature: number): number {
  return shift + Math.max(curvature, 0);
}
