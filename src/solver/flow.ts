import type { Vec } from "../numerics/vec.ts";
import { between, type Confinement } from "./between.ts";
import type { Control } from "./controllers.ts";
import { evaluate, type Method, type Work } from "./method.ts";
import { clear, type Observer, type Runner, type Stop } from "./solver.ts";

/**
 * max |s − clip(s + F)|, or |s − R(s + F; 1)|, of row r: the natural residual from a force that is
 * at hand; NaN if anything in it is.
 */
export function naturalResidual(held: Confinement, s: Vec, f: Vec, r: number): number {
  const { low } = held;
  let top = 0;
  for (let i = 0, k = r * low.length; i < low.length; i++, k++) {
    const gap = Math.abs(s[k] - between(held, s[k] + f[k], 1, i));
    // Written so that NaN, once met, stays.
    if (!(gap <= top)) top = Number.isNaN(top) ? top : gap;
  }
  return top;
}

/**
 * The loop of every one-step method: each sample has its own steps, in τ, and leaves when it has
 * settled, when its time or its steps are over, or when it is no longer finite. `timeless` methods
 * report no time.
 */
export function runner(w: Work, method: Method, control: Control, timeless = false): Runner {
  const { d, s, f, next, nextForce, h, active, cost } = w;
  const { size } = d;
  const taken = new Uint8Array(d.capacity);
  const time = new Float64Array(d.capacity);
  const forceFirst = control.needsForce || method.errorNeedsForce === true;
  const watched = watch(w, method);

  /** Sends row r to rest when nothing is left to do. */
  const look = (r: number, { steps, tolerance, time: end }: Stop & { readonly time: number }) => {
    const residual = naturalResidual(w, s, f, r);
    if (
      !Number.isFinite(residual) ||
      (tolerance !== undefined && residual <= tolerance) ||
      time[r] >= end ||
      cost.steps[r] + cost.rejected[r] >= steps
    )
      active[r] = 0;
  };
  const begin = (from: ArrayLike<number>, stop: Stop & { readonly time: number }) => {
    clear(cost, d.first, d.last);
    active.fill(0);
    active.fill(1, d.first, d.last);
    w.rate.set(d.rate);
    w.low.set(d.low);
    w.high.set(d.high);
    w.curvature.set(d.curvature);
    for (let k = d.first * size; k < d.last * size; k++) s[k] = from[k];
    d.project(s);
    time.fill(0, d.first, d.last);
    evaluate(w, s, f, active);
    for (let r = d.first; r < d.last; r++) look(r, stop);
    control.begin(w);
  };
  const accept = (r: number, end: number, see?: Observer) => {
    const started = time[r];
    const row = r * size;
    cost.steps[r]++;
    time[r] = h[r] === end - started ? end : started + h[r];
    if (see) {
      watched.row = r;
      see(r, timeless ? cost.steps[r] - 1 : started, timeless ? 1 : h[r], watched.interpolate);
    }
    for (let k = row; k < row + size; k++) {
      s[k] = next[k];
      f[k] = nextForce[k];
    }
  };
  return {
    tally: cost,
    run(state, stop, see) {
      const end = timeless ? Infinity : (stop.time ?? Infinity);
      const until = { ...stop, time: end };
      begin(state, until);
      while (choose(w, control, time, end)) {
        method.propose(w);
        if (forceFirst) evaluate(w, next, nextForce, active);
        for (let r = d.first; r < d.last; r++)
          taken[r] = active[r] === 1 && control.judge(r, w, method) ? 1 : 0;
        if (!forceFirst) evaluate(w, next, nextForce, taken);
        for (let r = d.first; r < d.last; r++) {
          if (active[r] === 0) continue;
          if (taken[r]) accept(r, end, see);
          else cost.rejected[r]++;
          // A step too short to move the clock is the end of what numbers can follow.
          if (time[r] + control.h[r] === time[r]) active[r] = 0;
          else look(r, until);
        }
      }
      for (let k = d.first * size; k < d.last * size; k++) state[k] = s[k];
      d.project(state);
      if (!timeless) for (let r = d.first; r < d.last; r++) cost.time[r] = time[r];
    },
  };
}

/**
 * Steps of the length that the control wants, the last one up to the end; whether any is to be
 * taken.
 */
function choose(
  { d, h, active }: Work,
  control: Control,
  time: Float64Array,
  end: number,
): boolean {
  let any = false;
  for (let r = d.first; r < d.last; r++) {
    if (active[r] === 0) continue;
    const left = end - time[r];
    const wanted = control.h[r];
    // What would leave less than rounding in a thousand steps is the last step.
    h[r] = wanted * (1 + 1e-9) >= left ? left : wanted;
    any = true;
  }
  return any;
}

/** The interpolant that observers are given, for the row that is told. */
function watch(
  w: Work,
  method: Method,
): { row: number; interpolate: (theta: number, out: Float64Array) => void } {
  const {
    low,
    high,
    d: { size },
  } = w;
  const within = method.interpolate ?? hermite;
  const watched = {
    row: 0,
    interpolate(theta: number, out: Float64Array) {
      within(w, watched.row, theta, out);
      for (let i = 0; i < size; i++) out[i] = Math.min(Math.max(out[i], low[i]), high[i]);
    },
  };
  return watched;
}

/** Cubic Hermite interpolation, order 3, with the slopes that the rails leave. */
function hermite(
  { d: { size }, rate, low, high, clamps, s, f, next, nextForce, h }: Work,
  r: number,
  theta: number,
  out: Float64Array,
): void {
  const left = (x: number, force: number, i: number) =>
    clamps ? force - clamps.current(x, i) : held(x, force, low[i], high[i]);
  const bend = theta * (theta - 1);
  for (let i = 0, k = r * size; i < size; i++, k++) {
    const rise = next[k] - s[k];
    const step = h[r] * rate[i];
    const p = step * left(s[k], f[k], i);
    const q = step * left(next[k], nextForce[k], i);
    out[i] = s[k] + theta * rise + bend * ((1 - 2 * theta) * rise + (theta - 1) * p + theta * q);
  }
}

/** A unit on a rail whose force points outward does not move. */
function held(s: number, f: number, low: number, high: number): number {
  return (s <= low && f < 0) || (s >= high && f > 0) ? 0 : f;
}
