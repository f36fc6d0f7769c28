import type { Dynamics } from "../dynamics/dynamics.ts";
import { vec, type Vec } from "../numerics/vec.ts";

/** A one-step method: its claims as data, then one function. */
export interface Solver {
  readonly name: string;
  /** Global order of accuracy in the step. */
  readonly order: number;
  /** How the rails are respected. */
  readonly rails: "projection";
  /** Step length, in units of τ. */
  readonly step: number;
  /** Allocates what a million steps need; the closure allocates nothing. */
  prepare(d: Dynamics): Stepper;
}

/** Advances a state in place by `steps` steps; with `until`, samples whose natural residual is within it may rest. */
export type Stepper = (s: Vec, steps: number, until?: number) => void;

/**
 * Projected forward Euler, the paper's: s ← clip(s + ε f(s)), all units at once from the old states.
 * Stable while ε < 2/λ_max of the Hessian; beyond that it ends in a two-cycle.
 */
export function euler(step: number): Solver {
  return {
    name: "euler", order: 1, rails: "projection", step,
    prepare(d) {
      if (d.relax) return (s, steps, until) => { d.relax!(s, step, steps, until); };
      const f = vec("f64", d.batch * d.size);
      return (s, steps) => {
        for (let t = 0; t < steps; t++) {
          d.drift(s, f);
          for (let i = 0; i < s.length; i++) s[i] += step * f[i];
          d.project(s);
        }
      };
    },
  };
}
