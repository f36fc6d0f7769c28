import { omega } from "../numerics/omega.ts";

/**
 * Rails that give: each draws a current I(s) from its unit, in units of G_L V_s (in a crossbar G₁
 * V_s), that never falls as s rises, and of two alike is nil half way between them. C ds/dt takes
 * it from the force F, and the energy is that of F and the co-content ∫ I ds.
 */
export interface SoftClamps {
  /** I of unit i. */
  current(s: number, i: number): number;
  /** dI/ds. */
  slope(s: number, i: number): number;
  /** ∫ I ds from one state to another, without the cancellation of a difference. */
  work(from: number, to: number, i: number): number;
  /**
   * The resolvent: the s at which s + a I(s) = u. With a = dt it is an implicit step of the clamp
   * alone; as a clamp stiffens it becomes clip(u), whatever a is.
   */
  hold(u: number, a: number, i: number): number;
  /**
   * A state beyond which no current of a circuit holds a unit, below (−1) or above (1): there |I| ≥
   * 2²⁰ by itself; infinite where nothing holds it.
   */
  bound(side: -1 | 1, i: number): number;
  /** Where co-content is counted from: half way between the rails, at the only one, or at 0. */
  rest(i: number): number;
}

/**
 * Where the clamps of the units begin, as states; infinite where there is none. The states of unit
 * i are `scale` times (1 unless given) as large as its voltages, and so are the currents that count
 * with them: a law I is scale·I(s / scale) there, and one energy serves all units.
 */
export interface ClampRails {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly scale?: ArrayLike<number>;
}

/** Currents, over G_L V_s, that nothing in a circuit drives. */
const most = 2 ** 20;

/** 1 where only a high rail holds unit i, −1 where only a low one does, 0 where both do or none. */
export function onlySide({ low, high }: ClampRails, i: number): -1 | 0 | 1 {
  if ((low[i] === -Infinity) === (high[i] === Infinity)) return 0;
  return low[i] === -Infinity ? 1 : -1;
}

/** Half way between the rails, the only one, or 0. */
export function restOf({ low, high }: ClampRails, i: number): number {
  if (low[i] === -Infinity) return high[i] === Infinity ? 0 : high[i];
  return high[i] === Infinity ? low[i] : 0.5 * (low[i] + high[i]);
}

/** I = k (s − clip(s)), k the conductance over G_L. */
export function linearClamps(k: number, rails: ClampRails): SoftClamps {
  const { low, high } = rails;
  const beyond = (s: number, i: number) => s - Math.min(Math.max(s, low[i]), high[i]);
  return {
    current: (s, i) => k * beyond(s, i),
    slope: (s, i) => (s < low[i] || s > high[i] ? k : 0),
    work(from, to, i) {
      const a = beyond(from, i);
      const b = beyond(to, i);
      // Beyond one rail a short way is told by its ends, whose distances from the rail are rounded.
      return 0.5 * k * (a * b > 0 ? to - from : b - a) * (b + a);
    },
    hold(u, a, i) {
      const inside = Math.min(Math.max(u, low[i]), high[i]);
      return inside + (u - inside) / (1 + a * k);
    },
    bound: (side, i) => (side > 0 ? high[i] : low[i]) + (side * most) / k,
    rest: (i) => restOf(rails, i),
  };
}

/** Of diodes, in units of the state: v = n U_T / V_s, and I_s / (G_L V_s). */
export interface DiodeLaw {
  readonly saturation: number;
  readonly width: number;
}

/**
 * A diode to each rail, both saturation currents cancelling,
 *
 *   I = I_s (e^((s − high)/v) − e^((low − s)/v)).
 *
 * With y = |s − middle|/v and Y the same of u, s + a I(s) = u is
 *
 *   y + e^(y + ℓ) − e^(ℓ − y) = Y,     ℓ = ln(a I_s/v) − (high − low)/2v;
 *
 * the diode that is far away left out, y = Y − ω(Y + ℓ) = ln ω − ℓ, from where Newton's method
 * finishes. One diode alone, I = I_s (e^y − 1) with y = (s − rail)/v towards it, leaks I_s back:
 *
 *   y + e^(y + ℓ) = Y + e^ℓ,     ℓ = ln(a I_s/v),
 *   y = Y + e^ℓ − ω(Y + e^ℓ + ℓ) = ln ω − ℓ.
 */
