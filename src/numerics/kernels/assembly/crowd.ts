// The synapses that are pulsed in a programming.

import { BYTES, LANES } from "./real";
import { firstColumn, fraction, nextColumn, reals, wordOf } from "./chance";
import { CHANCE, LEAST, PER_STEP, WRITE_NOISE, number } from "./law";

/** Vectors in a group of four columns. */
export const HALVES: i32 = 4 / LANES;
export const GROUP: usize = <usize>HALVES << 4;
/** Synapses that are pulsed together; a row of a panel, of 128 bytes at most, may come on top. */
export const CROWD: i32 = 64;
/** Numbers that are kept of a device, and of a pair, one device after another. */
export const TRAITS: usize = 8, PAIR_TRAITS: usize = 11;
/** Bytes of the words of a row of a panel, and of each of the lists that follow them in the room of a crowd. */
export const WORDS: usize = 128, LIST: usize = 4 * (<usize>CROWD + 32);

// A crowd: the synapses of some rows that are pulsed, gathered, because they lie far apart and are few. Its room holds
// the words of the row that is looked at, then a list each of words, of where the weights lie and of where their traits
// begin, in bytes.

/**
 * Adds to a crowd of n those of a row of a panel that are to be pulsed; every other weight of `slot` is left with what
 * is held, or, where it is owed, as it is. Without a branch: which are pulsed is chance.
 */
// @ts-ignore: decorator
@inline export function gather(pairs: bool, slot: usize, held: usize, minus: usize, row: usize, bytes: usize, many: usize, words: v128, group: i32, law: usize, room: usize, n: i32): i32 {
  const chance = load<real>(law + CHANCE * BYTES) != 0;
  let busy: u32 = 0, bit = 0;
  let column = firstColumn(words, group);
  for (let at = row, to = room; at < row + bytes; at += GROUP, to += 16) {
    const word = wordOf(column), u = fraction(word);
    column = nextColumn(column);
    v128.store(to, word);
    for (let half = 0; half < HALVES; half++) {
      const here = at + (<usize>half << 4), x = pairs ? v128.sub<real>(v128.load(held + here), v128.load(minus + here)) : v128.load(held + here), wanted = v128.load(slot + here);
      const none = v128.lt<real>(v128.add<real>(v128.mul<real>(v128.abs<real>(v128.sub<real>(wanted, x)), number(law, PER_STEP)), v128.mul<real>(reals(u, half), number(law, CHANCE))), v128.splat<real>(1));
      if (chance) v128.store(slot + here, v128.bitselect(x, wanted, none));
      busy |= <u32>(sizeof<real>() == 4 ? v128.bitmask<i32>(none) ^ 15 : v128.bitmask<i64>(none) ^ 3) << bit;
      bit += LANES;
    }
  }
  for (; busy != 0; busy &= busy - 1) {
    const c = <usize>ctz(busy), at = row + c * BYTES, list = room + WORDS + (<usize>n << 2);
    store<u32>(list, load<u32>(room + (c << 2)));
    store<u32>(list + LIST, <u32>at);
    store<u32>(list + 2 * LIST, <u32>(at * many));
    n++;
  }
  return n;
}

/** Makes a crowd of n fill its last vector: its last member is taken several times, and changes once. */
// @ts-ignore: decorator
@inline export function fill(room: usize, n: i32): void {
  for (let list = room + WORDS; list < room + WORDS + 3 * LIST; list += LIST)
    for (let k = n; k % LANES != 0; k++) store<u32>(list + (<usize>k << 2), load<u32>(list + (<usize>(n - 1) << 2)));
}

/** What lies at the places of a list, beyond `base`. */
// @ts-ignore: decorator
@inline export function collect(base: usize, list: usize): v128 {
  let x = v128.load_splat<real>(base + load<u32>(list));
  x = v128.load_lane<real>(base + load<u32>(list, 4), x, 1);
  if (LANES == 2) return x;
  return v128.load_lane<real>(base + load<u32>(list, 12), v128.load_lane<real>(base + load<u32>(list, 8), x, <u8>(2 % LANES)), <u8>(3 % LANES));
}
// @ts-ignore: decorator
@inline export function scatter(base: usize, list: usize, x: v128): void {
  v128.store_lane<real>(base + load<u32>(list), x, 0);
  v128.store_lane<real>(base + load<u32>(list, 4), x, 1);
  if (LANES == 2) return;
  v128.store_lane<real>(base + load<u32>(list, 8), x, <u8>(2 % LANES));
  v128.store_lane<real>(base + load<u32>(list, 12), x, <u8>(3 % LANES));
}

/** Loads what a crowd will need, all at once: one by one each would be waited for. */
// @ts-ignore: decorator
@inline export function fetch(traits: usize, conducted: usize, room: usize, n: i32): void {
  for (let list = room + WORDS, end = list + (<usize>n << 2); list < end; list += 4) {
    const at = <usize>load<u32>(list + LIST);
    load<real>(traits + load<u32>(list + 2 * LIST));
    if (conducted) load<real>(conducted + at);
  }
}

/** What pulsed synapses conduct: w, as seen with write noise z, LEAST at least; and the same times their gains. */
// @ts-ignore: decorator
@inline export function conduct(w: v128, z: v128, moved: v128, at: usize, seen: usize, gain: v128, conducted: usize, law: usize): void {
  let now = w;
  if (seen) {
    now = v128.bitselect(v128.pmax<real>(v128.add<real>(w, v128.mul<real>(number(law, WRITE_NOISE), z)), number(law, LEAST)), collect(seen, at), moved);
    scatter(seen, at, now);
  }
  if (conducted) scatter(conducted, at, v128.mul<real>(now, gain));
}
