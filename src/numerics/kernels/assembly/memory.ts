// What devices make of an update: how many pulses it takes, what each device's law does with them, and where it
// stops. Matrices are packed; `held` is what the devices hold, `slot` what learning asks for. What is random is a
// pure function of (key, moment, row, column), in single precision. Weights of synapses that are not asked to
// change cost a comparison, in groups of four columns.

import { BYTES, LANES, PANEL, clip } from "./real";
import { mix, normalByCosine, normalBySine, radius } from "./noise";

/** Vectors in a group of four columns. */
const HALVES: i32 = 4 / LANES;
const GROUP: usize = <usize>HALVES << 4;

// Kinds of law, and of which the noise of a pulse is a part: of its own change, or of a whole step.
const AFFINE: i32 = 0, AFFINE_OF_STEP: i32 = 1, EXPONENTIAL: i32 = 2, EXPONENTIAL_OF_STEP: i32 = 3;

// Numbers of a law, the same for all devices, in units of the weight.
const PER_STEP: usize = 0, MOST: usize = 1, CYCLE: usize = 2, WRITE_NOISE: usize = 3, SPACING: usize = 4, LOWEST: usize = 5;
const A_UP: usize = 6, A_DOWN: usize = 7, GAMMA_UP: usize = 8, GAMMA_DOWN: usize = 9, SHIFT: usize = 10, EXTRA: usize = 11, EXTRA_SLOPE: usize = 12;
const FULL: usize = 13, HALF_FULL: usize = 14;
// Numbers of a programming by write-verify.
const SPAN: usize = 15, PER_CODE: usize = 16, CODE: usize = 17, HIGHEST: usize = 18, LOADING: usize = 19, LOADING_SLOPE: usize = 20, ERROR: usize = 21, IDLE: usize = 22, FLOOR: usize = 23, PAIRED: usize = 24;

// @ts-ignore: decorator
@inline function number(law: usize, k: usize): v128 { return v128.load_splat<real>(law + k * BYTES); }
// @ts-ignore: decorator
@inline function zeros(): v128 { return v128.splat<real>(0); }
// @ts-ignore: decorator
@inline function differs(a: usize, b: usize): bool {
  let any = v128.ne<real>(v128.load(a), v128.load(b));
  if (HALVES == 2) any = v128.or(any, v128.ne<real>(v128.load(a, 16), v128.load(b, 16)));
  return v128.any_true(any);
}

/** Two lanes, or all four, of numbers in single precision. */
// @ts-ignore: decorator
@inline function reals(x: v128, half: i32): v128 {
  if (sizeof<real>() == 4) return x;
  return f64x2.promote_low_f32x4(half ? v128.shuffle<i64>(x, x, 1, 1) : x);
}

/** Uniform on [0, 1): the upper 24 bits. */
// @ts-ignore: decorator
@inline function fraction(bits: v128): v128 { return f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), f32x4.splat(5.9604644775390625e-8)); }
// @ts-ignore: decorator
@inline function next(bits: v128): v128 { return mix(i32x4.add(bits, i32x4.splat(<i32>0x9e3779b9))); }

/** What random numbers begin with, but for the row: four lanes that begin differently. */
// @ts-ignore: decorator
@inline function begin(key: i32, moment: i32): v128 {
  return mix(i32x4.add(mix(v128.xor(i32x4(0x243f6a88, <i32>0x85a308d3, 0x13198a2e, 0x03707344), i32x4.splat(key))), i32x4.splat(moment)));
}
// @ts-ignore: decorator
@inline function wordOf(seed: v128, row: i32, group: i32): v128 { return mix(i32x4.add(mix(i32x4.add(seed, i32x4.splat(row))), i32x4.splat(group))); }

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
@inline function exponential(x: v128): v128 {
  if (sizeof<real>() == 4) return exp32(x);
  return f64x2.promote_low_f32x4(exp32(f32x4.demote_f64x2_zero(x)));
}

/** Pulses for a change of d, at most `most`: |d| over a step, up or down to a whole number by chance. NaN for NaN. */
// @ts-ignore: decorator
@inline function pulses(d: v128, u: v128, law: usize): v128 {
  return v128.pmin<real>(v128.floor<real>(v128.add<real>(v128.mul<real>(v128.abs<real>(d), number(law, PER_STEP)), u)), number(law, MOST));
}

