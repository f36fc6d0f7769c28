import type { Dynamics } from "../dynamics/dynamics.ts";
import { constant } from "./controllers.ts";
import { explicit } from "./explicit.ts";
import type { Vec } from "../numerics/vec.ts";
import { clear, tally, type Runner, type Solver, type Tally } from "./solver.ts";
import { forwardEuler } from "./tableaux.ts";
import { oconnor2019 } from "./cites.ts";

/** A flow that takes steps of one length. */
export interface FixedStep extends Solver {
  readonly kind: "flow";
  /** In τ. */
  readonly step: number;
}

/**
 * Projected forward Euler, the paper's: s ← clip(s + ε rate ⊙ F(s)), all units at once from the old
 * states, fused in the kernels; on a noisy circuit Euler–Maruyama, held at the rails. Stable while
 * ε < 2/λmax of the Hessian; beyond that it ends in a two-cycle.
 */
export function euler(step: number): FixedStep {
  return {
    name: "euler",
    kind: "flow",
    order: 1,
    rails: "projection",
    cites: [oconnor2019],
    step,
    prepare: (d) => prepare(d, step),
  };
}

/**
 * Fused steps leave no trace: where one is asked for, or nothing is fused, the same steps are taken
 * one by one.
 */
function prepare(d: Dynamics, step: number): Runner {
  const plain = () => explicit(forwardEuler, constant(step)).prepare(d);
  if (!d.relax) return plain();
  const cost = tally(d.capacity);
  let watched: Runner | null = null;
  return {
    tally: cost,
    run(s, stop, see) {
      clear(cost, d.first, d.last);
      if (see) {
        (watched ??= plain()).run(s, stop, see);
        for (const column of ["steps", "evaluations", "time"] as const)
          cost[column].set(watched.tally[column].subarray(d.first, d.last), d.first);
        return;
      }
      const { steps, tolerance, time = Infinity } = stop;
      const whole = Math.min(steps, Math.floor(time / step + 1e-9));
      if (whole > 0) d.relax!(s, step, whole, tolerance);
      for (let r = d.first; r < d.last; r++) {
        const taken = whole > 0 ? d.stepsTaken!.array[r] : 0;
        cost.steps[r] = taken;
        cost.time[r] = taken * step;
      }
      // What rounding leaves of the time is no step, unless it is all there is.
      const left = time - whole * step;
      if (whole < steps && left > (whole > 0 ? 1e-9 * step : 0)) finish(d, s, left, whole, cost);
      for (let r = d.first; r < d.last; r++) cost.evaluations[r] = cost.steps[r];
    },
  };
}

/** The last step, shortened to end when the time does; samples that have settled rest. */
function finish(d: Dynamics, s: Vec, left: number, whole: number, cost: Tally): void {
  const { size } = d;
  const rests = (r: number) => cost.steps[r] < whole;
  const before = s.slice(d.first * size, d.last * size);
  d.relax!(s, left, 1);
  let any = false;
  for (let r = d.first; r < d.last; r++) {
    if (rests(r)) {
      s.set(before.subarray((r - d.first) * size, (r - d.first + 1) * size), r * size);
      any = true;
      continue;
    }
    cost.steps[r]++;
    cost.time[r] += left;
  }
  // Says that the states were written by somebody else.
  if (any) d.project(s);
}
