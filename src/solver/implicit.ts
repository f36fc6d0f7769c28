import type { Dynamics } from "../dynamics/dynamics.ts";
import { between } from "./between.ts";
import { energyFall, positive, refuseWithoutEnergy, type Control } from "./controllers.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";
import type { FixedStep } from "./euler.ts";
import { naturalResidual, runner } from "./flow.ts";
import { workOn, type Method, type Work } from "./method.ts";
import { refuseNoise } from "./refuse-noise.ts";
import type { Solver } from "./solver.ts";
import { hairer1996, kelley1998 } from "./cites.ts";

/**
 * Linearly implicit Euler: (1/(h·rate) − J) δ = F on the free units, s ← clip(s + δ); units on a
 * rail whose force points outward are held. Order 1, and stable at every step where the energy is
 * convex. The system is symmetric where an energy exists, and is solved by conjugate gradients to
 * `accuracy`, relative to F; each product with J counts as an evaluation. Where the energy curves
 * down so much that no step of this length makes sense (h·rate·|curvature| ≥ 1) the step is halved
 * until it does, and the halvings are counted as rejected steps.
 */
export function linearlyImplicitEuler(
  step: number,
  { accuracy = 1e-4 }: { readonly accuracy?: number } = {},
): FixedStep {
  const name = "linearly-implicit-euler";
  positive(name, "the step", step);
  positive(name, "the accuracy", accuracy);
  return {
    name,
    kind: "flow",
    order: 1,
    rails: "projection",
    cites: [hairer1996],
    step,
    prepare(d) {
      refuseNoise(d, name);
      refuseWithoutEnergy(d, name);
      return runner(workOn(d), implicitStep(d, accuracy), halving(d, step));
    },
  };
}

/** How a pseudo-transient continuation begins, and how well it solves. */
export interface PseudoTransientOptions {
  /** First step, in τ. */
  readonly first?: number;
  /** Of the solution of each step's linear system, relative to F. */
  readonly accuracy?: number;
}

/**
 * Pseudo-transient continuation (Kelley & Keyes 1998): linearly implicit Euler whose step grows as
 * the residual falls, h ← h·r₋₁/r (switched evolution relaxation), so that it begins as the flow
 * and ends as Newton's method. A step along which the energy rises is rejected and cut. Only its
 * end means anything: a minimiser.
 */
export function pseudoTransient({
  first = 1,
  accuracy = 0.1,
}: PseudoTransientOptions = {}): Solver {
  const name = "pseudo-transient";
  positive(name, "the first step", first);
  positive(name, "the accuracy", accuracy);
  return {
    name,
    kind: "minimiser",
    rails: "projection",
    cites: [kelley1998],
    prepare(d) {
      refuseNoise(d, name);
      refuseWithoutEnergy(d, name);
      return runner(workOn(d), implicitStep(d, accuracy), evolution(d, first), true);
    },
  };
}

/**
 * δ by conjugate gradients; a row on which they meet a direction without curvature keeps its state,
 * and its h becomes 0.
 */
function implicitStep(d: Dynamics, accuracy: number): Method {
  const { size } = d;
  const solve = conjugateGradients(d);
  const shift = new Float64Array(d.capacity * size);
  const free = new Float64Array(d.capacity * size);
  const right = new Float64Array(d.capacity * size);
  return {
    propose(w) {
      const { s, f, next, h, active, rate, low, high, clamps } = w;
      for (let r = d.first; r < d.last; r++) {
        if (active[r] === 0) continue;
        for (let i = 0, k = r * size; i < size; i++, k++) {
          // Where a clamp gives its bounds are where it draws more than anything drives: only what
          // it leaves of the force says whether a unit is held there.
          const pull = clamps ? f[k] - clamps.current(s[k], i) : f[k];
          free[k] =
            low[i] < high[i] && !(s[k] <= low[i] && pull < 0) && !(s[k] >= high[i] && pull > 0)
              ? 1
              : 0;
          shift[k] = 1 / (h[r] * rate[i]) + (clamps ? clamps.slope(s[k], i) : 0);
          right[k] = free[k] * pull;
        }
      }
      const { solution, convex } = solve(w, shift, free, right, accuracy);
      for (let r = d.first; r < d.last; r++) {
        if (active[r] === 0) continue;
        if (!convex[r]) h[r] = 0;
        for (let i = 0, k = r * size; i < size; i++, k++)
          next[k] = convex[r] ? landed(w, s[k], solution[k], i, r) : s[k];
      }
    },
  };
}

/**
 * Where δ leads unit i. A clamp that gives was taken for its tangent, which may be off by any power
 * of ten: given what the others do by the linear system,
 *
 *   K δ′ + I(s + δ′) = I(s) + (K + I′) δ,     K = 1/(h rate) + curvature,
 *
 * is solved for the δ′ of the unit by itself.
 */
function landed(w: Work, s: number, delta: number, i: number, r: number): number {
  const { clamps, h, rate, curvature } = w;
  if (!clamps) return between(w, s + delta, 0, i);
  const k = 1 / (h[r] * rate[i]) + Math.max(curvature[i], 0);
  return clamps.hold(s + delta + (clamps.current(s, i) + clamps.slope(s, i) * delta) / k, 1 / k, i);
}

/** Steps of one length; where one is impossible, half of it is tried. */
function halving({ capacity }: Dynamics, step: number): Control {
  const h = new Float64Array(capacity);
  return {
    h,
    needsForce: false,
    begin: () => h.fill(step),
    judge(r, w) {
      const taken = w.h[r] > 0;
      h[r] = taken ? step : h[r] / 2;
      return taken;
    },
  };
}

/** Growth with the fall of the residual, at most tenfold; energy must not rise. */
function evolution({ capacity }: Dynamics, first: number): Control {
  const h = new Float64Array(capacity);
  const before = new Float64Array(capacity);
  return {
    h,
    needsForce: true,
    begin(w: Work) {
      h.fill(first);
      for (let r = w.d.first; r < w.d.last; r++) before[r] = naturalResidual(w, w.s, w.f, r);
    },
    judge(r, w) {
      const { fell, slack } = energyFall(w, r);
      const taken = w.h[r] > 0 && fell >= -slack;
      if (!taken) {
        h[r] /= 4;
        return false;
      }
      const now = naturalResidual(w, w.next, w.nextForce, r);
      h[r] *= Math.min(Math.max(before[r] / now, 0.5), 10);
      before[r] = now;
      return true;
    },
  };
}
