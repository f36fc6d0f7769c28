import type { Dynamics } from "../dynamics/dynamics.ts";
import { InputError } from "../numerics/errors.ts";
import { between, contentRise } from "./between.ts";
import { evaluate, type Method, type Work } from "./method.ts";
import { spectralRadius } from "./stiffness.ts";
import { armijo1966, gustafsson1991, hairer1993 } from "./cites.ts";
import { power } from "../numerics/power.ts";

/** How long the steps are, as a value; the same for every method that can give what it asks for. */
export interface Controller {
  readonly name: "constant" | "pi" | "energy-descent";
  /** Of all steps, in τ, where they are of one length. */
  readonly step?: number;
  readonly cites: readonly string[];
  /** @throws InputError when the dynamics or the method lack what it stands on. */
  prepare(d: Dynamics, method: Claims): Control;
}

/** What a controller has to know of a method. */
interface Claims {
  readonly name: string;
  readonly order: number;
  /** Whether it estimates its error. */
  readonly estimates: boolean;
  /** Largest stable h·ρ; ∞ where there is none. */
  readonly stability: number;
}

/** A controller at work. */
export interface Control {
  /** `[capacity]`: the next step of each sample, in τ. */
  readonly h: Float64Array;
  /** Whether `judge` looks at the force after the step. */
  readonly needsForce: boolean;
  /** First steps for the active samples, whose states and forces are in `w`. */
  begin(w: Work): void;
  /** Whether the step of sample r is taken; sets the next one. */
  judge(r: number, w: Work, method: Method): boolean;
}

/** @throws InputError unless `value` is a positive, finite number. */
export function positive(who: string, what: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new InputError(`${who}: ${what} is ${value}, expected a positive number`);
}

/** Steps of one length h, in τ. */
export function constant(h: number): Controller {
  positive("constant", "the step", h);
  return {
    name: "constant",
    step: h,
    cites: [],
    prepare: ({ capacity }) => ({
      h: new Float64Array(capacity).fill(h),
      needsForce: false,
      begin: () => undefined,
      judge: () => true,
    }),
  };
}

/**
 * What error of a step is allowed, atol + rtol·|s| of each unit, and how the step follows it. Both
 * tolerances are pure numbers, as states are, which span 0 … 1.
 */
export interface PIOptions {
  readonly rtol: number;
  readonly atol: number;
  /** Weight of the last error against the one before (0: an integral controller). */
  readonly pcoeff?: number;
  readonly icoeff?: number;
  /**
   * No step is longer than: what is stable by the spectral radius; this many τ; whatever the error
   * allows.
   */
  readonly cap?: "spectral" | "none" | number;
  /** First step, in τ; found from the force where left out. */
  readonly first?: number;
}

/**
 * Longest h·ρ whose clipped stages settle: within the linear stability interval they can still go
 * round (Dormand–Prince at 2.25 does with λ = 100, and not at 1.71).
 */
const clipped = 1.71;
/**
 * Of the step that the error suggests; how much a step may shrink and grow; of the stability
 * interval.
 */
const safety = 0.9;
const shrinkMost = 0.2;
const growMost = 10;
const stable = 0.68;

/**
 * Steps whose estimated error e = maxᵢ |errorᵢ| / (atol + rtol·max(|sᵢ|, |sᵢ′|)) is at most 1: the
 * next is 0.9·e^−(P+I)/k·e₋₁^(P/k) times as long, k the order (Gustafsson 1991, in diffrax's
 * terms). Near an equilibrium errors vanish and the error alone lets steps grow until they are
 * unstable, hover there and never settle: hence the cap.
 */
