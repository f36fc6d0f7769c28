import type { Dynamics } from "../dynamics/dynamics.ts";
import { linearEuler, linearHeun, whiteFactor, type LinearStep } from "../dynamics/noise/steps.ts";
import { InputError } from "../numerics/errors.ts";
import type { FixedStep } from "./euler.ts";
import { naturalResidual } from "./flow.ts";
import { reflect } from "./reflection.ts";
import { clear, tally, type Observer, type Runner, type Stop } from "./solver.ts";
import { kloeden1992, lepingle1995 } from "./cites.ts";
import { square } from "../numerics/power.ts";

/**
 * A flow of ds = rate ⊙ F dt + amplitude dW, reflected at walls; clamps that give take their
 * current, implicitly and at order 1. `order` is the one it has without noise.
 */
export interface Stochastic extends FixedStep {
  /**
   * Orders with additive noise between rails that are not reached: of the path given its noise, and
   * of its law.
   */
  readonly strongOrder: number;
  readonly weakOrder: number;
}

/**
 * Euler–Maruyama: s + h rate ⊙ F(s) + f amplitude √h z, reflected, f such that the variance of a
 * node by itself is exact at every step (see `whiteFactor`). Without noise it is projected forward
 * Euler.
 */
export function eulerMaruyama(step: number): Stochastic {
  return scheme("euler-maruyama", step, { order: 1, strongOrder: 1, weakOrder: 1 }, false);
}

/**
 * Stochastic Heun: s + h rate ⊙ F(s) + f amplitude √h z, then from s along ½ (F(s) + F(there)) with
 * the same kick, f its own, each reflected. Without noise it is Heun with both stages projected.
 */
export function stochasticHeun(step: number): Stochastic {
  return scheme("stochastic-heun", step, { order: 2, strongOrder: 1, weakOrder: 2 }, true);
}

function scheme(
  name: string,
  step: number,
  orders: Pick<Stochastic, "strongOrder" | "weakOrder"> & { order: number },
  corrected: boolean,
): Stochastic {
  if (!(step > 0 && step < Infinity))
    throw new InputError(`${name}: the step is ${step}, expected a length > 0 in τ, such as 0.1`);
  return {
    name,
    kind: "flow",
    rails: "reflection",
    cites: [kloeden1992, lepingle1995],
    step,
    ...orders,
    prepare: (d) => prepare(d, name, step, corrected),
  };
}

function prepare(d: Dynamics, name: string, step: number, corrected: boolean): Runner {
  const n = d.size;
  const cost = tally(d.capacity);
  const state = () => new Float64Array(d.capacity * n);
  const x = state();
  const force = state();
  const next = state();
  const force2 = corrected ? state() : force;
  const kicks = draws(d, corrected ? linearHeun : linearEuler);
  const active = new Uint8Array(d.capacity);
  const arrays: Step = { d, x, force, force2, next, kicks };

  const evaluate = (at: Float64Array, out: Float64Array) => {
    d.force(at, out, active);
    for (let r = d.first; r < d.last; r++) cost.evaluations[r] += active[r];
  };
  const eachActive = (work: (r: number) => void) => {
    for (let r = d.first; r < d.last; r++) if (active[r]) work(r);
  };
  /** One step of the active samples from time t. */
  const advance = (t: number, h: number, k: number, see: Observer | undefined) => {
    kicks.draw(k, h);
    if (corrected) {
      force2.set(force);
      eachActive((r) => move(arrays, r, h));
      evaluate(next, force2);
    }
    eachActive((r) => {
      move(arrays, r, h);
      cost.steps[r]++;
      cost.time[r] = t + h;
      see?.(r, t, h, (theta, out) => {
        for (let i = 0, k = r * n; i < n; i++, k++) out[i] = x[k] + theta * (next[k] - x[k]);
      });
      for (let k = r * n; k < (r + 1) * n; k++) {
        x[k] = next[k];
        if (Number.isNaN(x[k])) active[r] = 0;
      }
    });
  };
  return {
    tally: cost,
    run(s, stop, see) {
      const { tolerance = -1, time = Infinity } = stop;
      const most = planned(stop, step);
      const end = Math.min(time, most * step);
      if (d.noise && most === Infinity)
        throw new InputError(
          `${name}: neither steps nor time has an end, and a noisy circuit never rests; set ` +
            "one of them",
        );
      clear(cost, d.first, d.last);
      active.fill(1, d.first, d.last);
      x.set(s.subarray(d.first * n, d.last * n), d.first * n);
      let k = 0;
      for (; k < most; k++) {
        evaluate(x, force);
        eachActive((r) => {
          if (!(naturalResidual(d, x, force, r) > tolerance)) active[r] = 0;
        });
        if (!active.includes(1)) break;
        advance(k * step, Math.min(step, end - k * step), k, see);
      }
      // As many as were asked for, taken or not: what a sample meets next does not depend on the
      // others.
      for (; k < most && d.noise?.coloured; k++) kicks.draw(k, Math.min(step, end - k * step));
      if (d.noise) d.noise.clock += ticksEach * most;
      active.fill(0, d.first, d.last);
      s.set(x.subarray(d.first * n, d.last * n), d.first * n);
      d.project(s);
    },
  };
}

