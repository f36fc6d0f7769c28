import { Solver as Odex } from "odex";
import type { Dynamics } from "../dynamics/dynamics.ts";
import { InputError } from "../numerics/errors.ts";
import { requireWalls } from "./between.ts";
import { positive } from "./controllers.ts";
import type { Flow } from "./explicit.ts";
import { naturalResidual } from "./flow.ts";
import { refuseNoise } from "./refuse-noise.ts";
import { clear, tally, type Observer, type Runner, type Stop, type Tally } from "./solver.ts";
import { spectralRadius } from "./stiffness.ts";
import { hairer1993 } from "./cites.ts";

/** The error of a step that odex allows, atol + rtol·|s| of a unit, and what is beyond a rail. */
export interface ExtrapolationOptions {
  readonly rtol: number;
  readonly atol: number;
  /**
   * How a rail enters an unconfined integrator. `projected`, the default: a unit on a rail whose
   * force points outward stands still, the flow of all other solvers, with a jump in the force at
   * each hit. `potential`: a unit's potential u goes over the rail while the others see clip(u),
   *
   *   u̇ = rate (F(clip(u)) − curvature (u − clip(u))):
   *
   * no jumps, the same equilibria, another path once a rail is hit.
   */
  readonly form?: Form;
}

type Form = "projected" | "potential";

/**
 * Gragg–Bulirsch–Stoer extrapolation of variable order by odex (Hairer, Nørsett & Wanner 1993,
 * II.9), sample by sample on plain arrays: for cross-checks of small nets. It is explicit, and
 * stops with advice where the circuit is stiff.
 */
export function extrapolation({ rtol, atol, form = "projected" }: ExtrapolationOptions): Flow {
  const name = "odex";
  positive(name, "rtol", rtol);
  positive(name, "atol", atol);
  return {
    name,
    kind: "flow",
    rails: "projection",
    cites: [hairer1993],
    prepare(d) {
      refuseNoise(d, name);
      if (form === "potential") requireWalls(d, `${name} in potential form`, "form: projected");
      const solver = new Odex(d.size);
      solver.relativeTolerance = rtol;
      solver.absoluteTolerance = atol;
      return prepare(d, solver, form);
    },
  };
}

/** Thrown through odex where a force is not finite: it would go on. */
const blown = new Error("a force is not finite");

function prepare(d: Dynamics, solver: Odex, form: Form): Runner {
  const cost = tally(d.capacity);
  const { size } = d;
  const run: Run = { d, solver, form, cost, guard: stiffnessGuard(d, cost) };
  return {
    tally: cost,
    run(s, stop, see) {
      clear(cost, d.first, d.last);
      d.project(s);
      for (let r = d.first; r < d.last; r++) {
        const from = Array.from(s.subarray(r * size, (r + 1) * size));
        s.set(runSample(run, r, from, stop, see), r * size);
      }
      d.project(s);
    },
  };
}

/** What all samples of a run share. */
interface Run {
  readonly d: Dynamics;
  readonly solver: Odex;
  readonly form: Form;
  readonly cost: Tally;
  readonly guard: Guard;
}

/** Runs sample r from y0; returns where it ends, which the rails have still to hold. */
function runSample(
  { d, solver, form, cost, guard }: Run,
  r: number,
  y0: number[],
  { steps, tolerance, time = Infinity }: Stop,
  see?: Observer,
): number[] {
  const field = rowField(d, form, cost, r);
  const { clip } = field;
  let end = y0;
  let accepted = 0;
  // The step that is counted first, and the one at which odex stops, are one apart.
  solver.maxSteps = steps + 1;
  solver.denseOutput = see !== undefined;
  const told = (
    nr: number,
    from: number,
    to: number,
    y: number[],
    dense: ((component: number, x: number) => number) | undefined,
  ): boolean => {
    end = y;
    if (nr > 1) {
      accepted++;
      cost.steps[r]++;
      cost.time[r] = to;
      see?.(r, from, to - from, (theta, out) => {
        for (let i = 0; i < d.size; i++) out[i] = clip(dense!(i, from + theta * (to - from)), i);
      });
    }
    guard(r, field.state, to);
    return accepted < steps && !(tolerance !== undefined && field.residual(y) <= tolerance);
  };
  try {
    const { nStep } = solver.solve((_, y) => field.slope(y), 0, y0, time, told);
    cost.rejected[r] = Math.max(0, Math.min(nStep, steps) - accepted);
  } catch (e) {
    if (e !== blown) throw e;
    return new Array<number>(d.size).fill(NaN);
  }
  return end;
}

