import { omega } from "../numerics/omega.ts";

/**
 * Rails that give: each draws a current I(s) from its unit, in units of G_L V_s, that is nil half way between the rails and
 * never falls as s rises. C ds/dt takes it from the force F, and the energy is that of F and the co-content ∫ I ds.
 */
export interface SoftClamps {
  /** I of unit i. */
  current(s: number, i: number): number;
  /** dI/ds. */
  slope(s: number, i: number): number;
  /** ∫ I ds from one state to another, without the cancellation of a difference. */
  work(from: number, to: number, i: number): number;
  /**
   * The resolvent: the s at which s + a I(s) = u. With a = dt it is an implicit step of the clamp alone; as a clamp stiffens it
   * becomes clip(u), whatever a is.
   */
  hold(u: number, a: number, i: number): number;
  /** A state beyond which no current of a circuit holds a unit, below (−1) or above (1): there |I| ≥ 2²⁰ by itself. */
  bound(side: -1 | 1, i: number): number;
}

/** Where the clamps of the units begin, as states. */
export interface ClampRails { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> }

/** Currents, over G_L V_s, that nothing in a circuit drives. */
const most = 2 ** 20;

/** I = k (s − clip(s)), k the conductance over G_L. */
export function linearClamps(k: number, { low, high }: ClampRails): SoftClamps {
  const beyond = (s: number, i: number) => s - Math.min(Math.max(s, low[i]), high[i]);
  return {
    current: (s, i) => k * beyond(s, i),
    slope: (s, i) => (s < low[i] || s > high[i] ? k : 0),
    work(from, to, i) {
      const a = beyond(from, i), b = beyond(to, i);
      return 0.5 * k * (b - a) * (b + a);
    },
    hold(u, a, i) {
      const inside = Math.min(Math.max(u, low[i]), high[i]);
      return inside + (u - inside) / (1 + a * k);
    },
    bound: (side, i) => (side > 0 ? high[i] : low[i]) + (side * most) / k,
  };
}

/** Of diodes, in units of the state: v = n U_T / V_s, and I_s / (G_L V_s). */
export interface DiodeLaw { readonly saturation: number; readonly width: number }

/**
 * A diode to each rail, I = I_s (e^((s − high)/v) − e^((low − s)/v)): both saturation currents cancel. With y = |s − middle|/v and
 * Y the same of u, s + a I(s) = u is y + e^(y + ℓ) − e^(ℓ − y) = Y, ℓ = ln(a I_s/v) − (high − low)/2v; the diode that is far away
 * left out, y = Y − ω(Y + ℓ) = ln ω − ℓ, from where Newton's method finishes.
 */
export function diodeClamps({ saturation, width: v }: DiodeLaw, { low, high }: ClampRails): SoftClamps {
  const logarithm = Math.log(saturation);
  /** The currents to the high and from the low rail. */
  const up = (s: number, i: number) => Math.exp((s - high[i]) / v + logarithm), down = (s: number, i: number) => Math.exp((low[i] - s) / v + logarithm);
  return {
    current: (s, i) => up(s, i) - down(s, i),
    slope: (s, i) => (up(s, i) + down(s, i)) / v,
    work(from, to, i) {
      const x = (to - from) / v;
      if (Math.abs(x) > 1) return v * (up(to, i) - up(from, i) + down(to, i) - down(from, i));
      return v * (up(from, i) * Math.expm1(x) + down(from, i) * Math.expm1(-x));
    },
    hold(u, a, i) {
      const middle = 0.5 * (low[i] + high[i]), half = 0.5 * (high[i] - low[i]), side = u < middle ? -1 : 1, far = Math.abs(u - middle);
      const strength = Math.log(a / v) + logarithm, w = omega((far - half) / v + strength), l = strength - half / v;
      if (l >= -40) return middle + side * v * both(far / v, l, w);
      // ln w = y + l, where a difference of large currents would lose what is left of u.
      if (w > 1) return middle + side * (half + v * (Math.log(w) - strength));
      return far === 0 ? u : u - side * v * w;
    },
    bound: (side, i) => (side > 0 ? high[i] : low[i]) + side * v * Math.max(Math.log(most) - logarithm, 0),
  };
}