/** From x to next, [capacity × size]: the forces at both ends, and what the noise draws. */
interface Step {
  readonly d: Dynamics;
  readonly x: Float64Array;
  readonly force: Float64Array;
  readonly force2: Float64Array;
  readonly next: Float64Array;
  readonly kicks: ReturnType<typeof draws>;
}

/** next ← the reflected step from x of length h along ½(F + F₂) for sample r. */
function move({ d, x, force, force2, next, kicks }: Step, r: number, h: number): void {
  const { size, rate, low, high, clamps } = d;
  const { kick, coloured, sigma, exponential } = kicks;
  for (let i = 0, k = r * size; i < size; i++, k++) {
    const drift = h * rate[i] * 0.5 * (force[k] + force2[k]) + coloured[k];
    const spread = 2 * sigma[i] * sigma[i] * exponential[k];
    next[k] = clamps
      ? clamps.hold(x[k] + drift + kick[k], h * rate[i], i)
      : reflect(x[k], low[i], high[i], drift, kick[k], spread);
  }
}

/** Numbers that a unit draws in one step. */
const ticksEach = 3;

const planned = ({ steps, time = Infinity }: Stop, step: number) =>
  Math.min(steps, Math.ceil(time / step - 1e-9));

/**
 * What a step of length h draws: what coloured noise adds, kicks of standard deviation
 * σ = f amplitude √h and, for the rails, exponential numbers; zeros without noise.
 */
function draws(d: Dynamics, linear: LinearStep) {
  const state = () => new Float64Array(d.capacity * d.size);
  const kick = state();
  const coloured = state();
  const exponential = state();
  const second = state();
  const sigma = new Float64Array(d.size);
  const { noise } = d;
  const railed = !d.clamps && [...d.low, ...d.high].some(Number.isFinite);
  return {
    kick,
    coloured,
    exponential,
    sigma,
    /** For step k of this run. */
    draw(k: number, h: number): void {
      if (!noise) return;
      const from = d.first * d.size;
      const to = d.last * d.size;
      const { amplitude } = noise;
      const { curvature, rate } = d;
      for (let i = 0; i < d.size; i++)
        sigma[i] = Math.sqrt(h) * amplitude[i] * whiteFactor(linear, h * rate[i] * curvature[i]);
      // One number kicks, the others are for the rails.
      const tick = noise.clock + ticksEach * k;
      noise.coloured?.(tick, h, coloured, linear);
      noise.normal(tick, kick);
      for (let i = from; i < to; i++) kick[i] *= sigma[i % d.size];
      if (!railed) return;
      noise.normal(tick + 1, exponential);
      noise.normal(tick + 2, second);
      // Half the sum of two squares is exponential.
      for (let i = from; i < to; i++)
        exponential[i] = 0.5 * (square(exponential[i]) + square(second[i]));
    },
  };
}