interface RowField {
  /** [capacity × size], of which row r is what was asked for last. */
  readonly state: Float64Array;
  clip(u: number, i: number): number;
  slope(y: number[]): number[];
  /** The natural residual at clip(y). */
  residual(y: number[]): number;
}

/**
 * The field of row r on plain arrays. What was asked for last is not evaluated again: odex and the
 * residual ask at the same states.
 */
function rowField(d: Dynamics, form: Form, cost: Tally, r: number): RowField {
  const { size } = d;
  const row = r * size;
  const room = () => new Float64Array(d.capacity * size);
  const copy = (of: ArrayLike<number>) => Float64Array.from(of);
  const state = room();
  const force = room();
  const only = new Uint8Array(d.capacity);
  const low = copy(d.low);
  const high = copy(d.high);
  const rate = copy(d.rate);
  const curvature = copy(d.curvature);
  const clip = (u: number, i: number) => Math.min(Math.max(u, low[i]), high[i]);
  let asked: number[] = [];
  let answer: number[] = [];
  only[r] = 1;
  const still = (u: number, f: number, i: number) =>
    (u <= low[i] && f < 0) || (u >= high[i] && f > 0);
  const slope = (y: number[]): number[] => {
    if (asked.length > 0 && y.every((u, i) => u === asked[i])) return answer;
    for (let i = 0; i < size; i++) state[row + i] = clip(y[i], i);
    d.force(state, force, only);
    cost.evaluations[r]++;
    answer = y.map((u, i) => {
      const f = force[row + i] - (d.clamps?.current(state[row + i], i) ?? 0);
      if (form === "projected") return still(u, f, i) ? 0 : rate[i] * f;
      return rate[i] * (f - curvature[i] * (u - clip(u, i)));
    });
    if (!answer.every(Number.isFinite)) throw blown;
    asked = y;
    return answer;
  };
  return {
    state,
    clip,
    slope,
    residual(y) {
      slope(y);
      return naturalResidual({ low, high, clamps: d.clamps }, state, force, r);
    },
  };
}

type Guard = (r: number, state: Float64Array, time: number) => void;

/**
 * From here on the cost of a τ is watched; what it may be; and from which rate on the circuit is to
 * blame.
 */
const watchedFrom = 2000;
const perTau = 500;
const fast = 50;

/**
 * Stops a run that spends its evaluations on stability, by what they buy and by the fastest rate of
 * the circuit.
 */
function stiffnessGuard(d: Dynamics, cost: Tally): Guard {
  const spectrum = spectralRadius(d, true);
  const active = new Uint8Array(d.capacity);
  const acquitted = new Set<number>();
  return (r, state, time) => {
    const spent = cost.evaluations[r];
    if (time === 0) acquitted.delete(r);
    if (spent < watchedFrom || spent < perTau * time || acquitted.has(r)) return;
    active.fill(0);
    active[r] = 1;
    spectrum.estimate(state, active, cost);
    const rate = spectrum.radius[r];
    if (rate < fast) {
      acquitted.add(r);
      return;
    }
    throw new InputError(
      `odex: the circuit is stiff: ${spent} evaluations took sample ${r} to ` +
        `${time.toPrecision(2)} τ, for something in it moves ${rate.toPrecision(2)} times in a ` +
        "τ; odex is explicit and has to follow it: use exponentialEuler or " +
        "linearlyImplicitEuler for a waveform, a minimiser for an equilibrium, or end sooner",
    );
  };
}
