// What devices make of an update: how many pulses it takes, what each device's law does with them, and where it
// stops. Matrices are packed; `held` is what the devices hold, `slot` what learning asks for. What is random is a
// pure function of (key, moment, row, column), in single precision.

import { BYTES, LANES, PANEL, clip } from "./real";
import { beginRow, beginWords, firstColumn, fraction, reals, wordAfter, wordOf } from "./chance";
import { CROWD, GROUP, HALVES, LIST, PAIR_TRAITS, TRAITS, WORDS, collect, conduct, fetch, fill, gather, scatter } from "./crowd";
import { AFFINE, AFFINE_OF_STEP, A_DOWN, A_UP, CODE, CYCLE, EXPONENTIAL, EXPONENTIAL_OF_STEP, FLOOR, FULL, GAMMA_DOWN, GAMMA_UP, HALF_FULL, HIGHEST, IDLE, LOWEST, PAIRED, PER_CODE, SPACING, SPAN, asked, errorAt, levelled, number, pulsed, pulses, zeros } from "./law";
import { normalByCosine, normalBySine, radius } from "./noise";

/**
 * Rows first … last−1: pulses that bring each device towards what is asked; `held` is left with what it holds,
 * `slot` with that and what it is still owed, `seen` (or 0) with what is seen of it, with write noise since it was pulsed last, and `conducted` (or 0) with
 * that times its gain. Rows whose `touched` (or 0) is 0 ask for nothing. Of each device eight `traits`: low, high,
 * step up and down, slope up and down (affine) or slope (exponential), its reference (affine of step) and, last, its
 * gain. Down, steps and slopes of affine laws are negative. `room` is for a crowd.
 */
export function pulseDevices(slot: usize, held: usize, seen: usize, conducted: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, law: usize, kind: i32, key: i32, moment: i32, room: usize): void {
  if (kind == AFFINE) pulseAll(AFFINE, slot, held, seen, conducted, traits, rows, stride, first, last, touched, law, key, moment, room);
  else if (kind == AFFINE_OF_STEP) pulseAll(AFFINE_OF_STEP, slot, held, seen, conducted, traits, rows, stride, first, last, touched, law, key, moment, room);
  else if (kind == EXPONENTIAL) pulseAll(EXPONENTIAL, slot, held, seen, conducted, traits, rows, stride, first, last, touched, law, key, moment, room);
  else pulseAll(EXPONENTIAL_OF_STEP, slot, held, seen, conducted, traits, rows, stride, first, last, touched, law, key, moment, room);
}

// @ts-ignore: decorator
@inline function pulseAll(kind: i32, slot: usize, held: usize, seen: usize, conducted: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, law: usize, key: i32, moment: i32, room: usize): void {
  const seed = beginWords(key, moment);
  let group = 0, n = 0, panel: usize = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      if (touched && load<i32>(touched + (<usize>r << 2)) == 0) continue;
      n = gather(false, slot, held, 0, panel + <usize>r * bytes, bytes, TRAITS, beginRow(seed, r), group, law, room, n);
      if (n < CROWD) continue;
      pulseCrowd(kind, slot, held, seen, conducted, traits, law, room, n);
      n = 0;
    }
    panel += <usize>rows * bytes; group += <i32>(bytes / GROUP);
  }
  if (n > 0) pulseCrowd(kind, slot, held, seen, conducted, traits, law, room, n);
}