// @ts-ignore: decorator
@inline function highest(n: v128): i32 {
  if (sizeof<real>() == 4) {
    const k = i32x4.trunc_sat_f32x4_s(n);
    return max(max(i32x4.extract_lane(k, 0), i32x4.extract_lane(k, 1)), max(i32x4.extract_lane(k, 2), i32x4.extract_lane(k, 3)));
  }
  const k = i32x4.trunc_sat_f64x2_s_zero(n);
  return max(i32x4.extract_lane(k, 0), i32x4.extract_lane(k, 1));
}

/** What one pulse at x adds: step − slope·x, or step·max(0, 1 − A e^{γ(slope·x + b)}); `step` is negative downwards. */
// @ts-ignore: decorator
@inline function change(kind: i32, x: v128, step: v128, slope: v128, a: v128, gamma: v128, law: usize): v128 {
  if (kind <= AFFINE_OF_STEP) return v128.sub<real>(step, v128.mul<real>(slope, x));
  const z = v128.add<real>(v128.mul<real>(slope, x), number(law, SHIFT));
  const shape = v128.sub<real>(v128.splat<real>(1), v128.mul<real>(a, exponential(v128.mul<real>(gamma, z))));
  return v128.mul<real>(step, v128.pmax<real>(zeros(), shape));
}

/** x after n pulses, each clipped in the end: the law n times, then their noise at once, σ√n z of the first one's size. */
// @ts-ignore: decorator
@inline function pulsed(kind: i32, x: v128, n: v128, z: v128, step: v128, slope: v128, whole: v128, a: v128, gamma: v128, low: v128, high: v128, law: usize): v128 {
  const first = change(kind, x, step, slope, a, gamma, law);
  let y = v128.add<real>(x, v128.and(first, v128.gt<real>(n, zeros())));
  const turns = highest(n);
  for (let k = 1; k < turns; k++) y = v128.add<real>(y, v128.and(change(kind, y, step, slope, a, gamma, law), v128.gt<real>(n, v128.splat<real>(<real>k))));
  let size = v128.abs<real>(kind == AFFINE || kind == EXPONENTIAL ? first : whole);
  if (kind >= EXPONENTIAL) size = v128.add<real>(size, v128.add<real>(number(law, EXTRA), v128.mul<real>(number(law, EXTRA_SLOPE), v128.abs<real>(x))));
  const noise = v128.mul<real>(v128.mul<real>(number(law, CYCLE), v128.sqrt<real>(n)), v128.mul<real>(size, z));
  return clip(v128.add<real>(y, noise), low, high);
}

/** x on one of the levels, up or down by chance; x itself where they are continuous. */
// @ts-ignore: decorator
@inline function levelled(x: v128, u: v128, law: usize): v128 {
  const spacing = load<real>(law + SPACING * BYTES);
  if (spacing == 0) return x;
  const level = v128.floor<real>(v128.add<real>(v128.div<real>(v128.sub<real>(x, number(law, LOWEST)), v128.splat<real>(spacing)), u));
  return v128.add<real>(number(law, LOWEST), v128.mul<real>(level, v128.splat<real>(spacing)));
}

/**
 * Rows first … last−1: pulses that bring each device towards what is asked; `slot` and `held` are left with what it
 * holds, `seen` (or 0) with what is conducted: with write noise where it was pulsed. A vector of `traits` each, one
 * vector of devices after another: low, high, step up and down, slope up and down (affine) or slope (exponential),
 * and whole steps up and down (affine of step). Down, steps and slopes of affine laws are negative.
 */
export function pulseDevices(slot: usize, held: usize, seen: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, law: usize, kind: i32, key: i32, moment: i32): void {
  if (kind == AFFINE) pulseAll(AFFINE, slot, held, seen, traits, rows, stride, first, last, law, key, moment);
  else if (kind == AFFINE_OF_STEP) pulseAll(AFFINE_OF_STEP, slot, held, seen, traits, rows, stride, first, last, law, key, moment);
  else if (kind == EXPONENTIAL) pulseAll(EXPONENTIAL, slot, held, seen, traits, rows, stride, first, last, law, key, moment);
  else pulseAll(EXPONENTIAL_OF_STEP, slot, held, seen, traits, rows, stride, first, last, law, key, moment);
}

