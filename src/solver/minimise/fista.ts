import { between } from "../between.ts";
import type { Solver } from "../solver.ts";
import { descent, type DescentOptions, type Rule, type Workspace } from "./descent.ts";
import { along, copy, steepest } from "./rows.ts";
import { beck2009, odonoghue2015 } from "../cites.ts";
import { square } from "../../numerics/power.ts";

/** When the momentum of FISTA starts anew. */
export interface FistaOptions extends DescentOptions {
  /**
   * What ends the momentum: a move against the last one's gradient, or a rise of the energy;
   * "gradient" unless given.
   */
  readonly restart?: "gradient" | "energy";
}

/**
 * Accelerated projected gradient with restarts,
 *
 *   s ← clip(z + F(z)/L),  or R(z + F(z)/L; 1/L),     z = s + ω Δs,
 *
 * the momentum ω growing as Beck and Teboulle's and falling back to 0 where it points uphill
 * (O'Donoghue & Candès). L starts at the largest curvature and grows when a larger one is
 * met. One evaluation a step: forces linear in the state give F(z) for free.
 */
export function fista({ restart = "gradient", quadratic = true }: FistaOptions = {}): Solver {
  return descent("fista", [beck2009, odonoghue2015], { quadratic }, (w) =>
    accelerated(w, restart, quadratic),
  );
}

function accelerated(
  { d, x, f, y, fy, fresh, rows, force, fall, each }: Workspace,
  restart: "gradient" | "energy",
  quadratic: boolean,
): Rule {
  const { capacity } = d;
  const lastX = rows();
  const lastF = rows();
  const z = rows();
  const fz = rows();
  const asked = new Uint8Array(capacity);
  const steepness = new Float64Array(capacity);
  const theta = new Float64Array(capacity);
  const omega = new Float64Array(capacity);
  const lookAhead = (r: number, from: number, to: number) => {
    const w = omega[r];
    for (let i = from; i < to; i++) {
      z[i] = x[i] + w * (x[i] - lastX[i]);
      fz[i] = f[i] + w * (f[i] - lastF[i]);
    }
  };
  return {
    begin() {
      steepness.fill(steepest(d));
      theta.fill(1);
      omega.fill(0);
      each((_, from, to) => {
        copy(lastX, x, from, to);
        copy(lastF, f, from, to);
      });
    },
    propose() {
      asked.fill(0);
      each((r, from, to) => {
        if (!fresh[r]) return;
        lookAhead(r, from, to);
        if (quadratic || omega[r] === 0) return;
        for (let i = from; i < to; i++)
          z[i] = Math.min(Math.max(z[i], d.low[i - from]), d.high[i - from]);
        asked[r] = 1;
      });
      if (asked.includes(1)) force(z, fz, asked);
      each((r, from, to) => {
        for (let i = from; i < to; i++)
          y[i] = between(d, z[i] + fz[i] / steepness[r], 1 / steepness[r], i - from);
      });
    },
    accept(r, from, to) {
      let distance = 0;
      let turn = 0;
      for (let i = from; i < to; i++) {
        distance += square(y[i] - z[i]);
        turn += (z[i] - y[i]) * (y[i] - x[i]);
      }
      const bend = along(fz, y, z, from, to) - along(fy, y, z, from, to);
      // The energy lies below the parabola of steepness L only if this move met no larger
      // curvature.
      if (bend > steepness[r] * distance * (1 + 1e-9)) {
        steepness[r] = Math.max(bend / distance, 1.25 * steepness[r]);
        return false;
      }
      if (!Number.isFinite(bend)) return false;
      const uphill = restart === "gradient" ? turn > 0 : fall(r) < 0;
      const next = uphill ? 1 : 0.5 * (1 + Math.sqrt(1 + 4 * square(theta[r])));
      omega[r] = uphill ? 0 : (theta[r] - 1) / next;
      theta[r] = next;
      copy(lastX, x, from, to);
      copy(lastF, f, from, to);
      return true;
    },
  };
}