export function diodeClamps({ saturation, width }: DiodeLaw, rails: ClampRails): SoftClamps {
  const { low, high, scale } = rails;
  const logarithm = Math.log(saturation);
  const scaled = (i: number) => scale?.[i] ?? 1;
  const middle = (i: number) => restOf(rails, i);
  /** The currents to the high and from the low rail, and what a diode alone leaks back. */
  const up = (s: number, i: number) =>
    scaled(i) * Math.exp((s - high[i]) / (width * scaled(i)) + logarithm);
  const down = (s: number, i: number) =>
    scaled(i) * Math.exp((low[i] - s) / (width * scaled(i)) + logarithm);
  const leak = (i: number) => onlySide(rails, i) * scaled(i) * saturation;
  return {
    current(s, i) {
      const side = onlySide(rails, i);
      return side === 0
        ? up(s, i) - down(s, i)
        : leak(i) * Math.expm1((side * (s - middle(i))) / (width * scaled(i)));
    },
    slope: (s, i) => (up(s, i) + down(s, i)) / (width * scaled(i)),
    work(from, to, i) {
      const v = width * scaled(i);
      const x = (to - from) / v;
      const back = leak(i) * (to - from);
      if (Math.abs(x) > 1)
        return v * (up(to, i) - up(from, i) + down(to, i) - down(from, i)) - back;
      return v * (up(from, i) * Math.expm1(x) + down(from, i) * Math.expm1(-x)) - back;
    },
    hold(u, a, i) {
      const v = width * scaled(i);
      const strength = Math.log(a / width) + logarithm;
      const only = onlySide(rails, i);
      if (only !== 0) {
        const back = a * leak(i);
        const w = omega((only * (u - middle(i) + back)) / v + strength);
        return w > 1 ? middle(i) + only * v * (Math.log(w) - strength) : u + back - only * v * w;
      }
      if (low[i] === -Infinity) return u;
      const half = 0.5 * (high[i] - low[i]);
      const side = u < middle(i) ? -1 : 1;
      const far = Math.abs(u - middle(i));
      const w = omega((far - half) / v + strength);
      const l = strength - half / v;
      if (l >= -40) return middle(i) + side * v * both(far / v, l, w);
      // ln w = y + l, where a difference of large currents would lose what is left of u.
      if (w > 1) return middle(i) + side * (half + v * (Math.log(w) - strength));
      return far === 0 ? u : u - side * v * w;
    },
    bound: (side, i) =>
      (side > 0 ? high[i] : low[i]) +
      side * width * scaled(i) * Math.max(Math.log(most / scaled(i)) - logarithm, 0),
    rest: middle,
  };
}

/** The y ≥ 0 with y + e^(y + l) − e^(l − y) = whole, where w = ω(whole + l). */
function both(whole: number, l: number, w: number): number {
  // Where both diodes conduct half way between the rails their sum is nearly 2 e^l sinh y.
  let y = l > -Math.LN2 ? Math.asinh(0.5 * whole * Math.exp(-l)) : Math.max(whole - w, 0);
  for (let k = 0; k < 8; k++) {
    const p = Math.exp(l + y);
    const q = Math.exp(l - y);
    const step = (y + p - q - whole) / (1 + p + q);
    y = Math.max(y - step, 0);
    if (Math.abs(step) <= 1e-16 * y) break;
  }
  return y;
}