// @ts-ignore: decorator
@inline function pulseAll(kind: i32, slot: usize, held: usize, seen: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, law: usize, key: i32, moment: i32): void {
  const seed = begin(key, moment), many: usize = kind == AFFINE ? 6 : kind == AFFINE_OF_STEP ? 8 : 5;
  const noisy = load<real>(law + CYCLE * BYTES) != 0 || load<real>(law + WRITE_NOISE * BYTES) != 0;
  let group = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      let at = <usize>r * bytes;
      for (let g = group; at < <usize>(r + 1) * bytes; at += GROUP, g++) {
        if (!differs(slot + at, held + at)) continue;
        const word = wordOf(seed, r, g), u = fraction(word);
        let busy = v128.splat<i32>(0);
        for (let half = 0; half < HALVES; half++) {
          const to = at + (<usize>half << 4), x = v128.load(held + to);
          busy = v128.or(busy, v128.ne<real>(pulses(v128.sub<real>(v128.load(slot + to), x), reals(u, half), law), zeros()));
        }
        if (!v128.any_true(busy)) {
          for (let half: usize = 0; half < <usize>HALVES; half++) v128.store(slot + at + (half << 4), v128.load(held + at + (half << 4)));
          continue;
        }
        const second = next(word);
        let z1 = v128.splat<i32>(0), z2 = z1;
        if (noisy) {
          const angle = next(second), far = radius(second);
          z1 = normalBySine(far, angle);
          z2 = normalByCosine(far, angle);
        }
        for (let half = 0; half < HALVES; half++) {
          const to = at + (<usize>half << 4), x = v128.load(held + to), d = v128.sub<real>(v128.load(slot + to), x);
          const n = pulses(d, reals(u, half), law), up = v128.gt<real>(d, zeros()), moved = v128.ne<real>(n, zeros());
          const t = traits + to * many, step = v128.bitselect(v128.load(t, 32), v128.load(t, 48), up);
          const slope = kind <= AFFINE_OF_STEP ? v128.bitselect(v128.load(t, 64), v128.load(t, 80), up) : v128.load(t, 64);
          const whole = kind == AFFINE_OF_STEP ? v128.bitselect(v128.load(t, 96), v128.load(t, 112), up) : step;
          const a = v128.bitselect(number(law, A_UP), number(law, A_DOWN), up), gamma = v128.bitselect(number(law, GAMMA_UP), number(law, GAMMA_DOWN), up);
          let y = pulsed(kind, x, n, reals(z1, half), step, slope, whole, a, gamma, v128.load(t), v128.load(t, 16), law);
          y = clip(levelled(y, reals(fraction(second), half), law), v128.load(t), v128.load(t, 16));
          // What is not a number stays none.
          y = v128.bitselect(v128.add<real>(y, v128.sub<real>(d, d)), x, moved);
          v128.store(slot + to, y);
          v128.store(held + to, y);
          if (seen) v128.store(seen + to, v128.bitselect(v128.add<real>(y, v128.mul<real>(number(law, WRITE_NOISE), reals(z2, half))), v128.load(seen + to), moved));
        }
      }
    }
    slot += <usize>rows * bytes; held += <usize>rows * bytes; traits += <usize>rows * bytes * many;
    if (seen) seen += <usize>rows * bytes;
    group += <i32>(bytes / GROUP);
  }
}

/** σ of write-verify at a weight of size x: Σ cₖ tᵏ, at least 0, t = loading + slope·x. */
// @ts-ignore: decorator
@inline function errorAt(x: v128, law: usize, polynomial: usize, terms: i32): v128 {
  const t = v128.add<real>(number(law, LOADING), v128.mul<real>(number(law, LOADING_SLOPE), x));
  let sum = zeros();
  for (let k = terms - 1; k >= 0; k--) sum = v128.add<real>(v128.mul<real>(sum, t), number(polynomial, <usize>k));
  return v128.mul<real>(number(law, ERROR), v128.pmax<real>(zeros(), sum));
}