/** The y ≥ 0 with y + e^(y + l) − e^(l − y) = whole, where w = ω(whole + l). */
function both(whole: number, l: number, w: number): number {
  // Where both diodes conduct half way between the rails their sum is nearly 2 e^l sinh y.
  let y = l > -Math.LN2 ? Math.asinh(0.5 * whole * Math.exp(-l)) : Math.max(whole - w, 0);
  for (let k = 0; k < 8; k++) {
    const p = Math.exp(l + y), q = Math.exp(l - y), step = (y + p - q - whole) / (1 + p + q);
    y = Math.max(y - step, 0);
    if (Math.abs(step) <= 1e-16 * y) break;
  }
  return y;
}

/** I and dI/ds of the state across an element. */
export interface StateLaw { readonly value: (x: number) => number; readonly slope: (x: number) => number }

/** A law of its user's and its mirror, I(s − high) − I(low − s). */
export function customClamps(law: StateLaw, { low, high }: ClampRails): SoftClamps {
  const current = (s: number, i: number) => law.value(s - high[i]) - law.value(low[i] - s);
  const slope = (s: number, i: number) => law.slope(s - high[i]) + law.slope(low[i] - s);
  const bounds = new Map<number, number>();
  /** How far beyond its rail a unit with `half` the distance of its rails has the largest current. */
  const reach = (half: number): number => {
    let beyond = 2 ** -20;
    const held = (x: number) => law.value(x) - law.value(-2 * half - x) < most;
    while (beyond < most && held(beyond)) beyond *= 2;
    // No further than twice that, and where the law is still a number.
    let from = beyond / 2;
    for (let k = 0; k < 50; k++) {
      const middle = 0.5 * (from + beyond);
      if (held(middle)) from = middle; else beyond = middle;
    }
    return from;
  };
  const bound = (side: -1 | 1, i: number): number => {
    const half = 0.5 * (high[i] - low[i]), known = bounds.get(half) ?? reach(half);
    bounds.set(half, known);
    return (side > 0 ? high[i] : low[i]) + side * known;
  };
  return {
    current, slope, bound,
    // Each element by itself: between the rails the sum of both is little more than what rounding leaves of it.
    work: (from, to, i) => integral(law.value, from - high[i], to - high[i]) + integral(law.value, low[i] - from, low[i] - to),
    hold(u, a, i) {
      const middle = 0.5 * (low[i] + high[i]);
      // I is nil in the middle, so that s lies between there and u.
      let from = u < middle ? Math.max(u, bound(-1, i)) : middle, to = u < middle ? middle : Math.min(u, bound(1, i));
      let s = Math.min(Math.max(u, Math.max(from, low[i])), Math.min(to, high[i]));
      for (let k = 0; k < 200 && from < to; k++) {
        const off = s + a * current(s, i) - u;
        if (off > 0) to = s; else from = s;
        const step = off / (1 + a * slope(s, i)), next = s - step;
        if (next === s || off === 0) return s;
        // By halves where Newton's method leaves the bracket, and every third time, as it walks where the law is exponential.
        s = next > from && next < to && k % 3 !== 2 ? next : 0.5 * (from + to);
        if (s === from || s === to) return s;
      }
      return s;
    },
  };
}

/** Nodes and weights of Gauss & Legendre on [−1, 1], eight points: the positive half. */
const nodes = [0.18343464249564980494, 0.52553240991632898582, 0.79666647741362673959, 0.96028985649753623168];
const weights = [0.36268378337836198297, 0.31370664587788728734, 0.22238103445337447054, 0.10122853629037625915];

/** ∫ f from a to b, by halves until both say what the whole says, to 10⁻¹⁴ of the largest part met. */
function integral(f: (x: number) => number, a: number, b: number): number {
  let largest = 0;
  const rule = (from: number, to: number) => {
    const middle = 0.5 * (from + to), half = 0.5 * (to - from);
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += weights[k] * (f(middle - half * nodes[k]) + f(middle + half * nodes[k]));
    largest = Math.max(largest, Math.abs(half * sum));
    return half * sum;
  };
  const refine = (from: number, to: number, whole: number, depth: number): number => {
    // What matters most first: an exponential law at its far end.
    const middle = 0.5 * (from + to), right = rule(middle, to), left = rule(from, middle);
    // Nodes see nothing of a law that begins at the very end of a panel; the end does.
    const unseen = left === 0 && right === 0 && Math.abs((f(from) - f(to)) * (to - from)) > 1e-14 * largest;
    if (depth === 0 || !(unseen || Math.abs(left + right - whole) > 1e-14 * largest)) return left + right;
    return refine(middle, to, right, depth - 1) + refine(from, middle, left, depth - 1);
  };
  return a === b ? 0 : refine(a, b, rule(a, b), 40);
}