export function pi({
  rtol,
  atol,
  pcoeff = 0.4,
  icoeff = 0.3,
  cap = "spectral",
  first,
}: PIOptions): Controller {
  positive("pi", "rtol", rtol);
  positive("pi", "atol", atol);
  if (first !== undefined) positive("pi", "the first step", first);
  if (typeof cap === "number") positive("pi", "the cap", cap);
  if (!(pcoeff >= 0 && icoeff > 0))
    throw new InputError(
      `pi: pcoeff ${pcoeff} and icoeff ${icoeff} are no controller, expected pcoeff ≥ 0 and ` +
        "icoeff > 0",
    );
  return {
    name: "pi",
    cites: [gustafsson1991, hairer1993],
    prepare(d, { name, order, estimates, stability }) {
      if (!estimates)
        throw new InputError(
          `pi: ${name} does not estimate its error; use constant(ε), energyDescent(), or a ` +
            "tableau with an error estimate such as bogackiShampine",
        );
      const { capacity, size } = d;
      const h = new Float64Array(capacity);
      const top = new Float64Array(capacity).fill(typeof cap === "number" ? cap : Infinity);
      const last = new Float64Array(capacity);
      const error = new Float64Array(size);
      const spectrum = cap === "spectral" && Number.isFinite(stability) ? spectralRadius(d) : null;
      return {
        h,
        needsForce: false,
        begin(w) {
          last.fill(1);
          if (spectrum) {
            spectrum.estimate(w.s, w.active, w.cost);
            for (let r = d.first; r < d.last; r++)
              top[r] = Math.min(stable * stability, clipped) / spectrum.radius[r];
          }
          if (first === undefined) firstSteps(w, order, rtol, atol, h);
          else h.fill(first);
          for (let r = d.first; r < d.last; r++) h[r] = Math.min(h[r], top[r]);
        },
        judge(r, w, method) {
          method.error!(w, r, error);
          const e = scaled(w, error, r, rtol, atol);
          const taken = e <= 1;
          const factor =
            e === 0
              ? growMost
              : safety * power(e, -(pcoeff + icoeff) / order) * power(last[r], pcoeff / order);
          // An error that is no number asks for the shortest step; a rejected step never grows.
          h[r] = Math.min(
            top[r],
            w.h[r] *
              Math.min(
                Math.max(Number.isNaN(factor) ? 0 : factor, shrinkMost),
                taken ? growMost : safety,
              ),
          );
          if (taken) last[r] = Math.max(e, 1e-4);
          return taken;
        },
      };
    },
  };
}

function scaled(
  { d: { size }, s, next }: Work,
  error: Float64Array,
  r: number,
  rtol: number,
  atol: number,
): number {
  let top = 0;
  for (let i = 0, k = r * size; i < size; i++, k++) {
    const e = Math.abs(error[i]) / (atol + rtol * Math.max(Math.abs(s[k]), Math.abs(next[k])));
    if (!(e <= top)) top = Number.isNaN(top) ? top : e;
  }
  return top;
}

/**
 * First steps that suit sizes of s, F and F′, by one evaluation after a trial Euler step (Hairer,
 * Nørsett & Wanner 1993, II.4).
 */
function firstSteps(w: Work, order: number, rtol: number, atol: number, h: Float64Array): void {
  const { d, s, f, next, nextForce, active, rate } = w;
  const { size } = d;
  const largest = (r: number, of: (k: number, i: number) => number) => {
    let top = 0;
    for (let i = 0, k = r * size; i < size; i++, k++)
      top = Math.max(top, Math.abs(of(k, i)) / (atol + rtol * Math.abs(s[k])));
    return top;
  };
  const slopes = new Float64Array(d.capacity);
  for (let r = d.first; r < d.last; r++) {
    if (active[r] === 0) continue;
    const size0 = largest(r, (k) => s[k]);
    const slope = largest(r, (k, i) => rate[i] * f[k]);
    slopes[r] = slope;
    h[r] = size0 < 1e-5 || slope < 1e-5 ? 1e-6 : (0.01 * size0) / slope;
    for (let i = 0, k = r * size; i < size; i++, k++)
      next[k] = between(w, s[k] + h[r] * rate[i] * f[k], h[r] * rate[i], i);
  }
  evaluate(w, next, nextForce, active);
  for (let r = d.first; r < d.last; r++) {
    if (active[r] === 0) continue;
    const bend = largest(r, (k, i) => rate[i] * (nextForce[k] - f[k])) / h[r];
    const steepest = Math.max(slopes[r], bend);
    h[r] = Math.min(
      100 * h[r],
      steepest <= 1e-15 ? Math.max(1e-6, h[r] * 1e-3) : power(0.01 / steepest, 1 / order),
    );
  }
}