/**
 * The same for pairs of one-sided devices, whose difference is the weight: pulses go up, on one of the two. Where one
 * is beyond FULL of its bound and the other beyond HALF_FULL both are reset and the difference written anew, with the
 * error of write-verify. Traits: low, high, step, slope and rest of plus, then those of minus.
 */
export function pulsePairs(slot: usize, plus: usize, minus: usize, seen: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, law: usize, kind: i32, polynomial: usize, terms: i32, key: i32, moment: i32): void {
  if (kind == AFFINE) pairAll(AFFINE, slot, plus, minus, seen, traits, rows, stride, first, last, law, polynomial, terms, key, moment);
  else if (kind == AFFINE_OF_STEP) pairAll(AFFINE_OF_STEP, slot, plus, minus, seen, traits, rows, stride, first, last, law, polynomial, terms, key, moment);
  else if (kind == EXPONENTIAL) pairAll(EXPONENTIAL, slot, plus, minus, seen, traits, rows, stride, first, last, law, polynomial, terms, key, moment);
  else pairAll(EXPONENTIAL_OF_STEP, slot, plus, minus, seen, traits, rows, stride, first, last, law, polynomial, terms, key, moment);
}

// @ts-ignore: decorator
@inline function pairAll(kind: i32, slot: usize, plus: usize, minus: usize, seen: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, law: usize, polynomial: usize, terms: i32, key: i32, moment: i32): void {
  const seed = begin(key, moment), many: usize = 10;
  let group = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      let at = <usize>r * bytes;
      for (let g = group; at < <usize>(r + 1) * bytes; at += GROUP, g++) {
        let asked = v128.splat<i32>(0);
        for (let half: usize = 0; half < <usize>HALVES; half++) {
          const to = at + (half << 4);
          asked = v128.or(asked, v128.ne<real>(v128.load(slot + to), v128.sub<real>(v128.load(plus + to), v128.load(minus + to))));
        }
        if (!v128.any_true(asked)) continue;
        const word = wordOf(seed, r, g), u = fraction(word), second = next(word), angle = next(second), far = radius(second);
        const z1 = normalBySine(far, angle), z2 = normalByCosine(far, angle);
        for (let half = 0; half < HALVES; half++) {
          const to = at + (<usize>half << 4), p = v128.load(plus + to), m = v128.load(minus + to), was = v128.sub<real>(p, m), d = v128.sub<real>(v128.load(slot + to), was);
          const n = pulses(d, reals(u, half), law), moved = v128.ne<real>(n, zeros());
          if (!v128.any_true(moved)) { v128.store(slot + to, was); continue; }
          const up = v128.gt<real>(d, zeros()), t = traits + to * many;
          const lowP = v128.load(t), highP = v128.load(t, 16), restP = v128.load(t, 64), lowM = v128.load(t, 80), highM = v128.load(t, 96), restM = v128.load(t, 144);
          const step = v128.bitselect(v128.load(t, 32), v128.load(t, 112), up), slope = v128.bitselect(v128.load(t, 48), v128.load(t, 128), up);
          const x = v128.bitselect(p, m, up);
          let y = pulsed(kind, x, n, reals(z1, half), step, slope, step, number(law, A_UP), number(law, GAMMA_UP), v128.bitselect(lowP, lowM, up), v128.bitselect(highP, highM, up), law);
          y = v128.add<real>(y, v128.sub<real>(d, d));
          let p1 = v128.bitselect(y, p, v128.and(moved, up)), m1 = v128.bitselect(y, m, v128.andnot(moved, up));
          const full = number(law, FULL), half1 = number(law, HALF_FULL);
          const worn = v128.and(moved, v128.or(
            v128.and(v128.gt<real>(p1, v128.mul<real>(full, highP)), v128.gt<real>(m1, v128.mul<real>(half1, highM))),
            v128.and(v128.gt<real>(m1, v128.mul<real>(full, highM)), v128.gt<real>(p1, v128.mul<real>(half1, highP)))));
          if (v128.any_true(worn)) {
            const diff = v128.sub<real>(p1, m1), positive = v128.ge<real>(diff, zeros()), idleP = clip(restP, lowP, highP), idleM = clip(restM, lowM, highM);
            const idle = v128.bitselect(idleM, idleP, positive), target = v128.add<real>(idle, v128.abs<real>(diff));
            const word3 = next(angle), z3 = normalBySine(radius(word3), next(word3));
            const written = v128.add<real>(target, v128.mul<real>(errorAt(target, law, polynomial, terms), reals(z3, half)));
            p1 = v128.bitselect(v128.bitselect(clip(written, lowP, highP), idleP, positive), p1, worn);
            m1 = v128.bitselect(v128.bitselect(idleM, clip(written, lowM, highM), positive), m1, worn);
          }
          const w = v128.sub<real>(p1, m1);
          v128.store(plus + to, p1);
          v128.store(minus + to, m1);
          v128.store(slot + to, w);
          if (seen) v128.store(seen + to, v128.bitselect(v128.add<real>(w, v128.mul<real>(number(law, WRITE_NOISE), reals(z2, half))), v128.load(seen + to), moved));
        }
      }
    }
    slot += <usize>rows * bytes; plus += <usize>rows * bytes; minus += <usize>rows * bytes; traits += <usize>rows * bytes * many;
    if (seen) seen += <usize>rows * bytes;
    group += <i32>(bytes / GROUP);
  }
}

