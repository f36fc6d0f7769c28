import type { Dynamics } from "../dynamics/dynamics.ts";
import { tally, clear, type Runner, type Solver } from "./solver.ts";

/** A flow that takes steps of one length. */
export interface FixedStep extends Solver { readonly kind: "flow"; /** In τ. */ readonly step: number }

/**
 * Projected forward Euler, the paper's: s ← clip(s + ε rate ⊙ F(s)), all units at once from the old states, fused
 * in the kernels; on a noisy circuit Euler–Maruyama, held at the rails. Stable while ε < 2/λmax of the
 * Hessian; beyond that it ends in a two-cycle.
 */
export function euler(step: number): FixedStep {
  return { name: "euler", kind: "flow", order: 1, rails: "projection", cites: ["oconnor2019initialized"], step, prepare: (d) => prepare(d, step) };
}

function prepare(d: Dynamics, step: number): Runner {
  if (!d.relax) throw new Error("euler: these dynamics have no fused steps; use explicit(forwardEuler, constant(ε))");
  const cost = tally(d.capacity);
  return {
    tally: cost,
    run(s, { steps, tolerance, time = Infinity }, see) {
      clear(cost, d.first, d.last);
      const most = Math.min(steps, Math.ceil(time / step - 1e-9));
      if (see) throw new Error("euler: fused steps cannot be watched; use explicit(forwardEuler, constant(ε))");
      d.relax!(s, step, most, tolerance);
      for (let r = d.first; r < d.last; r++) {
        const taken = d.stepsTaken!.array[r];
        cost.steps[r] = taken;
        cost.evaluations[r] = taken;
        cost.time[r] = taken * step;
      }
    },
  };
}