// @ts-ignore: decorator
@inline function pulseCrowd(kind: i32, slot: usize, held: usize, seen: usize, conducted: usize, traits: usize, law: usize, room: usize, many: i32): void {
  const noisy = load<real>(law + CYCLE * BYTES) != 0 || seen != 0;
  fill(room, many);
  fetch(traits, conducted, room, many);
  for (let k = 0; k < many; k += LANES) {
    const list = room + WORDS + (<usize>k << 2), at = list + LIST, t = list + 2 * LIST, word = v128.load(list), u = fraction(word), angle = wordAfter(word, 2), far = radius(wordAfter(word, 1));
    const z1 = noisy ? reals(normalBySine(far, angle), 0) : zeros(), z2 = seen ? reals(normalByCosine(far, angle), 0) : zeros();
    const x = collect(held, at), d = v128.sub<real>(collect(slot, at), x), n = pulses(d, reals(u, 0), law), up = v128.gt<real>(d, zeros()), moved = v128.ne<real>(n, zeros());
    const low = collect(traits, t), high = collect(traits + 1 * BYTES, t), step = v128.bitselect(collect(traits + 2 * BYTES, t), collect(traits + 3 * BYTES, t), up);
    const slope = kind <= AFFINE_OF_STEP ? v128.bitselect(collect(traits + 4 * BYTES, t), collect(traits + 5 * BYTES, t), up) : collect(traits + 4 * BYTES, t);
    const whole = kind == AFFINE_OF_STEP ? v128.add<real>(step, v128.mul<real>(slope, collect(traits + 6 * BYTES, t))) : step;
    const a = v128.bitselect(number(law, A_UP), number(law, A_DOWN), up), gamma = v128.bitselect(number(law, GAMMA_UP), number(law, GAMMA_DOWN), up);
    let y = pulsed(kind, x, up, n, z1, step, slope, whole, a, gamma, low, high, law);
    y = clip(levelled(y, word, law), low, high);
    // What is not a number stays none.
    y = v128.bitselect(v128.add<real>(y, v128.sub<real>(d, d)), x, moved);
    scatter(slot, at, asked(y, d, n, law));
    scatter(held, at, y);
    conduct(y, z2, moved, at, seen, conducted ? collect(traits + 7 * BYTES, t) : zeros(), conducted, law);
  }
}

/**
 * The same for pairs of one-sided devices, whose difference is the weight: pulses go up, on one of the two. Where one
 * is beyond FULL of its bound and the other beyond HALF_FULL both are reset and the difference written anew, with the
 * error of write-verify. Traits: low, high, step, slope and rest of plus, then those of minus, and the gain.
 */
export function pulsePairs(slot: usize, plus: usize, minus: usize, seen: usize, conducted: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, law: usize, kind: i32, polynomial: usize, terms: i32, key: i32, moment: i32, room: usize): void {
  if (kind == AFFINE) pairAll(AFFINE, slot, plus, minus, seen, conducted, traits, rows, stride, first, last, touched, law, polynomial, terms, key, moment, room);
  else if (kind == AFFINE_OF_STEP) pairAll(AFFINE_OF_STEP, slot, plus, minus, seen, conducted, traits, rows, stride, first, last, touched, law, polynomial, terms, key, moment, room);
  else if (kind == EXPONENTIAL) pairAll(EXPONENTIAL, slot, plus, minus, seen, conducted, traits, rows, stride, first, last, touched, law, polynomial, terms, key, moment, room);
  else pairAll(EXPONENTIAL_OF_STEP, slot, plus, minus, seen, conducted, traits, rows, stride, first, last, touched, law, polynomial, terms, key, moment, room);
}

// @ts-ignore: decorator
@inline function pairAll(kind: i32, slot: usize, plus: usize, minus: usize, seen: usize, conducted: usize, traits: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, law: usize, polynomial: usize, terms: i32, key: i32, moment: i32, room: usize): void {
  const seed = beginWords(key, moment);
  let group = 0, n = 0, panel: usize = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      if (touched && load<i32>(touched + (<usize>r << 2)) == 0) continue;
      n = gather(true, slot, plus, minus, panel + <usize>r * bytes, bytes, PAIR_TRAITS, beginRow(seed, r), group, law, room, n);
      if (n < CROWD) continue;
      pairCrowd(kind, slot, plus, minus, seen, conducted, traits, law, polynomial, terms, room, n);
      n = 0;
    }
    panel += <usize>rows * bytes; group += <i32>(bytes / GROUP);
  }
  if (n > 0) pairCrowd(kind, slot, plus, minus, seen, conducted, traits, law, polynomial, terms, room, n);
}

