import type { Dynamics } from "../dynamics/dynamics.ts";
import { between } from "./between.ts";
import type { Controller } from "./controllers.ts";
import { runner } from "./flow.ts";
import { evaluate, workOn, type Method, type Work } from "./method.ts";
import { refuseNoise } from "./refuse-noise.ts";
import type { Solver } from "./solver.ts";
import type { Tableau } from "./tableaux.ts";

/** A flow by one-step methods; its steps have one length, or what its controller finds. */
export interface Flow extends Solver {
  readonly kind: "flow";
  /** In τ, where all steps have one length. */
  readonly step?: number;
}

/** How an explicit flow keeps its states between the rails. */
export interface ExplicitOptions {
  /**
   * Whether the stages, too, are put back between the rails (the default), or only the step. With
   * free stages a unit that rests on a rail leans over it within the step and moves the others:
   * where rails hold units, such a run ends beside the equilibrium. Beyond order 2 neither keeps
   * the order once rails are hit. Clamps that give take the place of clipping by their resolvent:
   * order 1 while their currents change, which the error estimate counts.
   */
  readonly rails?: "projection" | "stages";
}

/** The explicit Runge–Kutta method of `tableau`, with the steps of `controller`. */
export function explicit(
  tableau: Tableau,
  controller: Controller,
  options: ExplicitOptions = {},
): Flow {
  // Euler's one stage is the state itself.
  const rails = tableau.a.length === 0 ? "projection" : (options.rails ?? "stages");
  const name =
    controller.name === "energy-descent" && tableau.order === 1 ? controller.name : tableau.name;
  return {
    name,
    kind: "flow",
    order: tableau.order,
    rails,
    cites: [...new Set([...tableau.cites, ...controller.cites])],
    ...(controller.step === undefined ? {} : { step: controller.step }),
    prepare(d) {
      refuseNoise(d, name);
      const control = controller.prepare(d, {
        name: tableau.name,
        order: tableau.order,
        estimates: tableau.error !== undefined,
        stability: tableau.stability,
      });
      return runner(workOn(d), rungeKutta(d, tableau, rails === "stages"), control);
    },
  };
}

/**
 * Stages are forces, not slopes: the first and the last one are `w.f` and `w.nextForce`, where
 * residuals come from.
 */
function rungeKutta(d: Dynamics, { a, b, error, dense }: Tableau, clip: boolean): Method {
  const { capacity, size } = d;
  const trial = new Float64Array(capacity * size);
  const inner = a.map(() => new Float64Array(capacity * size));
  const forces: Float64Array[] = [];
  const stagesOf = (w: Work) => {
    if (forces[0] !== w.f) forces.splice(0, forces.length, w.f, ...inner, w.nextForce);
    return forces;
  };
  /** to ← s + h rate ⊙ Σ weights_j F_j on row r, between the rails if told. */
  const combine = (
    w: Work,
    r: number,
    weights: readonly number[],
    to: Float64Array,
    railed: boolean,
  ) => {
    const k = stagesOf(w);
    const row = r * size;
    const h = w.h[r];
    const { s, rate } = w;
    const whole = w.clamps ? weights.reduce((a, b) => a + b) : 1;
    for (let i = 0, at = row; i < size; i++, at++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += weights[j] * k[j][at];
      const moved = s[at] + h * rate[i] * sum;
      to[at] = railed ? between(w, moved, h * rate[i] * whole, i) : moved;
    }
  };
  const allRows = (w: Work, weights: readonly number[], to: Float64Array, railed: boolean) => {
    for (let r = d.first; r < d.last; r++) if (w.active[r]) combine(w, r, weights, to, railed);
  };
  const embedded = error?.map((e, j) => (b[j] ?? 0) - e);
  return {
    errorNeedsForce: error !== undefined && error.length > b.length,
    propose(w) {
      for (let j = 0; j < a.length; j++) {
        allRows(w, a[j], trial, clip);
        evaluate(w, trial, inner[j], w.active);
      }
      allRows(w, b, w.next, true);
    },
    ...(embedded && {
      // Between the rails, so that what a rail holds has no error.
      error(w: Work, r: number, out: Float64Array) {
        combine(w, r, embedded, trial, true);
        for (let i = 0, k = r * size; i < size; i++, k++) out[i] = w.next[k] - trial[k];
        if (w.clamps) addClampError(w, r, out);
      },
    }),
    ...(dense && {
      interpolate(w: Work, r: number, theta: number, out: Float64Array) {
        combine(w, r, dense(theta), trial, w.clamps !== undefined);
        out.set(trial.subarray(r * size, (r + 1) * size));
      },
    }),
  };
}

/**
 * Clamps that give are stepped implicitly, at order 1. Backward Euler and the trapezoid differ by ½
 * h rate ΔI, of which the clamp itself leaves 1/(1 + h rate I′): nothing where it is stiff.
 */
function addClampError(
  { clamps, s, next, h, rate, d: { size } }: Work,
  r: number,
  out: Float64Array,
): void {
  for (let i = 0, k = r * size; i < size; i++, k++) {
    const a = h[r] * rate[i];
    const rise = clamps!.current(next[k], i) - clamps!.current(s[k], i);
    if (rise !== 0)
      out[i] = Math.abs(out[i]) + Math.abs((0.5 * a * rise) / (1 + a * clamps!.slope(next[k], i)));
  }
}
