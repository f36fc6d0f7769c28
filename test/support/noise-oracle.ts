/** Which normal number: the whole of what it depends on. */
export interface Draw {
  readonly key: number;
  readonly moment: number;
  readonly step: number;
  readonly row: number;
  readonly unit: number;
}

// The fraction of π in four words, one a lane; 2³² over the golden ratio.
export const lanes = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
export const golden = 0x9e3779b9;

/** Wellons' lowbias32. */
export function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

/** Words of 32 bits, by xoshiro128+ (Blackman & Vigna 2021). */
function* words(seed: number): Generator<number, never> {
  const s = [seed];
  for (let i = 1; i < 4; i++) s.push(mix((s[i - 1] + golden) | 0));
  for (;;) {
    yield (s[0] + s[3]) | 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
  }
}

/**
 * The standard normal number of a draw, in double precision: unit 8m + lane is R sin 2πu₂ and unit
 * 8m + 4 + lane is R cos 2πu₂ with R = √(−2 ln u₁), of the m-th pair of words of its lane (Box &
 * Muller 1958): u₁ on (0, 1] from the upper 24 bits of the one, the angle from 30 of the other, as
 * quarter turns and ± π/4.
 */
export function normalAt({ key, moment, step, row, unit }: Draw): number {
  const seed = [moment, step, row].reduce(
    (h, next) => mix((h + next) | 0),
    mix(lanes[unit % 4] ^ key),
  );
  const source = words(seed);
  let one = 0;
  let other = 0;
  for (let m = 0; m <= Math.floor(unit / 8); m++) {
    one = source.next().value;
    other = source.next().value;
  }
  return normalsOf(one, other)[unit % 8 < 4 ? 0 : 1];
}

/** The two normal numbers of a pair of words. */
export function normalsOf(one: number, other: number): readonly [bySine: number, byCosine: number] {
  const radius = Math.sqrt(-2 * Math.log(((one >>> 8) + 1) * 2 ** -24));
  const angle = (other >>> 30) * (Math.PI / 2) + (other << 2) * 2 ** -31 * (Math.PI / 4);
  return [radius * Math.sin(angle), radius * Math.cos(angle)];
}
