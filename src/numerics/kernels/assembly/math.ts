// Elementary functions on vectors. In single precision by Cephes' polynomials (Moshier 1989), in double lane by lane.

import { ln } from "./noise";

// Constants come from memory, as in `noise`.
const constants: usize = memory.data<f32>([
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1,
  1.44269504088896341, 0.693359375, -2.12194440e-4, -87, 88,
  -5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1,
], 16);
// @ts-ignore: decorator
@inline function constant(k: usize): v128 { return v128.load32_splat(constants + (k << 2)); }
// @ts-ignore: decorator
@inline function horner(p: v128, x: v128, k: usize): v128 { return f32x4.add(f32x4.mul(p, x), constant(k)); }

/** e^x within 2 ulp. In single precision x is taken for −87 below it and for 88 above; a NaN stays one. */
// @ts-ignore: decorator
@inline export function exps(x: v128): v128 {
  if (sizeof<real>() == 8) return f64x2.replace_lane(f64x2.splat(Math.exp(f64x2.extract_lane(x, 0))), 1, Math.exp(f64x2.extract_lane(x, 1)));
  x = f32x4.min(f32x4.max(x, constant(10)), constant(11));
  const n = f32x4.nearest(f32x4.mul(x, constant(7))), r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(8))), f32x4.mul(n, constant(9)));
  const p = horner(horner(horner(horner(horner(constant(0), r, 1), r, 2), r, 3), r, 4), r, 5);
  const y = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), constant(6));
  return f32x4.mul(y, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23));
}

/** ln x for positive x within 2 ulp, of normal numbers in single precision. */
// @ts-ignore: decorator
@inline export function logs(x: v128): v128 {
  if (sizeof<real>() == 8) return f64x2.replace_lane(f64x2.splat(Math.log(f64x2.extract_lane(x, 0))), 1, Math.log(f64x2.extract_lane(x, 1)));
  return ln(x);
}

/** tanh x within 3 ulp; a NaN stays one. */
// @ts-ignore: decorator
@inline export function tanhs(x: v128): v128 {
  if (sizeof<real>() == 8) return f64x2.replace_lane(f64x2.splat(Math.tanh(f64x2.extract_lane(x, 0))), 1, Math.tanh(f64x2.extract_lane(x, 1)));
  // 1 − 2/(e^2|x| + 1) loses digits near 0, where a series does not.
  const far = f32x4.abs(x), z = f32x4.mul(x, x), p = horner(horner(horner(horner(constant(12), z, 13), z, 14), z, 15), z, 16);
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x);
  const large = f32x4.sub(constant(6), f32x4.div(f32x4.splat(2), f32x4.add(exps(f32x4.add(far, far)), constant(6))));
  return v128.bitselect(near, v128.or(large, v128.and(x, f32x4.splat(-0.0))), f32x4.lt(far, f32x4.splat(0.625)));
}

// @ts-ignore: decorator
@inline function k(x: f64): v128 { return v128.splat<real>(<real>x); }
// @ts-ignore: decorator
@inline function plus(a: v128, b: v128): v128 { return v128.add<real>(a, b); }
// @ts-ignore: decorator
@inline function minus(a: v128, b: v128): v128 { return v128.sub<real>(a, b); }
// @ts-ignore: decorator
@inline function times(a: v128, b: v128): v128 { return v128.mul<real>(a, b); }
// @ts-ignore: decorator
@inline function over(a: v128, b: v128): v128 { return v128.div<real>(a, b); }

/**
 * Wright's ω(z) = W(e^z), the ω with ω + ln ω = z: a start within 4 % (Iacono & Boyd 2017) and steps of order four
 * (Fritsch, Shafer & Crowley 1973), one in single and two in double precision. Below −85, in double −700, z is taken for that.
 */
// @ts-ignore: decorator
@inline export function omega(given: v128): v128 {
  const one = k(1), z = v128.max<real>(given, sizeof<real>() == 4 ? k(-85) : k(-700));
  // Far below −1 ω is nearly e^z; there softplus would lose its digits.
  const x = exps(v128.min<real>(z, v128.neg<real>(z))), l = plus(v128.max<real>(z, k(0)), logs(plus(one, x)));
  const high = times(l, minus(one, over(logs(plus(one, l)), plus(k(2), l))));
  let w = v128.bitselect(over(x, plus(one, x)), high, v128.lt<real>(z, k(-1)));
  for (let step = sizeof<real>() == 4 ? 1 : 2; step > 0; step--) {
    const r = minus(minus(z, w), logs(w)), next = plus(one, w), t = times(next, plus(next, times(k(2.0 / 3.0), r)));
    w = times(w, plus(one, times(over(r, next), over(minus(t, times(k(0.5), r)), minus(t, r)))));
  }
  return w;
}
