import type { Kernels } from "../../src/numerics/kernels/kernels.ts";
import { clip } from "./kernel-oracles.ts";

/** The y ≥ 0 with y + e^(y + l) − e^(l − y) = whole, by halves. */
export function balance(whole: number, l: number, both: boolean): number {
  let low = 0;
  let high = Math.max(whole, 0);
  for (let k = 0; k < 200; k++) {
    const y = 0.5 * (low + high);
    if (y + Math.exp(y + l) - (both ? Math.exp(l - y) : 0) < whole) low = y;
    else high = y;
  }
  return 0.5 * (low + high);
}

/** The kernels of rails that give, one unit at a time. */
export function clampOracles(
  R: Float32Array | Float64Array,
  bytes: number,
  round: (x: number) => number,
): Pick<
  Kernels,
  | "reachRows"
  | "holdLinear"
  | "holdDiodes"
  | "holdDiode"
  | "moveRows"
  | "gapRows"
  | "saturateRows"
  | "timesSaturationSlope"
  | "saturateMoves"
> {
  const add = (a: number, b: number) => round(a + b);
  const sub = (a: number, b: number) => round(a - b);
  const mul = (a: number, b: number) => round(a * b);
  const I = new Int32Array(R.buffer);
  const get = (ptr: number, i: number) => R[ptr / bytes + i];
  const put = (ptr: number, i: number, x: number) => {
    R[ptr / bytes + i] = x;
  };
  const rests = (active: number, r: number) => active !== 0 && I[active / 4 + r] === 0;
  const each = (
    rows: number,
    cols: number,
    active: number,
    visit: (r: number, c: number) => void,
  ) => {
    for (let r = 0; r < rows; r++)
      if (!rests(active, r)) for (let c = 0; c < cols; c++) visit(r, c);
  };
  return {
    reachRows(out, state, drive, change, stride, rows, cols, keep, rate, kick, active) {
      each(rows, cols, active, (r, c) => {
        const i = r * stride + c;
        if (change) put(drive, i, add(get(drive, i), get(change, i)));
        const next = add(mul(get(keep, c), get(state, i)), mul(get(rate, c), get(drive, i)));
        put(out, i, kick ? add(next, get(kick, i)) : next);
      });
    },
    holdLinear(x, stride, rows, cols, law, plane, active) {
      each(rows, cols, active, (r, c) => {
        const u = get(x, r * stride + c);
        const inside = clip(u, get(law, c), get(law, plane + c));
        put(x, r * stride + c, add(inside, mul(get(law, 2 * plane + c), sub(u, inside))));
      });
    },
    holdDiodes(x, stride, rows, cols, law, plane, turns, active) {
      each(rows, cols, active, (r, c) => {
        const [middle, half, v, , strength] = [0, 1, 2, 3, 4].map((k) => get(law, k * plane + c));
        const off = get(x, r * stride + c) - middle;
        put(
          x,
          r * stride + c,
          middle + Math.sign(off) * v * balance(Math.abs(off) / v, strength - half / v, turns > 0),
        );
      });
    },
    holdDiode(x, stride, rows, cols, law, plane, active) {
      each(rows, cols, active, (r, c) => {
        const i = r * stride + c;
        const [rail, v, , strength] = [0, 1, 2, 3].map((k) => get(law, k * plane + c));
        // Towards the rail and beyond it, t + v e^ℓ (e^(t/v) − 1) = u: by halves between 0 and u.
        const width = Math.abs(v);
        const u = Math.sign(v) * (get(x, i) - rail);
        let low = Math.min(u, 0);
        let high = Math.max(u, 0);
        for (let k = 0; k < 200; k++) {
          const t = 0.5 * (low + high);
          if (t + width * Math.exp(strength) * Math.expm1(t / width) < u) low = t;
          else high = t;
        }
        if (v !== 0) put(x, i, rail + Math.sign(v) * 0.5 * (low + high));
      });
    },
    moveRows(
      state,
      next,
      stride,
      rows,
      cols,
      low,
      high,
      active,
      index,
      value,
      listStride,
      count,
      countStride,
    ) {
      for (let r = 0; r < rows; r++) {
        let n = 0;
        for (let c = 0; c < cols && !rests(active, r); c++) {
          const i = r * stride + c;
          const old = get(state, i);
          const now = clip(get(next, i), get(low, c), get(high, c));
          put(state, i, now);
          if (now === old) continue;
          I[index / 4 + r * listStride + n] = c;
          put(value, r * listStride + n++, sub(now, old));
        }
        I[count / 4 + r * countStride] = n;
      }
    },
    saturateRows(out, s, stride, rows, cols, l) {
      each(rows, cols, 0, (r, c) => {
        put(out, r * stride + c, round(l) * Math.tanh(get(s, r * stride + c) / round(l)));
      });
    },
    timesSaturationSlope(v, s, stride, rows, cols, l) {
      each(rows, cols, 0, (r, c) => {
        put(
          v,
          r * stride + c,
          get(v, r * stride + c) / Math.cosh(get(s, r * stride + c) / round(l)) ** 2,
        );
      });
    },
    saturateMoves(state, was, stride, rows, _, l, index, value, listStride, count, countStride) {
      for (let r = 0; r < rows; r++) {
        const n = I[count / 4 + r * countStride];
        for (let k = 0; k < n; k++) {
          const at = r * stride + I[index / 4 + r * listStride + k];
          const before = get(was, at);
          put(was, at, round(l) * Math.tanh(get(state, at) / round(l)));
          put(value, r * listStride + k, sub(get(was, at), before));
        }
      }
    },
    gapRows(gap, a, b, stride, rows, cols) {
      for (let r = 0; r < rows; r++) {
        let top = 0;
        for (let c = 0; c < cols; c++)
          top = Math.max(top, Math.abs(sub(get(a, r * stride + c), get(b, r * stride + c))));
        put(gap, r, top);
      }
    },
  };
}
