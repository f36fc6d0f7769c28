// The dynamics of one layer, from carried drives: drive = b + x·W + Σ W s (+ λ sᶠ + 2β y).

import { BYTES, LANES, clip, horizontalMax, horizontalSum, mulAdd } from "./real";

/** Shuffles that move the lanes named by a 4-bit mask to the front: entry m is at m·16. */
const COMPACT = memory.data<u8>([
  0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,     0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,
  4,5,6,7,0,0,0,0,0,0,0,0,0,0,0,0,           0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,
  8,9,10,11,0,0,0,0,0,0,0,0,0,0,0,0,         0,1,2,3,8,9,10,11,0,0,0,0,0,0,0,0,
  4,5,6,7,8,9,10,11,0,0,0,0,0,0,0,0,         0,1,2,3,4,5,6,7,8,9,10,11,0,0,0,0,
  12,13,14,15,0,0,0,0,0,0,0,0,0,0,0,0,       0,1,2,3,12,13,14,15,0,0,0,0,0,0,0,0,
  4,5,6,7,12,13,14,15,0,0,0,0,0,0,0,0,       0,1,2,3,4,5,6,7,12,13,14,15,0,0,0,0,
  8,9,10,11,12,13,14,15,0,0,0,0,0,0,0,0,     0,1,2,3,8,9,10,11,12,13,14,15,0,0,0,0,
  4,5,6,7,8,9,10,11,12,13,14,15,0,0,0,0,     0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,
]);

/**
 * One projected Euler step of a layer, s ← clip(keep·s + rate·drive, low, high), listing what moved.
 * Lists hold (unit, change); they need room for `cols` + LANES entries a row.
 */
export function stepLayer(state: usize, drive: usize, stride: i32, rows: i32, cols: i32,
  keep: usize, rate: usize, low: usize, high: usize,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const s = state + <usize>(r * stride) * BYTES, d = drive + <usize>(r * stride) * BYTES;
    const first = <usize>(r * listStride);
    let n = first;
    let lanes = i32x4(0, 1, 2, 3);
    for (let at: usize = 0; at < width; at += 16) {
      const old = v128.load(s + at);
      const now = clip(mulAdd(v128.load(rate + at), v128.load(d + at), v128.mul<real>(v128.load(keep + at), old)), v128.load(low + at), v128.load(high + at));
      v128.store(s + at, now);
      const differs = v128.ne<real>(now, old);
      const moved = sizeof<real>() == 4 ? v128.bitmask<i32>(differs) : v128.bitmask<i64>(differs);
      if (moved) {
        const change = v128.sub<real>(now, old);
        if (sizeof<real>() == 4) {
          const shuffle = v128.load(COMPACT + (<usize>moved << 4));
          v128.store(value + (n << 2), v128.swizzle(change, shuffle));
          v128.store(index + (n << 2), v128.swizzle(lanes, shuffle));
          n += <usize>popcnt(moved);
        } else {
          const unit = <i32>(at / BYTES);
          store<real>(value + n * BYTES, v128.extract_lane<real>(change, 0));
          store<i32>(index + (n << 2), unit);
          n += <usize>(moved & 1);
          store<real>(value + n * BYTES, v128.extract_lane<real>(change, 1));
          store<i32>(index + (n << 2), unit + 1);
          n += <usize>(moved >> 1);
        }
      }
      lanes = v128.add<i32>(lanes, i32x4.splat(4));
    }
    store<i32>(count + (<usize>(r * countStride) << 2), <i32>(n - first));
  }
}

/** out ← rate·(drive − curvature·s): the drift, elementwise. */
export function driftRows(out: usize, state: usize, drive: usize, stride: i32, rows: i32, cols: i32, rate: usize, curvature: usize): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 16) {
      const force = v128.sub<real>(v128.load(drive + row + at), v128.mul<real>(v128.load(curvature + at), v128.load(state + row + at)));
      v128.store(out + row + at, v128.mul<real>(v128.load(rate + at), force));
    }
  }
}

/** residual[r] ← max |s − clip(s + drive − curvature·s)| over the units of row r. A NaN gives NaN. */
export function residualRows(residual: usize, state: usize, drive: usize, stride: i32, rows: i32, cols: i32,
  curvature: usize, low: usize, high: usize): void {
  const width = <usize>cols * BYTES;
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    let top = v128.splat<real>(0);
    for (let at: usize = 0; at < width; at += 16) {
      const s = v128.load(state + row + at);
      const force = v128.sub<real>(v128.load(drive + row + at), v128.mul<real>(v128.load(curvature + at), s));
      const to = clip(v128.add<real>(s, force), v128.load(low + at), v128.load(high + at));
      top = v128.max<real>(top, v128.abs<real>(v128.sub<real>(s, to)));
    }
    store<real>(residual + <usize>r * BYTES, horizontalMax(top));
  }
}

/** energy[r] ← Σ ½ curvature s² − ½ s (still + drive): eq. 1 with its λ and β terms, but for constants. */
export function energyRows(energy: usize, state: usize, drive: usize, still: usize, stride: i32, rows: i32, cols: i32, curvature: usize): void {
  const width = <usize>cols * BYTES, half = v128.splat<real>(0.5);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    let sum = v128.splat<real>(0);
    for (let at: usize = 0; at < width; at += 16) {
      const s = v128.load(state + row + at);
      const own = v128.mul<real>(v128.load(curvature + at), s);
      const field = v128.add<real>(v128.load(drive + row + at), v128.load(still + row + at));
      sum = mulAdd(v128.mul<real>(half, s), v128.sub<real>(own, field), sum);
    }
    store<real>(energy + <usize>r * BYTES, horizontalSum(sum));
  }
}
