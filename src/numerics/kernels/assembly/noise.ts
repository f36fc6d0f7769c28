// Gaussian noise as a pure function of where and when: no state is kept, so a resumed run, another number
// of threads or another browser draws the same numbers. Single precision throughout, also for f64.

import { BYTES } from "./real";

// @ts-ignore: decorator
@inline function rotate(x: v128, k: i32): v128 { return v128.or(i32x4.shl(x, k), i32x4.shr_u(x, 32 - k)); }

/** A mix of 32 bits with full avalanche: Wellons' lowbias32. */
// @ts-ignore: decorator
@inline function mix(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(<i32>0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** Uniform on (0, 1]: the upper 24 bits plus one, times 2⁻²⁴. */
// @ts-ignore: decorator
@inline function unit(bits: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_u(bits, 8), i32x4.splat(1))), f32x4.splat(5.9604644775390625e-8));
}

/** ln x for x in (0, 1]: exponent and mantissa, then the series of Cephes' logf (Moshier 1989); error below 2 ulp. */
// @ts-ignore: decorator
@inline function ln(x: v128): v128 {
  const one = f32x4.splat(1);
  // Mantissa in [√½, √2): subtracting the bits of √½ moves the exponent's carry to the right place.
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = f32x4.sub(i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3)), one);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, m), f32x4.splat(3.3333331174e-1));
  const m2 = f32x4.mul(m, m);
  let y = f32x4.mul(f32x4.mul(p, m), m2);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(m2, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(m, y), f32x4.mul(e, f32x4.splat(0.693359375)));
}

/** The nearest quarter turn to u turns. */
// @ts-ignore: decorator
@inline function quarter(u: v128): v128 { return f32x4.floor(f32x4.add(f32x4.mul(u, f32x4.splat(4)), f32x4.splat(0.5))); }

// sin x and cos x for x in [−π/4, π/4], by Cephes' sinf and cosf.

// @ts-ignore: decorator
@inline function sine(x: v128, x2: v128): v128 {
  let p = f32x4.splat(-1.9515295891e-4);
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(8.3321608736e-3));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(-1.6666654611e-1));
  return f32x4.add(x, f32x4.mul(f32x4.mul(p, x2), x));
}

// @ts-ignore: decorator
@inline function cosine(x2: v128): v128 {
  let p = f32x4.splat(2.443315711809948e-5);
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(-1.388731625493765e-3));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(4.166664568298827e-2));
  return f32x4.add(f32x4.sub(f32x4.splat(1), f32x4.mul(x2, f32x4.splat(0.5))), f32x4.mul(f32x4.mul(p, x2), x2));
}

// @ts-ignore: decorator
@inline function put(out: usize, z: v128, amplitude: usize): void {
  if (sizeof<real>() == 4) {
    v128.store(out, f32x4.mul(z, v128.load(amplitude)));
  } else {
    v128.store(out, f64x2.mul(f64x2.promote_low_f32x4(z), v128.load(amplitude)));
    v128.store(out, f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<i64>(z, z, 1, 1)), v128.load(amplitude, 16)), 16);
  }
}

/**
 * out[r, :] ← amplitude ⊙ z for samples first … first + rows − 1, z standard normal (Box & Muller 1958 on
 * xoshiro128+, Blackman & Vigna 2021, seeded anew for each sample and step). z depends on (key, moment,
 * step, sample, unit) alone. `cols` is a multiple of 4.
 */
export function gaussianRows(out: usize, stride: i32, first: i32, rows: i32, cols: i32, amplitude: usize, key: i32, moment: i32, step: i32): void {
  const width = <usize>cols * BYTES, vector: usize = 4 * BYTES;
  for (let r = 0; r < rows; r++) {
    // A chain of mixes, one argument after another, in four lanes that begin differently.
    let h = mix(v128.xor(i32x4(0x243f6a88, <i32>0x85a308d3, 0x13198a2e, 0x03707344), i32x4.splat(key)));
    h = mix(i32x4.add(h, i32x4.splat(moment)));
    h = mix(i32x4.add(h, i32x4.splat(step)));
    h = mix(i32x4.add(h, i32x4.splat(first + r)));
    let s0 = h, s1 = mix(i32x4.add(s0, i32x4.splat(<i32>0x9e3779b9))), s2 = mix(i32x4.add(s1, i32x4.splat(<i32>0x9e3779b9))), s3 = mix(i32x4.add(s2, i32x4.splat(<i32>0x9e3779b9)));
    const row = out + <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < width; at += 2 * vector) {
      const u1 = unit(i32x4.add(s0, s3));
      let t = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0); s3 = v128.xor(s3, s1); s1 = v128.xor(s1, s2); s0 = v128.xor(s0, s3); s2 = v128.xor(s2, t); s3 = rotate(s3, 11);
      const u2 = unit(i32x4.add(s0, s3));
      t = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0); s3 = v128.xor(s3, s1); s1 = v128.xor(s1, s2); s0 = v128.xor(s0, s3); s2 = v128.xor(s2, t); s3 = rotate(s3, 11);
      const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), ln(u1)));
      // 2πu = π/2·q + x with x in [−π/4, π/4].
      const q = quarter(u2), x = f32x4.mul(f32x4.sub(f32x4.mul(u2, f32x4.splat(4)), q), f32x4.splat(1.5707963267948966)), x2 = f32x4.mul(x, x);
      const sin = sine(x, x2), cos = cosine(x2), turn = i32x4.trunc_sat_f32x4_s(q);
      // Odd quarters swap sine and cosine; the signs follow from the quarter's two bits.
      const odd = i32x4.eq(v128.and(turn, i32x4.splat(1)), i32x4.splat(1));
      const signOfSin = i32x4.shl(v128.and(turn, i32x4.splat(2)), 30);
      const signOfCos = i32x4.shl(v128.and(i32x4.add(turn, i32x4.splat(1)), i32x4.splat(2)), 30);
      put(row + at, f32x4.mul(radius, v128.xor(v128.bitselect(cos, sin, odd), signOfSin)), amplitude + at);
      if (at + vector < width) put(row + at + vector, f32x4.mul(radius, v128.xor(v128.bitselect(sin, cos, odd), signOfCos)), amplitude + at + vector);
    }
  }
}
