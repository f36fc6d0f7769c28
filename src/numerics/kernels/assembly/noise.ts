// Gaussian noise as a pure function of where and when: no state is kept, so a resumed run, another number
// of threads or another browser draws the same numbers. Single precision throughout, also for f64.

import { BYTES } from "./real";

// @ts-ignore: decorator
@inline function rotate(x: v128, k: i32): v128 { return v128.or(i32x4.shl(x, k), i32x4.shr_u(x, 32 - k)); }

/** A mix of 32 bits with full avalanche: Wellons' lowbias32. */
// @ts-ignore: decorator
@inline export function mix(x: v128): v128 {
  x = v128.xor(x, i32x4.shr_u(x, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(<i32>0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

// Constants come from memory, one instruction each: spelt out, V8 puts each together anew in every turn of the loop.
const constants: usize = memory.data<f32>([
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
  -2.12194440e-4, 0.693359375, 0.5, 1, -2,
  -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1,
  2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2,
  5.9604644775390625e-8, 3.6572951981e-10,
], 16);
const words: usize = memory.data<u32>([0x3f3504f3, 0x007fffff, 0x80000000, 1], 16);

// @ts-ignore: decorator
@inline function constant(k: usize): v128 { return v128.load32_splat(constants + (k << 2)); }
// @ts-ignore: decorator
@inline function word(k: usize): v128 { return v128.load32_splat(words + (k << 2)); }
/** p·x + the k-th constant. */
// @ts-ignore: decorator
@inline function horner(p: v128, x: v128, k: usize): v128 { return f32x4.add(f32x4.mul(p, x), constant(k)); }

/** Uniform on (0, 1]: the upper 24 bits plus one, times 2⁻²⁴. */
// @ts-ignore: decorator
@inline function unit(bits: v128): v128 { return f32x4.mul(f32x4.convert_i32x4_s(i32x4.add(i32x4.shr_u(bits, 8), word(3))), constant(20)); }

/** ln x for x in (0, 1], and any other normal positive number: exponent and mantissa, then the series of Cephes' logf (Moshier 1989); error below 2 ulp. */
// @ts-ignore: decorator
@inline export function ln(x: v128): v128 {
  // Mantissa in [√½, √2): subtracting the bits of √½ moves the exponent's carry to the right place.
  const shifted = i32x4.sub(x, word(0)), e = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = f32x4.sub(i32x4.add(v128.and(shifted, word(1)), word(0)), constant(12)), m2 = f32x4.mul(m, m);
  // By Estrin's scheme: a chain of nine steps would be waited for.
  const m4 = f32x4.mul(m2, m2);
  const low = f32x4.add(horner(constant(7), m, 8), f32x4.mul(m2, horner(constant(5), m, 6)));
  const high = f32x4.add(horner(constant(3), m, 4), f32x4.mul(m2, horner(constant(1), m, 2)));
  const p = f32x4.add(low, f32x4.mul(m4, f32x4.add(high, f32x4.mul(m4, constant(0)))));
  const small = f32x4.sub(f32x4.mul(e, constant(9)), f32x4.mul(m2, constant(11)));
  return f32x4.add(f32x4.add(m, f32x4.add(f32x4.mul(f32x4.mul(m, m2), p), small)), f32x4.mul(e, constant(10)));
}

// sin x and cos x for x in [−π/4, π/4], by Cephes' sinf and cosf.

// @ts-ignore: decorator
@inline function sine(x: v128, x2: v128): v128 {
  const x3 = f32x4.mul(x2, x);
  return f32x4.add(f32x4.add(x, f32x4.mul(x3, constant(16))), f32x4.mul(f32x4.mul(x3, x2), horner(constant(14), x2, 15)));
}

// @ts-ignore: decorator
@inline function cosine(x2: v128): v128 {
  const x4 = f32x4.mul(x2, x2);
  return f32x4.add(f32x4.add(f32x4.sub(constant(12), f32x4.mul(x2, constant(11))), f32x4.mul(x4, constant(19))), f32x4.mul(f32x4.mul(x4, x2), horner(constant(17), x2, 18)));
}

/** √(−2 ln u): the radius of a pair of normal numbers (Box & Muller 1958). */
// @ts-ignore: decorator
@inline export function radius(bits: v128): v128 { return f32x4.sqrt(f32x4.mul(constant(13), ln(unit(bits)))); }

/** The two normal numbers of a radius: as many quarter turns as the upper two bits say, and ±π/4 by the others. */
// @ts-ignore: decorator
@inline export function normalBySine(r: v128, bits: v128): v128 {
  const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(bits, 2)), constant(21)), x2 = f32x4.mul(x, x), odd = i32x4.shr_s(i32x4.shl(bits, 1), 31);
  return f32x4.mul(r, v128.xor(v128.bitselect(cosine(x2), sine(x, x2), odd), v128.and(bits, word(2))));
}
// @ts-ignore: decorator
@inline export function normalByCosine(r: v128, bits: v128): v128 {
  const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(bits, 2)), constant(21)), x2 = f32x4.mul(x, x), turned = i32x4.shl(bits, 1), odd = i32x4.shr_s(turned, 31);
  return f32x4.mul(r, v128.xor(v128.bitselect(sine(x, x2), cosine(x2), odd), v128.and(v128.xor(bits, turned), word(2))));
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
      const bits = i32x4.add(s0, s3);
      t = i32x4.shl(s1, 9);
      s2 = v128.xor(s2, s0); s3 = v128.xor(s3, s1); s1 = v128.xor(s1, s2); s0 = v128.xor(s0, s3); s2 = v128.xor(s2, t); s3 = rotate(s3, 11);
      const radius = f32x4.sqrt(f32x4.mul(constant(13), ln(u1)));
      // The angle is as many quarter turns as the upper two bits say, and x in [−π/4, π/4) by the others.
      const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(bits, 2)), constant(21)), x2 = f32x4.mul(x, x), sin = sine(x, x2), cos = cosine(x2);
      // Odd quarters swap sine and cosine; the signs follow from the quarter's two bits.
      const turned = i32x4.shl(bits, 1), odd = i32x4.shr_s(turned, 31), signOfSin = v128.and(bits, word(2)), signOfCos = v128.and(v128.xor(bits, turned), word(2));
      put(row + at, f32x4.mul(radius, v128.xor(v128.bitselect(cos, sin, odd), signOfSin)), amplitude + at);
      if (at + vector < width) put(row + at + vector, f32x4.mul(radius, v128.xor(v128.bitselect(sin, cos, odd), signOfCos)), amplitude + at + vector);
    }
  }
}
