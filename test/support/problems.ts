import type { Dynamics, Noise } from "../../src/dynamics/dynamics.ts";
import type { Vec } from "../../src/numerics/vec.ts";

/**
 * Dynamics in plain functions of one sample: s, v and out are rows [size], r is the sample's
 * number.
 */
export interface Problem {
  readonly size: number;
  /** Samples; 1 unless given. */
  readonly batch?: number;
  readonly force: (s: Float64Array, out: Float64Array, r: number) => void;
  readonly jacobian: (s: Float64Array, v: Float64Array, out: Float64Array, r: number) => void;
  readonly energy?: (s: Float64Array, r: number) => number;
  /** Rails, one for all units or one each; −∞ and ∞ unless given. */
  readonly low?: number | ArrayLike<number>;
  readonly high?: number | ArrayLike<number>;
  /** 1 unless given. */
  readonly rate?: number | ArrayLike<number>;
  readonly curvature?: number | ArrayLike<number>;
  readonly noise?: Noise;
  /** One sweep of exact minimisation of the row s, in place. */
  readonly sweep?: (s: Float64Array, r: number) => void;
}

/** What a solver asked of one sample: forces and products with the Jacobian. */
export interface Asked {
  forces: number;
  products: number;
}

/** The `Dynamics` of a problem, with a count of what was asked of each sample. */
export function problem(p: Problem): Dynamics & { readonly asked: readonly Asked[] } {
  const { size, batch = 1 } = p;
  const each = (of: number | ArrayLike<number> | undefined, otherwise: number) =>
    Float64Array.from({ length: size }, (_, i) =>
      of === undefined ? otherwise : typeof of === "number" ? of : of[i],
    );
  const low = each(p.low, -Infinity);
  const high = each(p.high, Infinity);
  const rate = each(p.rate, 1);
  const curvature = each(p.curvature, 1);
  const row = (s: Vec, r: number) => Float64Array.from(s.subarray(r * size, (r + 1) * size));
  const clipped = (s: number, i: number) => Math.min(Math.max(s, low[i]), high[i]);
  const asked = Array.from({ length: batch }, (): Asked => ({ forces: 0, products: 0 }));
  const out = new Float64Array(size);
  const all = Array.from({ length: batch }, (_, r) => r);
  const residual = (s: Float64Array, r: number) => {
    p.force(s, out, r);
    return s.reduce((top, v, i) => Math.max(top, Math.abs(v - clipped(v + out[i], i))), 0);
  };
  const taken = new Int32Array(batch);
  return {
    asked,
    batch,
    capacity: batch,
    first: 0,
    last: batch,
    size,
    tauSeconds: 1,
    rate,
    low,
    high,
    curvature,
    stepsTaken: { array: taken },
    force(s, to, active) {
      for (const r of all) {
        if (active?.[r] === 0) continue;
        asked[r].forces++;
        p.force(row(s, r), out, r);
        to.set(out, r * size);
      }
    },
    jacobian(s, v, to, active) {
      for (const r of all) {
        if (active?.[r] === 0) continue;
        asked[r].products++;
        p.jacobian(row(s, r), row(v, r), out, r);
        to.set(out, r * size);
      }
    },
    project(s) {
      for (let i = 0; i < batch * size; i++) s[i] = clipped(s[i], i % size);
    },
    residual(s, to) {
      for (const r of all) to[r] = residual(row(s, r), r);
    },
    ...(p.energy && {
      energy(s: Vec, to: Vec) {
        for (const r of all) to[r] = p.energy!(row(s, r), r);
      },
    }),
    ...(p.noise && { noise: p.noise }),
    ...(p.sweep && {
      sweep(s: Vec, sweeps: number, until = -1) {
        for (const r of all) {
          const mine = row(s, r);
          for (taken[r] = 0; taken[r] < sweeps; taken[r]++) {
            if (taken[r] > 0 && residual(mine, r) <= until) break;
            p.sweep!(mine, r);
          }
          s.set(mine, r * size);
        }
      },
    }),
  };
}

/**
 * Box QPs, one a sample, sharing a symmetric H (rows of a flat [n × n]): E = ½ sᵀHs − bᵣ·s, F = bᵣ
 * − H s. Sweeps take the units one by one, each to its minimum between the rails; a concave one to
 * the better rail.
 */
export function boxProblem(
  h: ArrayLike<number>,
  b: readonly ArrayLike<number>[],
  low: number | ArrayLike<number>,
  high: number | ArrayLike<number>,
): Dynamics & { readonly asked: readonly Asked[] } {
  const n = b[0].length;
  const at = (of: number | ArrayLike<number>, i: number) => (typeof of === "number" ? of : of[i]);
  const times = (s: ArrayLike<number>, i: number) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += h[i * n + j] * s[j];
    return sum;
  };
  return problem({
    size: n,
    batch: b.length,
    low,
    high,
    curvature: Array.from({ length: n }, (_, i) => h[i * n + i]),
    force(s, out, r) {
      for (let i = 0; i < n; i++) out[i] = b[r][i] - times(s, i);
    },
    jacobian(_, v, out) {
      for (let i = 0; i < n; i++) out[i] = -times(v, i);
    },
    energy(s, r) {
      return s.reduce((e, v, i) => e + v * (0.5 * times(s, i) - b[r][i]), 0);
    },
    sweep(s, r) {
      for (let i = 0; i < n; i++) {
        const c = h[i * n + i];
        const drive = b[r][i] - times(s, i) + c * s[i];
        const lo = at(low, i);
        const hi = at(high, i);
        s[i] =
          c > 0 ? Math.min(Math.max(drive / c, lo), hi) : drive > 0.5 * c * (lo + hi) ? hi : lo;
      }
    },
  });
}
