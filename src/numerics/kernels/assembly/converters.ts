// Data converters.

import { BYTES } from "./real";

/** out ← low + span·k / top, k = round((a − low) / span · top) within 0 … top, row by row: in double precision and with halves rounded up, as JavaScript's Math.round has it. */
export function quantiseRows(out: usize, a: usize, stride: i32, rows: i32, cols: i32, low: f64, span: f64, top: f64): void {
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at = row; at < row + <usize>cols * BYTES; at += 16) {
      const x = v128.load(a + at);
      if (sizeof<real>() == 8) v128.store(out + at, level(x, low, span, top));
      else {
        const first = f32x4.demote_f64x2_zero(level(f64x2.promote_low_f32x4(x), low, span, top));
        const second = f32x4.demote_f64x2_zero(level(f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1)), low, span, top));
        v128.store(out + at, i64x2.shuffle(first, second, 0, 2));
      }
    }
  }
}

// @ts-ignore: decorator
@inline function level(x: v128, low: f64, span: f64, top: f64): v128 {
  const lowest = f64x2.splat(low), width = f64x2.splat(span), most = f64x2.splat(top), one = f64x2.splat(1);
  const shifted = f64x2.sub(x, lowest), t = f64x2.mul(span == 1 ? shifted : f64x2.div(shifted, width), most), above = f64x2.ceil(t);
  const whole = v128.bitselect(f64x2.sub(above, one), above, f64x2.gt(f64x2.sub(above, f64x2.splat(0.5)), t));
  return f64x2.add(lowest, f64x2.mul(width, f64x2.div(f64x2.min(f64x2.max(whole, f64x2.splat(0)), most), most)));
}
