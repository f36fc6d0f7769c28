import type { Dynamics } from "../dynamics/dynamics.ts";
import { vec, type Vec } from "../numerics/vec.ts";
import type { Solver } from "./euler.ts";
import type { Equilibrium, Outcome } from "./outcome.ts";

/** When to stop. */
export interface SettleOptions {
  /** Most steps. */
  readonly steps: number;
  /** Samples whose natural residual is within it are settled and take no more steps. */
  readonly tolerance?: number;
}

/** Settles a state in place and says how it ended. */
export function settle(d: Dynamics, s: Vec, solver: Solver, { steps, tolerance }: SettleOptions): Equilibrium {
  const residuals = vec("f64", d.batch);
  solver.prepare(d)(s, steps, tolerance);
  d.residual(s, residuals);
  const taken = d.relax && d.stepsTaken ? d.stepsTaken.array.subarray(0, d.batch) : new Int32Array(d.batch).fill(steps);
  return verdict(d, s, residuals, solver, taken, tolerance);
}

/** What residuals and steps, one per sample, say of a state after a run; without a tolerance 10⁻³ counts as settled. */
export function verdict(d: Dynamics, s: Vec, residuals: Vec, solver: Solver, taken: Int32Array, tolerance = 1e-3): Equilibrium {
  const steps = mean(taken), tau = steps * solver.step, residual = largest(residuals);
  const outcome: Outcome = !Number.isFinite(residual) ? "non-finite" : residual <= tolerance ? "settled" : "max-steps";
  return { state: s, outcome, residual, time: { tau, seconds: tau * d.tauSeconds }, stats: { steps } };
}

/** What is seen along a settling run, after 0, 1, 2, … steps: means over the batch of each sample's energy and natural residual. */
export interface Trace { readonly time: number[]; readonly energy: number[]; readonly residual: number[] }

/** Settles step by step and records what is seen; without an energy (non-reciprocal synapses) `energy` stays empty. */
export function trace(d: Dynamics, s: Vec, solver: Solver, steps: number): Trace {
  const stepper = solver.prepare(d), energies = vec("f64", d.batch), residuals = vec("f64", d.batch);
  const seen: Trace = { time: [], energy: [], residual: [] };
  for (let t = 0; t <= steps; t++) {
    if (t > 0) stepper(s, 1);
    d.residual(s, residuals);
    seen.time.push(t * solver.step);
    seen.residual.push(mean(residuals));
    if (!d.energy) continue;
    d.energy(s, energies);
    seen.energy.push(mean(energies));
  }
  return seen;
}

function mean(values: Vec | Int32Array): number {
  let sum = 0;
  for (const v of values) sum += v;
  return sum / values.length;
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