// @ts-ignore: decorator
@inline function pairCrowd(kind: i32, slot: usize, plus: usize, minus: usize, seen: usize, conducted: usize, traits: usize, law: usize, polynomial: usize, terms: i32, room: usize, many: i32): void {
  fill(room, many);
  fetch(traits, conducted, room, many);
  for (let k = 0; k < many; k += LANES) {
    const list = room + WORDS + (<usize>k << 2), at = list + LIST, t = list + 2 * LIST, word = v128.load(list), u = fraction(word), angle = wordAfter(word, 2), far = radius(wordAfter(word, 1));
    const p = collect(plus, at), m = collect(minus, at), d = v128.sub<real>(collect(slot, at), v128.sub<real>(p, m)), n = pulses(d, reals(u, 0), law), moved = v128.ne<real>(n, zeros()), up = v128.gt<real>(d, zeros());
    const lowP = collect(traits, t), highP = collect(traits + 1 * BYTES, t), lowM = collect(traits + 5 * BYTES, t), highM = collect(traits + 6 * BYTES, t);
    const step = v128.bitselect(collect(traits + 2 * BYTES, t), collect(traits + 7 * BYTES, t), up), slope = v128.bitselect(collect(traits + 3 * BYTES, t), collect(traits + 8 * BYTES, t), up);
    let y = pulsed(kind, v128.bitselect(p, m, up), v128.eq<real>(zeros(), zeros()), n, reals(normalBySine(far, angle), 0), step, slope, step, number(law, A_UP), number(law, GAMMA_UP), v128.bitselect(lowP, lowM, up), v128.bitselect(highP, highM, up), law);
    // What is not a number stays none.
    y = v128.add<real>(y, v128.sub<real>(d, d));
    let p1 = v128.bitselect(y, p, v128.and(moved, up)), m1 = v128.bitselect(y, m, v128.andnot(moved, up));
    const worn = v128.and(moved, v128.or(beyond(p1, highP, m1, highM, law), beyond(m1, highM, p1, highP, law)));
    if (v128.any_true(worn)) {
      // Both at rest, and one of them as far above the other as it was.
      const diff = v128.sub<real>(p1, m1), positive = v128.ge<real>(diff, zeros()), idleP = clip(collect(traits + 4 * BYTES, t), lowP, highP), idleM = clip(collect(traits + 9 * BYTES, t), lowM, highM);
      const target = v128.add<real>(v128.bitselect(idleM, idleP, positive), v128.abs<real>(diff)), z = reals(normalBySine(radius(wordAfter(word, 3)), wordAfter(word, 4)), 0);
      const written = v128.add<real>(target, v128.mul<real>(errorAt(target, law, polynomial, terms), z));
      p1 = v128.bitselect(v128.bitselect(clip(written, lowP, highP), idleP, positive), p1, worn);
      m1 = v128.bitselect(v128.bitselect(idleM, clip(written, lowM, highM), positive), m1, worn);
    }
    const w = v128.sub<real>(p1, m1);
    scatter(plus, at, p1);
    scatter(minus, at, m1);
    scatter(slot, at, asked(w, d, n, law));
    conduct(w, reals(normalByCosine(far, angle), 0), moved, at, seen, conducted ? collect(traits + 10 * BYTES, t) : zeros(), conducted, law);
  }
}

/** Whether one of a pair is FULL and the other HALF_FULL. */
// @ts-ignore: decorator
@inline function beyond(one: v128, bound: v128, other: v128, otherBound: v128, law: usize): v128 {
  return v128.and(v128.gt<real>(one, v128.mul<real>(number(law, FULL), bound)), v128.gt<real>(other, v128.mul<real>(number(law, HALF_FULL), otherBound)));
}

/**
 * Rows first … last−1: out ← what write-verify makes of `slot`: on the nearest code of a DAC (±SPAN) and level of the
 * device, between LOWEST and HIGHEST and the device's own bounds (the first two of `many` traits; 0: it has none), with
 * the error σ(w)·z, at least FLOOR; of a pair σ² = σ(|w|)² + IDLE. With `held` only
 * where a group differs from it, on a level above or below by chance, and out and `held` are left equal. Rows whose `touched` (or 0) is 0 are left as they are.
 */
export function writeDevices(out: usize, slot: usize, held: usize, traits: usize, many: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, law: usize, polynomial: usize, terms: i32, key: i32, moment: i32): void {
  const seed = beginWords(key, moment), chance = terms != 0 || (held != 0 && load<real>(law + SPACING * BYTES) != 0);
  let group = 0, panel: usize = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4, groups = <i32>(bytes / GROUP);
    for (let r = first; r < last; r++) {
      if (touched && load<i32>(touched + (<usize>r << 2)) == 0) continue;
      const row = panel + <usize>r * bytes, words = chance ? beginRow(seed, r) : seed;
      // Normal numbers come in pairs, one for each of two groups.
      for (let g = 0; g < groups; g += 2) {
        const at = row + <usize>g * GROUP, word = chance ? wordOf(firstColumn(words, group + g)) : seed, angle = wordAfter(word, 2), far = terms ? radius(wordAfter(word, 1)) : zeros();
        writeGroup(out, slot, held, traits, many, at, terms ? normalBySine(far, angle) : zeros(), fraction(word), law, polynomial, terms);
        if (g + 1 < groups) writeGroup(out, slot, held, traits, many, at + GROUP, terms ? normalByCosine(far, angle) : zeros(), fraction(wordAfter(word, 3)), law, polynomial, terms);
      }
    }
    panel += <usize>rows * bytes; group += groups;
  }
}