/**
 * Rows first … last−1: out ← what write-verify makes of `slot`: on the nearest code of a DAC (±SPAN) and level of the
 * device, between LOWEST and HIGHEST and the device's own bounds (the first two of `many` traits; 0: it has none), with
 * the error σ(w)·z, at least FLOOR; of a pair σ² = σ(|w|)² + IDLE. With `held` only
 * where a group differs from it, on a level above or below by chance, and out and `held` are left equal.
 */
export function writeDevices(out: usize, slot: usize, held: usize, traits: usize, many: i32, rows: i32, stride: i32, first: i32, last: i32, law: usize, polynomial: usize, terms: i32, key: i32, moment: i32): void {
  const seed = begin(key, moment), span = number(law, SPAN), perCode = number(law, PER_CODE), code = number(law, CODE), least = number(law, LOWEST), most = number(law, HIGHEST);
  const coded = load<real>(law + CODE * BYTES) != 0, spacing = number(law, SPACING), levels = load<real>(law + SPACING * BYTES) != 0, idle = number(law, IDLE), floor = number(law, FLOOR);
  const paired = load<real>(law + PAIRED * BYTES) != 0;
  let group = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      let at = <usize>r * bytes;
      for (let g = group; at < <usize>(r + 1) * bytes; at += GROUP, g++) {
        if (held && !differs(slot + at, held + at)) continue;
        let z = v128.splat<i32>(0), u = z;
        if (terms || (levels && held)) {
          const word = wordOf(seed, r, g), angle = next(word);
          z = normalBySine(radius(word), angle);
          u = fraction(next(angle));
        }
        for (let half = 0; half < HALVES; half++) {
          const to = at + (<usize>half << 4);
          let x = v128.load(slot + to);
          if (coded) x = v128.mul<real>(v128.nearest<real>(v128.mul<real>(clip(x, v128.neg<real>(span), span), perCode)), code);
          if (levels) {
            const level = v128.div<real>(v128.sub<real>(x, least), spacing);
            x = v128.add<real>(least, v128.mul<real>(spacing, held ? v128.floor<real>(v128.add<real>(level, reals(u, half))) : v128.nearest<real>(level)));
          }
          x = clip(x, least, most);
          if (traits) x = clip(x, v128.load(traits + <usize>many * to), v128.load(traits + <usize>many * to, 16));
          if (terms) {
            let sigma = errorAt(paired ? v128.abs<real>(x) : x, law, polynomial, terms);
            if (paired) sigma = v128.sqrt<real>(v128.add<real>(v128.mul<real>(sigma, sigma), idle));
            x = v128.pmax<real>(v128.add<real>(x, v128.mul<real>(sigma, reals(z, half))), floor);
          }
          v128.store(out + to, x);
          if (held) v128.store(held + to, x);
        }
      }
    }
    out += <usize>rows * bytes; slot += <usize>rows * bytes;
    if (held) held += <usize>rows * bytes;
    if (traits) traits += <usize>many * <usize>rows * bytes;
    group += <i32>(bytes / GROUP);
  }
}
