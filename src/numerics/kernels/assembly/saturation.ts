// Transconductors that saturate: of a unit at s the others see σ(s) = l tanh(s/l).

import { BYTES, LANES } from "./real";
import { tanhs } from "./math";

// @ts-ignore: decorator
@inline function seen(s: v128, l: v128): v128 { return v128.mul<real>(l, tanhs(v128.div<real>(s, l))); }

/** out ← l tanh(s/l), row by row, of any number of columns. */
export function saturateRows(out: usize, s: usize, stride: i32, rows: i32, cols: i32, l: real): void {
  const range = v128.splat<real>(l);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    let c = 0;
    for (; c + LANES <= cols; c += LANES) v128.store(out + row + <usize>c * BYTES, seen(v128.load(s + row + <usize>c * BYTES), range));
    for (; c < cols; c++) store<real>(out + row + <usize>c * BYTES, v128.extract_lane<real>(seen(v128.load_splat<real>(s + row + <usize>c * BYTES), range), 0));
  }
}

/** v ← v σ′(s) = v (1 − tanh²(s/l)), row by row. */
export function timesSaturationSlope(v: usize, s: usize, stride: i32, rows: i32, cols: i32, l: real): void {
  const range = v128.splat<real>(l), one = v128.splat<real>(1);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at = row; at < row + <usize>cols * BYTES; at += 16) {
      const t = tanhs(v128.div<real>(v128.load(s + at), range));
      v128.store(v + at, v128.mul<real>(v128.load(v + at), v128.mul<real>(v128.sub<real>(one, t), v128.add<real>(one, t))));
    }
  }
}

/** Makes lists of what moved those of what is seen to move: `was` holds σ of the states before, and then of those now. */
export function saturateMoves(state: usize, was: usize, stride: i32, rows: i32, cols: i32, l: real, index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  for (let r = 0; r < rows; r++) {
    const n = <usize>load<i32>(count + (<usize>(r * countStride) << 2));
    if (n == 0) continue;
    const row = <usize>(r * stride) * BYTES, units = index + (<usize>(r * listStride) << 2), changes = value + <usize>(r * listStride) * BYTES;
    for (let k: usize = 0; k < n; k++) store<real>(changes + k * BYTES, load<real>(was + row + <usize>load<u32>(units + (k << 2)) * BYTES));
    saturateRows(was + row, state + row, stride, 1, cols, l);
    for (let k: usize = 0; k < n; k++) store<real>(changes + k * BYTES, load<real>(was + row + <usize>load<u32>(units + (k << 2)) * BYTES) - load<real>(changes + k * BYTES));
  }
}
