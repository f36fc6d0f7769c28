// Numbers of a digital memory: registers, and accumulators of what learning asks for below a step. Matrices are packed.

import { BYTES, PANEL, LANES, clip } from "./real";
import { beginRow, beginWords, firstColumn, fraction, reals, wordAfter, wordOf } from "./chance";
import { GROUP, HALVES } from "./crowd";
import { number, zeros } from "./law";

// Numbers of a memory: the part that is counted (0: exact) and parts a weight, the most parts above what is held, parts a step (0: no
// register is held), steps a weight and the step, and the ends of what is kept.
const PER_PART: usize = 0, PART: usize = 1, MOST: usize = 2, WHOLE: usize = 3, PER_STEP: usize = 4, STEP: usize = 5, LOWEST: usize = 6, HIGHEST: usize = 7;

/** What is closer to a whole number of parts than a few roundings of a weight is that number. */
const SLACK: real = sizeof<real>() == 4 ? <real>4.76837158203125e-7 : <real>8.881784197001252e-16;

/**
 * Rows first … last−1: what `slot` is above `held` (less `minus` of a pair; 0: nothing is held) becomes a whole number of parts, the nearest or,
 * by `chance`, one of the two about it, right on average. Whole steps go from there to `held`, a register, and stay within its ends; without
 * a register `slot` stays within them. Rows whose `touched` (or 0) is 0 are left as they are.
 */
export function keepCodes(slot: usize, held: usize, minus: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize, numbers: usize, chance: i32, key: i32, moment: i32): void {
  const seed = beginWords(key, moment);
  let group = 0, panel: usize = 0;
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4, groups = <i32>(bytes / GROUP);
    for (let r = first; r < last; r++) {
      if (touched && load<i32>(touched + (<usize>r << 2)) == 0) continue;
      const words = chance ? beginRow(seed, r) : seed;
      for (let g = 0; g < groups; g++) {
        const at = panel + <usize>r * bytes + <usize>g * GROUP, u = chance ? fraction(wordAfter(wordOf(firstColumn(words, group + g)), 5)) : seed;
        for (let half = 0; half < HALVES; half++) keep(slot, held, minus, at + (<usize>half << 4), chance ? reals(u, half) : zeros(), numbers, chance);
      }
    }
    panel += <usize>rows * bytes; group += groups;
  }
}

// @ts-ignore: decorator
@inline function keep(slot: usize, held: usize, minus: usize, at: usize, u: v128, numbers: usize, chance: i32): void {
  const x = v128.load(slot + at), low = number(numbers, LOWEST), high = number(numbers, HIGHEST);
  let base = held ? v128.load(held + at) : zeros();
  if (minus) base = v128.sub<real>(base, v128.load(minus + at));
  if (load<real>(numbers + PART * BYTES) == 0) { v128.store(slot + at, clip(x, low, high)); return; }
  const parts = v128.mul<real>(v128.sub<real>(x, base), number(numbers, PER_PART)), near = v128.nearest<real>(parts);
  let n = near;
  if (chance) {
    const slack = v128.mul<real>(v128.mul<real>(v128.abs<real>(x), number(numbers, PER_PART)), v128.splat<real>(SLACK));
    n = v128.bitselect(near, v128.floor<real>(v128.add<real>(parts, u)), v128.le<real>(v128.abs<real>(v128.sub<real>(parts, near)), slack));
  }
  const most = number(numbers, MOST), part = number(numbers, PART);
  n = clip(n, v128.neg<real>(most), most);
  if (load<real>(numbers + WHOLE * BYTES) == 0) {
    v128.store(slot + at, clip(v128.add<real>(base, v128.mul<real>(n, part)), low, high));
    return;
  }
  const whole = number(numbers, WHOLE), steps = v128.trunc<real>(v128.div<real>(n, whole));
  const code = v128.add<real>(v128.nearest<real>(v128.mul<real>(base, number(numbers, PER_STEP))), steps);
  const register = clip(v128.mul<real>(code, number(numbers, STEP)), low, high);
  v128.store(held + at, register);
  v128.store(slot + at, v128.add<real>(register, v128.mul<real>(v128.sub<real>(n, v128.mul<real>(steps, whole)), part)));
}
