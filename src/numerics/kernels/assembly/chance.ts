// Random words and numbers of synapses, four columns at a time, as a pure function of (key, moment, row, column), and the
// exponential that laws need; in single precision.

import { mix } from "./noise";

/** Two lanes, or all four, of numbers in single precision. */
// @ts-ignore: decorator
@inline export function reals(x: v128, half: i32): v128 {
  if (sizeof<real>() == 4) return x;
  return f64x2.promote_low_f32x4(half ? v128.shuffle<i64>(x, x, 1, 1) : x);
}

// Constants come from memory: spelt out, V8 puts each together anew in every turn of a loop.
const integers: usize = memory.data<u32>([0x7feb352d, 0x7feb352d, 0x7feb352d, 0x7feb352d, 0x846ca68b, 0x846ca68b, 0x846ca68b, 0x846ca68b, 1, 1, 1, 1], 16);
const units: usize = memory.data<f32>([5.9604644775390625e-8, 5.9604644775390625e-8, 5.9604644775390625e-8, 5.9604644775390625e-8], 16);

/** Uniform on [0, 1): the upper 24 bits. */
// @ts-ignore: decorator
@inline export function fraction(bits: v128): v128 { return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), v128.load(units)); }

/** What the words of a programming begin with: four lanes that begin differently. */
// @ts-ignore: decorator
@inline export function beginWords(key: i32, moment: i32): v128 {
  return mix(i32x4.add(mix(v128.xor(i32x4(0x243f6a88, <i32>0x85a308d3, 0x13198a2e, 0x03707344), i32x4.splat(key))), i32x4.splat(moment)));
}
// @ts-ignore: decorator
@inline export function beginRow(seed: v128, row: i32): v128 { return mix(i32x4.add(seed, i32x4.splat(row))); }

/** Four columns of a row, by their number from there on; and the next four. */
// @ts-ignore: decorator
@inline export function firstColumn(row: v128, group: i32): v128 { return i32x4.add(row, i32x4.splat(group)); }
// @ts-ignore: decorator
@inline export function nextColumn(column: v128): v128 { return i32x4.add(column, v128.load(integers, 32)); }

/** The first word of each of four columns, by `mix` but for its last step; and the k-th after it. */
// @ts-ignore: decorator
@inline export function wordOf(column: v128): v128 {
  const x = i32x4.mul(v128.xor(column, i32x4.shr_u(column, 16)), v128.load(integers));
  return i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), v128.load(integers, 16));
}
// @ts-ignore: decorator
@inline export function wordAfter(word: v128, k: i32): v128 { return mix(i32x4.add(word, i32x4.splat(k * <i32>0x9e3779b9))); }

const powers: usize = memory.data<f32>([1.44269504, 0.693359375, -2.12194440e-4, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 87, -87], 16);
// @ts-ignore: decorator
@inline function power(k: usize): v128 { return v128.load32_splat(powers + (k << 2)); }

/** e^x by Cephes' expf (Moshier 1989), in single precision, |x| held below 87. */
// @ts-ignore: decorator
@inline function exp32(argument: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(argument, power(11)), power(10)), k = f32x4.nearest(f32x4.mul(x, power(0)));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(k, power(1))), f32x4.mul(k, power(2)));
  let p = power(3);
  for (let i: usize = 4; i < 9; i++) p = f32x4.add(f32x4.mul(p, r), power(i));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), power(9));
  return f32x4.mul(y, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23));
}
// @ts-ignore: decorator
@inline export function exponential(x: v128): v128 {
  if (sizeof<real>() == 4) return exp32(x);
  return f64x2.promote_low_f32x4(exp32(f32x4.demote_f64x2_zero(x)));
}

