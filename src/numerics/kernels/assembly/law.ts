// What a pulse does to a device, and how far write-verify errs: numbers in units of the weight, the same for all devices.

import { BYTES, clip } from "./real";
import { exponential, fraction, reals, wordAfter } from "./chance";

// Kinds of law, and of which the noise of a pulse is a part: of its own change, or of a whole step.
export const AFFINE: i32 = 0, AFFINE_OF_STEP: i32 = 1, EXPONENTIAL: i32 = 2, EXPONENTIAL_OF_STEP: i32 = 3;

// Numbers of a law, the same for all devices, in units of the weight.
export const PER_STEP: usize = 0, MOST: usize = 1, CYCLE: usize = 2, WRITE_NOISE: usize = 3, SPACING: usize = 4, LOWEST: usize = 5;
export const A_UP: usize = 6, A_DOWN: usize = 7, GAMMA_UP: usize = 8, GAMMA_DOWN: usize = 9, SHIFT: usize = 10, EXTRA: usize = 11, EXTRA_SLOPE: usize = 12;
export const FULL: usize = 13, HALF_FULL: usize = 14;
// Numbers of a programming by write-verify.
export const SPAN: usize = 15, PER_CODE: usize = 16, CODE: usize = 17, HIGHEST: usize = 18, LOADING: usize = 19, LOADING_SLOPE: usize = 20, ERROR: usize = 21, IDLE: usize = 22, FLOOR: usize = 23, PAIRED: usize = 24;
// 1: the part of a pulse that is asked for is rounded by chance; 0: it is owed, and stays in what learning asks for.
export const CHANCE: usize = 25;
// The weight that is added for the device's own state, and the least weight that is seen of a device.
export const ORIGIN: usize = 26, LEAST: usize = 27;

// @ts-ignore: decorator
@inline export function number(law: usize, k: usize): v128 { return v128.load_splat<real>(law + k * BYTES); }
// @ts-ignore: decorator
@inline export function zeros(): v128 { return v128.splat<real>(0); }
/** Pulses for a change of d, at most `most`: |d| over a step, to the whole number below it, or to that above it by chance. NaN for NaN. */
// @ts-ignore: decorator
@inline export function pulses(d: v128, u: v128, law: usize): v128 {
  return v128.pmin<real>(v128.floor<real>(v128.add<real>(v128.mul<real>(v128.abs<real>(d), number(law, PER_STEP)), v128.mul<real>(u, number(law, CHANCE)))), number(law, MOST));
}

/** What is asked for after n pulses for a change of d led to y: y itself, or what of the change is still owed on top, each pulse taken for a step. */
// @ts-ignore: decorator
@inline export function asked(y: v128, d: v128, n: v128, law: usize): v128 {
  if (load<real>(law + CHANCE * BYTES) != 0) return y;
  const paid = v128.div<real>(n, number(law, PER_STEP));
  return v128.add<real>(y, v128.sub<real>(d, v128.bitselect(paid, v128.neg<real>(paid), v128.gt<real>(d, zeros()))));
}

// @ts-ignore: decorator
@inline export function highest(n: v128): i32 {
  if (sizeof<real>() == 4) {
    const k = i32x4.trunc_sat_f32x4_s(n);
    return max(max(i32x4.extract_lane(k, 0), i32x4.extract_lane(k, 1)), max(i32x4.extract_lane(k, 2), i32x4.extract_lane(k, 3)));
  }
  const k = i32x4.trunc_sat_f64x2_s_zero(n);
  return max(i32x4.extract_lane(k, 0), i32x4.extract_lane(k, 1));
}

/**
 * What one pulse at x adds: step − slope·x, none where that leads the other way, or step·max(0, 1 − A e^{γ(slope·(x + ORIGIN) + b)});
 * `step` is negative downwards.
 */
// @ts-ignore: decorator
@inline export function change(kind: i32, x: v128, up: v128, step: v128, slope: v128, a: v128, gamma: v128, law: usize): v128 {
  if (kind <= AFFINE_OF_STEP) {
    const moved = v128.sub<real>(step, v128.mul<real>(slope, x));
    return v128.bitselect(v128.pmax<real>(moved, zeros()), v128.pmin<real>(moved, zeros()), up);
  }
  const z = v128.add<real>(v128.mul<real>(slope, v128.add<real>(x, number(law, ORIGIN))), number(law, SHIFT));
  const shape = v128.sub<real>(v128.splat<real>(1), v128.mul<real>(a, exponential(v128.mul<real>(gamma, z))));
  return v128.mul<real>(step, v128.pmax<real>(zeros(), shape));
}

/** x after n pulses, clipped in the end: the law n times, then their noise at once, σ√n z of the size of the first one. */
// @ts-ignore: decorator
@inline export function pulsed(kind: i32, x: v128, up: v128, n: v128, z: v128, step: v128, slope: v128, whole: v128, a: v128, gamma: v128, low: v128, high: v128, law: usize): v128 {
  const first = change(kind, x, up, step, slope, a, gamma, law);
  let y = v128.add<real>(x, v128.and(first, v128.gt<real>(n, zeros())));
  const turns = v128.any_true(v128.gt<real>(n, v128.splat<real>(1))) ? highest(n) : 1;
  for (let k = 1; k < turns; k++) y = v128.add<real>(y, v128.and(change(kind, y, up, step, slope, a, gamma, law), v128.gt<real>(n, v128.splat<real>(<real>k))));
  let size = v128.abs<real>(kind == AFFINE || kind == EXPONENTIAL ? first : whole);
  if (kind >= EXPONENTIAL) size = v128.add<real>(size, v128.add<real>(number(law, EXTRA), v128.mul<real>(number(law, EXTRA_SLOPE), v128.abs<real>(v128.add<real>(x, number(law, ORIGIN))))));
  const noise = v128.mul<real>(v128.mul<real>(number(law, CYCLE), v128.sqrt<real>(n)), v128.mul<real>(size, z));
  return clip(v128.add<real>(y, noise), low, high);
}

/** x on one of the levels, up or down by chance; x itself where they are continuous. */
// @ts-ignore: decorator
@inline export function levelled(x: v128, word: v128, law: usize): v128 {
  const spacing = load<real>(law + SPACING * BYTES);
  if (spacing == 0) return x;
  const u = reals(fraction(wordAfter(word, 3)), 0), level = v128.floor<real>(v128.add<real>(v128.div<real>(v128.sub<real>(x, number(law, LOWEST)), v128.splat<real>(spacing)), u));
  return v128.add<real>(number(law, LOWEST), v128.mul<real>(level, v128.splat<real>(spacing)));
}

/** σ of write-verify at a weight of size x: Σ cₖ tᵏ, at least 0, t = loading + slope·x. */
// @ts-ignore: decorator
@inline export function errorAt(x: v128, law: usize, polynomial: usize, terms: i32): v128 {
  const t = v128.add<real>(number(law, LOADING), v128.mul<real>(number(law, LOADING_SLOPE), x));
  let sum = zeros();
  for (let k = terms - 1; k >= 0; k--) sum = v128.add<real>(v128.mul<real>(sum, t), number(polynomial, <usize>k));
  return v128.mul<real>(number(law, ERROR), v128.pmax<real>(zeros(), sum));
}