/** How steps follow the energy: ΔE ≤ −c F·Δs, and h ← grow·h after each step that was taken. */
export interface EnergyDescentOptions {
  /** Share of the fall that the force promises which a step must bring (Armijo). */
  readonly c?: number;
  /** By what the step grows after each one that was taken. */
  readonly grow?: number;
  /** First step, in τ. */
  readonly first?: number;
}

/**
 * Steps along which the energy falls, ΔE ≤ −c F·Δs, as long as that allows: the paper's "adaptive"
 * Euler. Where the energy is quadratic ΔE = −½(F + F′)·Δs exactly, and F′ is the next step's F:
 * nothing is evaluated for it. (Where it is not, this is the trapezoid's estimate.) A step that
 * fails shrinks to the minimum along it.
 */
export function energyDescent({
  c = 0.25,
  grow = 1.3,
  first = 0.5,
}: EnergyDescentOptions = {}): Controller {
  positive("energyDescent", "the first step", first);
  if (!(c > 0 && c < 1))
    throw new InputError(
      `energyDescent: c is ${c}, expected a number between 0 and 1, such as 0.25`,
    );
  if (!(grow >= 1 && grow < Infinity))
    throw new InputError(`energyDescent: grow is ${grow}, expected a number ≥ 1, such as 1.3`);
  return {
    name: "energy-descent",
    cites: [armijo1966],
    prepare(d) {
      refuseWithoutEnergy(d, "energyDescent");
      const h = new Float64Array(d.capacity);
      return {
        h,
        needsForce: true,
        begin: () => h.fill(first),
        judge(r, w) {
          const { promised, fell, slack } = energyFall(w, r);
          const taken = fell >= c * promised - slack;
          // Along Δs, E falls by θp − ½θ²q: furthest at θ = p/q, where q = 2(p − fell).
          const best = promised / (2 * (promised - fell));
          h[r] =
            w.h[r] * (taken ? grow : Math.min(Math.max(Number.isNaN(best) ? 0 : best, 0.1), 0.7));
          return taken;
        },
      };
    },
  };
}

/** @throws InputError where there is no energy to descend. */
export function refuseWithoutEnergy(d: Dynamics, name: string): void {
  if (d.energy) return;
  throw new InputError(
    `${name}: these dynamics have no energy (their synapses are not reciprocal, or saturate); ` +
      "use explicit(bogackiShampine, pi(…)) or exponentialEuler(step)",
  );
}

/**
 * Of the step of row r: F·Δs, by how much a quadratic energy fell, and what rounding leaves unsaid
 * of that; both less what the co-content of clamps that give rose, which is convex.
 */
export function energyFall(
  { d, curvature, s, f, next, nextForce }: Work,
  r: number,
): { promised: number; fell: number; slack: number } {
  const { size, rate } = d;
  const rise = contentRise(d, s, next, r);
  let promised = 0;
  let fell = 0;
  let travelled = 0;
  for (let i = 0, k = r * size; i < size; i++, k++) {
    const move = next[k] - s[k];
    promised += f[k] * move;
    fell += 0.5 * (f[k] + nextForce[k]) * move;
    travelled += Math.abs(move) * (1 + Math.abs(curvature[i]));
  }
  // A force is a sum of terms of the curvature's size, rounded where the dynamics keep it.
  return {
    promised: promised - rise,
    fell: fell - rise,
    slack: 4 * (rate instanceof Float32Array ? 2 ** -24 : 2 ** -53) * travelled,
  };
}
