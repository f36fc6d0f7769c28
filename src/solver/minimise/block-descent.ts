import type { Dynamics } from "../../dynamics/dynamics.ts";
import { InputError } from "../../numerics/errors.ts";
import { clear, tally, type Observer, type Runner, type Solver, type Stop } from "../solver.ts";
import { requireEnergy } from "./requirements.ts";

/**
 * Block coordinate descent (block Gauss–Seidel): each layer in turn put exactly where the energy is least
 * given the others, odd layers before even ones; the energy never rises. A step, and an evaluation, is one sweep over
 * all layers.
 */
export function blockDescent(): Solver {
  return {
    name: "block-descent", kind: "minimiser", rails: "exact", cites: ["tseng2001convergence"],
    prepare(d) {
      requireEnergy(d, "block-descent");
      if (!d.sweep) throw new InputError("block-descent: these dynamics have no layers to minimise one after another; use spectralGradient() or newtonCG(), which need forces only");
      return prepare(d);
    },
  };
}

function prepare(d: Dynamics): Runner {
  const cost = tally(d.capacity), watch = watched(d);
  return {
    tally: cost,
    run(s, stop, see) {
      clear(cost, d.first, d.last);
      if (see) watch(s, stop, see, cost.steps);
      else {
        d.sweep!(s, stop.steps, stop.tolerance);
        for (let r = d.first; r < d.last; r++) cost.steps[r] = d.stepsTaken!.array[r];
      }
      for (let r = d.first; r < d.last; r++) cost.evaluations[r] = cost.steps[r];
    },
  };
}

/** The same sweeps one by one, for who looks on. */
function watched(d: Dynamics): (s: Float32Array | Float64Array, stop: Stop, see: Observer, taken: Int32Array) => void {
  const { size, capacity } = d;
  let x = new Float64Array(0), y = x, residuals = x;
  return (s, { steps, tolerance = -1 }, see, taken) => {
    if (x.length === 0) { x = new Float64Array(capacity * size); y = new Float64Array(capacity * size); residuals = new Float64Array(capacity); }
    for (let i = d.first * size; i < d.last * size; i++) y[i] = s[i];
    for (let t = 0, left = true; t < steps && left; t++) {
      x.set(y);
      d.sweep!(y, 1);
      d.residual(y, residuals);
      left = false;
      for (let r = d.first; r < d.last; r++) {
        if (taken[r] < t) continue;
        const from = r * size;
        see(r, t, 1, (theta, out) => { for (let i = 0; i < size; i++) out[i] = x[from + i] + theta * (y[from + i] - x[from + i]); });
        for (let i = from; i < from + size; i++) s[i] = y[i];
        // A sample whose count stays behind is out of the run.
        taken[r] = t + 1;
        if (residuals[r] <= tolerance || Number.isNaN(residuals[r])) taken[r] = -1 - taken[r];
        else left = true;
      }
    }
    for (let r = d.first; r < d.last; r++) if (taken[r] < 0) taken[r] = -1 - taken[r];
    d.project(s);
  };
}
