import type { Dynamics } from "../../dynamics/dynamics.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Vec } from "../../numerics/vec.ts";
import { clear, tally, type Observer, type Runner, type Solver, type Stop } from "../solver.ts";
import { requireEnergy } from "./requirements.ts";
import { copy } from "./rows.ts";
import { tseng2001 } from "../cites.ts";

/**
 * Block coordinate descent (block Gauss–Seidel): each layer in turn put exactly where the energy is
 * least given the others, odd layers before even ones; the energy never rises. A step, and an
 * evaluation, is one sweep over all layers. Starts from what it is given: the guess, or the free
 * equilibrium before the nudged phase, saves sweeps. A unit whose own energy is concave (an output
 * at β < −(1 + λ)/2) goes to its better rail, be that in another basin.
 */
export function blockDescent(): Solver {
  return {
    name: "block-descent",
    kind: "minimiser",
    rails: "exact",
    cites: [tseng2001],
    prepare(d) {
      requireEnergy(d, "block-descent");
      if (!d.sweep)
        throw new InputError(
          "block-descent: these dynamics have no layers to minimise one after another; use " +
            "spectral-gradient or newton-cg, which need forces only",
        );
      return prepare(d);
    },
  };
}

function prepare(d: Dynamics): Runner {
  const cost = tally(d.capacity);
  let watch: ReturnType<typeof watched> | null = null;
  return {
    tally: cost,
    run(s, stop, see) {
      clear(cost, d.first, d.last);
      if (see) (watch ??= watched(d))(s, stop, see, cost.steps);
      else {
        d.sweep!(s, stop.steps, stop.tolerance);
        for (let r = d.first; r < d.last; r++) cost.steps[r] = d.stepsTaken!.array[r];
      }
      for (let r = d.first; r < d.last; r++) cost.evaluations[r] = cost.steps[r];
    },
  };
}

/** The same sweeps one by one, for who looks on; fills `taken`. */
function watched(d: Dynamics): (s: Vec, stop: Stop, see: Observer, taken: Int32Array) => void {
  const { size, capacity } = d;
  const rows = () => new Float64Array(capacity * size);
  const before = rows();
  const now = rows();
  const end = rows();
  const residuals = new Float64Array(capacity);
  const active = new Uint8Array(capacity);
  return (s, { steps, tolerance = -1 }, see, taken) => {
    const start = d.first * size;
    const stop = d.last * size;
    copy(now, s, start, stop);
    copy(end, s, start, stop);
    active.fill(1, d.first, d.last);
    for (let t = 0, left = true; t < steps && left; t++) {
      copy(before, now, start, stop);
      d.sweep!(now, 1);
      d.residual(now, residuals);
      left = false;
      for (let r = d.first; r < d.last; r++) {
        if (!active[r]) continue;
        const from = r * size;
        see(r, t, 1, (theta, out) => {
          for (let i = 0; i < size; i++)
            out[i] = (1 - theta) * before[from + i] + theta * now[from + i];
        });
        copy(end, now, from, from + size);
        taken[r]++;
        // False for what is beyond numbers, too.
        active[r] = residuals[r] > tolerance ? 1 : 0;
        left ||= active[r] === 1;
      }
    }
    copy(s, end, start, stop);
    d.project(s);
  };
}