/**
 * `writeDevices` of registers that err by their code and bounds alone, and `conducted` ← out ⊙ gain on the way. Rows
 * whose `touched` (or 0) is 0 are left as they are.
 */
export function writeCodes(out: usize, slot: usize, gain: usize, conducted: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, law: usize): void {
  const coded = load<real>(law + CODE * BYTES) != 0, span = number(law, SPAN), below = v128.neg<real>(span), perCode = number(law, PER_CODE), code = number(law, CODE), lowest = number(law, LOWEST), highest = number(law, HIGHEST);
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      if (touched && load<i32>(touched + (<usize>r << 2)) == 0) continue;
      for (let at = <usize>r * bytes; at < <usize>(r + 1) * bytes; at += 16) {
        let x = v128.load(slot + at);
        if (coded) x = v128.mul<real>(v128.nearest<real>(v128.mul<real>(clip(x, below, span), perCode)), code);
        x = clip(x, lowest, highest);
        v128.store(out + at, x);
        v128.store(conducted + at, v128.mul<real>(x, v128.load(gain + at)));
      }
    }
    const panel = <usize>rows * bytes;
    out += panel; slot += panel; gain += panel; conducted += panel;
  }
}

/** The same number of neighbours, of `many` each. */
// @ts-ignore: decorator
@inline function strided(from: usize, many: usize): v128 {
  const step = many * BYTES, x = v128.load_lane<real>(from + step, v128.load_splat<real>(from), 1);
  if (LANES == 2) return x;
  return v128.load_lane<real>(from + 3 * step, v128.load_lane<real>(from + 2 * step, x, <u8>(2 % LANES)), <u8>(3 % LANES));
}

// @ts-ignore: decorator
@inline function differs(a: usize, b: usize): bool {
  let any = v128.ne<real>(v128.load(a), v128.load(b));
  if (HALVES == 2) any = v128.or(any, v128.ne<real>(v128.load(a, 16), v128.load(b, 16)));
  return v128.any_true(any);
}

// @ts-ignore: decorator
@inline function writeGroup(out: usize, slot: usize, held: usize, traits: usize, many: usize, at: usize, z: v128, u: v128, law: usize, polynomial: usize, terms: i32): void {
  if (held && !differs(slot + at, held + at)) return;
  const levels = load<real>(law + SPACING * BYTES) != 0;
  for (let half = 0; half < HALVES; half++) {
    const to = at + (<usize>half << 4);
    let x = v128.load(slot + to);
    if (load<real>(law + CODE * BYTES) != 0) {
      const span = number(law, SPAN);
      x = v128.mul<real>(v128.nearest<real>(v128.mul<real>(clip(x, v128.neg<real>(span), span), number(law, PER_CODE))), number(law, CODE));
    }
    if (levels) {
      const level = v128.div<real>(v128.sub<real>(x, number(law, LOWEST)), number(law, SPACING));
      x = v128.add<real>(number(law, LOWEST), v128.mul<real>(number(law, SPACING), held ? v128.floor<real>(v128.add<real>(level, reals(u, half))) : v128.nearest<real>(level)));
    }
    x = clip(x, number(law, LOWEST), number(law, HIGHEST));
    if (traits) x = clip(x, strided(traits + to * many, many), strided(traits + to * many + BYTES, many));
    if (terms) {
      const paired = load<real>(law + PAIRED * BYTES) != 0;
      let sigma = errorAt(paired ? v128.abs<real>(x) : x, law, polynomial, terms);
      if (paired) sigma = v128.sqrt<real>(v128.add<real>(v128.mul<real>(sigma, sigma), number(law, IDLE)));
      x = v128.pmax<real>(v128.add<real>(x, v128.mul<real>(sigma, reals(z, half))), number(law, FLOOR));
    }
    v128.store(out + to, x);
    if (held) v128.store(held + to, x);
  }
}