/** I and dI/ds of the state across an element. */
export interface StateLaw {
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** A law of its user's and its mirror, I(s − high) − I(low − s), or one of them alone. */
export function customClamps(law: StateLaw, rails: ClampRails): SoftClamps {
  const { low, high, scale } = rails;
  const scaled = (i: number) => scale?.[i] ?? 1;
  const ends = [-1, 1].map(() => new Float64Array(low.length).fill(NaN));
  const nils = new Float64Array(low.length).fill(NaN);
  const value = (x: number, i: number) => scaled(i) * law.value(x / scaled(i));
  const slopeOf = (x: number, i: number) => law.slope(x / scaled(i));
  const current = (s: number, i: number) =>
    (high[i] === Infinity ? 0 : value(s - high[i], i)) -
    (low[i] === -Infinity ? 0 : value(low[i] - s, i));
  const slope = (s: number, i: number) =>
    (high[i] === Infinity ? 0 : slopeOf(s - high[i], i)) +
    (low[i] === -Infinity ? 0 : slopeOf(low[i] - s, i));
  const bound = (side: -1 | 1, i: number): number => {
    const known = ends[(side + 1) / 2];
    const only = onlySide(rails, i);
    if (only === 0 && low[i] === -Infinity) return side * Infinity;
    if (Number.isNaN(known[i])) {
      const from = only === 0 ? (side > 0 ? high[i] : low[i]) : restOf(rails, i);
      known[i] = from + side * reach((x) => side * current(from + side * x, i) < most);
    }
    return known[i];
  };
  /**
   * Where I is nil: half way between two, and at one alone where the law is nil at 0 V, as laws of
   * diodes are. Of a law that is nil nowhere the far bound.
   */
  const nil = (i: number): number => {
    const middle = restOf(rails, i);
    if (onlySide(rails, i) === 0 || current(middle, i) === 0) return middle;
    if (Number.isNaN(nils[i])) nils[i] = root((s) => current(s, i), bound(-1, i), bound(1, i));
    return nils[i];
  };
  return {
    current,
    slope,
    bound,
    // Each element by itself: between the rails the sum of both is little more than what rounding
    // leaves of it. Along the way that is left, not between two ends: of a short one these would
    // keep what rounding of the states leaves, times all that is drawn.
    work: (from, to, i) =>
      (high[i] === Infinity ? 0 : integral((x) => value(from - high[i] + x, i), to - from)) +
      (low[i] === -Infinity ? 0 : integral((x) => value(low[i] - from + x, i), from - to)),
    hold(u, a, i) {
      const middle = nil(i);
      // I is nil there, so that s lies between it and u.
      let from = u < middle ? Math.max(u, bound(-1, i)) : middle;
      let to = u < middle ? middle : Math.min(u, bound(1, i));
      let s = Math.min(Math.max(u, Math.max(from, low[i])), Math.min(to, high[i]));
      for (let k = 0; k < 200 && from < to; k++) {
        const off = s + a * current(s, i) - u;
        if (off > 0) to = s;
        else from = s;
        const step = off / (1 + a * slope(s, i));
        const next = s - step;
        if (next === s || off === 0) return s;
        // By halves where Newton's method leaves the bracket, and every third time, as it walks
        // where the law is exponential.
        s = next > from && next < to && k % 3 !== 2 ? next : 0.5 * (from + to);
        if (s === from || s === to) return s;
      }
      return s;
    },
    rest: (i) => restOf(rails, i),
  };
}

/**
 * How far one may go while it is held: no further than 2²¹, nor than twice where it first is not,
 * and where the law is still a number.
 */
export function reach(held: (x: number) => boolean): number {
  let beyond = 2 ** -20;
  while (beyond < most && held(beyond)) beyond *= 2;
  let from = beyond / 2;
  for (let k = 0; k < 50; k++) {
    const middle = 0.5 * (from + beyond);
    if (held(middle)) from = middle;
    else beyond = middle;
  }
  return from;
}

/** Where a function that rises passes through 0, by halves; an end where it does not. */
function root(f: (x: number) => number, from: number, to: number): number {
  for (let k = 0; k < 100; k++) {
    const middle = 0.5 * (from + to);
    if (f(middle) < 0) from = middle;
    else to = middle;
  }
  return to;
}

/** Nodes and weights of Gauss & Legendre on [−1, 1], eight points: the positive half. */
const nodes = [
  0.18343464249564980494, 0.52553240991632898582, 0.79666647741362673959, 0.96028985649753623168,
];
const weights = [
  0.36268378337836198297, 0.31370664587788728734, 0.22238103445337447054, 0.10122853629037625915,
];

/**
 * ∫ f from 0 to b, by halves until both say what the whole says, to 10⁻¹⁴ of the largest part met.
 */
function integral(f: (x: number) => number, b: number): number {
  let largest = 0;
  const rule = (from: number, to: number) => {
    const middle = 0.5 * (from + to);
    const half = 0.5 * (to - from);
    let sum = 0;
    for (let k = 0; k < 4; k++)
      sum += weights[k] * (f(middle - half * nodes[k]) + f(middle + half * nodes[k]));
    largest = Math.max(largest, Math.abs(half * sum));
    return half * sum;
  };
  const refine = (from: number, to: number, whole: number, depth: number): number => {
    // What matters most first: an exponential law at its far end.
    const middle = 0.5 * (from + to);
    const right = rule(middle, to);
    const left = rule(from, middle);
    // Nodes see nothing of a law that begins at the very end of a panel; the end does.
    const unseen =
      left === 0 && right === 0 && Math.abs((f(from) - f(to)) * (to - from)) > 1e-14 * largest;
    if (depth === 0 || !(unseen || Math.abs(left + right - whole) > 1e-14 * largest))
      return left + right;
    return refine(middle, to, right, depth - 1) + refine(from, middle, left, depth - 1);
  };
  return b === 0 ? 0 : refine(0, b, rule(0, b), 40);
}
