import { requireWalls } from "../between.ts";
import type { Solver } from "../solver.ts";
import { descent, type DescentOptions, type Rule, type Workspace } from "./descent.ts";
import { dot } from "./rows.ts";
import { bertsekas1982, dembo1983 } from "../cites.ts";

/** Share of the slope by which the energy has to fall. */
const sufficient = 1e-4;
/** Most conjugate-gradient iterations for one direction. */
const mostProducts = 100;
/** Widest distance from a rail at which a unit that is pushed onto it counts as there. */
const widest = 1e-2;

/**
 * Projected Newton: units on a rail (or nearly) whose force points outward follow their force; for
 * the rest −J p = F is solved by conjugate gradients, as exactly as the residual asks for, or until
 * the energy curves down; then s ← clip(s + t p) with t halved until the energy falls (Armijo,
 * along the bent path). Each product with the Jacobian is an evaluation.
 */
export function newtonCG(options: DescentOptions = {}): Solver {
  const name = "newton-cg";
  const solver = descent(name, [bertsekas1982, dembo1983], options, newton);
  return {
    ...solver,
    prepare(d) {
      requireWalls(d, name, "block-descent, spectral-gradient or fista");
      return solver.prepare(d);
    },
  };
}

function newton(w: Workspace): Rule {
  const { d, x, f, y, fresh, rows, fall, each } = w;
  const direction = rows();
  const ownStep = rows();
  const held = new Uint8Array(x.length);
  const t = new Float64Array(d.capacity);
  const solve = conjugateGradients(w, direction, ownStep, held);
  return {
    begin() {
      t.fill(1);
    },
    propose() {
      each((r, from, to) => {
        if (!fresh[r]) return;
        let near = 0;
        for (let i = from; i < to; i++) {
          ownStep[i] = d.curvature[i - from] > 0 ? f[i] / d.curvature[i - from] : f[i];
          near = Math.max(
            near,
            Math.abs(
              x[i] - Math.min(Math.max(x[i] + ownStep[i], d.low[i - from]), d.high[i - from]),
            ),
          );
        }
        near = Math.min(widest, near);
        for (let i = from; i < to; i++)
          held[i] =
            (x[i] <= d.low[i - from] + near && f[i] < 0) ||
            (x[i] >= d.high[i - from] - near && f[i] > 0)
              ? 1
              : 0;
        t[r] = 1;
      });
      solve();
      each((r, from, to) => {
        for (let i = from; i < to; i++)
          y[i] = Math.min(Math.max(x[i] + t[r] * direction[i], d.low[i - from]), d.high[i - from]);
      });
    },
    accept(r, from, to) {
      let slope = 0;
      for (let i = from; i < to; i++) slope += f[i] * (held[i] ? y[i] - x[i] : t[r] * direction[i]);
      if (fall(r) >= sufficient * slope) return true;
      t[r] /= 2;
      return false;
    },
  };
}

/**
 * Fills `direction` for every sample with a new iterate, all of them together: one product an
 * iteration.
 */
function conjugateGradients(
  { d, x, f, fresh, cost, rows, each }: Workspace,
  direction: Float64Array,
  ownStep: Float64Array,
  held: Uint8Array,
): () => void {
  const { capacity } = d;
  const search = rows();
  const left = rows();
  const image = rows();
  const running = new Uint8Array(capacity);
  const square = new Float64Array(capacity);
  const enough = new Float64Array(capacity);
  const start = (r: number, from: number, to: number) => {
    for (let i = from; i < to; i++) {
      left[i] = search[i] = held[i] ? 0 : f[i];
      direction[i] = held[i] ? ownStep[i] : 0;
    }
    square[r] = dot(left, left, from, to);
    // Superlinear in the end (Dembo & Steihaug): the norm left falls below that at the start times
    // its own root.
    enough[r] = square[r] * Math.min(0.01, Math.sqrt(square[r]));
    running[r] = square[r] > 0 ? 1 : 0;
  };
  const advance = (r: number, from: number, to: number, first: boolean) => {
    const bend = -dot(search, image, from, to);
    if (!(bend > 0)) {
      if (first) for (let i = from; i < to; i++) direction[i] += search[i];
      running[r] = 0;
      return;
    }
    const step = square[r] / bend;
    for (let i = from; i < to; i++) {
      if (held[i]) continue;
      direction[i] += step * search[i];
      left[i] += step * image[i];
    }
    const before = square[r];
    square[r] = dot(left, left, from, to);
    if (square[r] <= enough[r]) running[r] = 0;
    for (let i = from; i < to; i++) search[i] = left[i] + (square[r] / before) * search[i];
  };
  return () => {
    running.fill(0);
    each((r, from, to) => {
      if (fresh[r]) start(r, from, to);
    });
    for (let k = 0; k < mostProducts && running.includes(1); k++) {
      d.jacobian(x, search, image, running);
      each((r, from, to) => {
        if (!running[r]) return;
        cost.evaluations[r]++;
        advance(r, from, to, k === 0);
      });
    }
  };
}
