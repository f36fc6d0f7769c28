import type { Dynamics } from "../dynamics/dynamics.ts";
import { vec, type Vec } from "../numerics/vec.ts";
import type { Solver } from "./euler.ts";
import type { Equilibrium, Outcome } from "./outcome.ts";

/** When to stop, and what counts as settled. */
export interface SettleOptions {
  readonly steps: number;
  /** Largest natural residual that may be called settled. */
  readonly tolerance?: number;
}

/** Prepares a settling run: the returned function moves a state in place for the given steps and says how it ended. */
export function settler(d: Dynamics, solver: Solver, { steps, tolerance = 1e-3 }: SettleOptions): (s: Vec) => Equilibrium {
  const stepper = solver.prepare(d), tau = steps * solver.step;
  let residuals = vec("f64", d.batch);
  return (s) => {
    stepper(s, steps);
    if (residuals.length !== d.batch) residuals = vec("f64", d.batch);
    d.residual(s, residuals);
    const residual = largest(residuals);
    const outcome: Outcome = !Number.isFinite(residual) ? "non-finite" : residual <= tolerance ? "settled" : "max-steps";
    return { state: s, outcome, residual, time: { tau, seconds: tau * d.tauSeconds }, stats: { steps } };
  };
}

/** Settles a state in place: `settler` for one run. */
export function settle(d: Dynamics, s: Vec, solver: Solver, options: SettleOptions): Equilibrium {
  return settler(d, solver, options)(s);
}

/** What is seen along a settling run, after 0, 1, 2, … steps. */
export interface Trace { readonly time: number[]; readonly energy: number[]; readonly residual: number[] }

/** Settles step by step and records the mean energy and the largest residual over the batch. */
export function trace(d: Dynamics, s: Vec, solver: Solver, steps: number): Trace {
  const stepper = solver.prepare(d), energies = vec("f64", d.batch), residuals = vec("f64", d.batch);
  const seen: Trace = { time: [], energy: [], residual: [] };
  for (let t = 0; t <= steps; t++) {
    if (t > 0) stepper(s, 1);
    d.residual(s, residuals);
    seen.time.push(t * solver.step);
    seen.residual.push(largest(residuals));
    if (d.energy) {
      d.energy(s, energies);
      let sum = 0;
      for (const e of energies) sum += e;
      seen.energy.push(sum / d.batch);
    }
  }
  return seen;
}

/** The maximum, NaN if any entry is. */
function largest(values: Vec): number {
  let top = 0;
  for (const v of values) {
    if (Number.isNaN(v)) return NaN;
    top = Math.max(top, v);
  }
  return top;
}
