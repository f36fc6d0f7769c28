// `real` is f32 or f64: the build compiles this source once for each (asc --use real=f32).
// Rows are padded to a multiple of four reals, so every elementwise loop runs whole vectors.

export const BYTES: usize = sizeof<real>();
export const LANES: i32 = 16 / sizeof<real>();
/**
 * Vectors in a panel. Weights are packed: panel after panel of PANEL vectors (the last one narrower),
 * each holding all rows of its columns one after another, so that a product walks compact memory.
 */
export const PANEL: i32 = 8;

/** Where entry (r, c) of a packed matrix of `rows` rows and `cols` padded columns lies, in bytes. */
// @ts-ignore: decorator
@inline export function packed(r: i32, c: i32, rows: i32, cols: i32): usize {
  const full = PANEL * LANES, panel = c / full, width = min(full, cols - panel * full);
  return <usize>(rows * panel * full + r * width + (c - panel * full)) * BYTES;
}

// @ts-ignore: decorator
@inline export function mulAdd(a: v128, b: v128, c: v128): v128 { return v128.add<real>(c, v128.mul<real>(a, b)); }

/** A NaN stays a NaN: pmax and pmin keep their first argument unless the comparison holds. */
// @ts-ignore: decorator
@inline export function clip(x: v128, low: v128, high: v128): v128 { return v128.pmin<real>(v128.pmax<real>(x, low), high); }

// @ts-ignore: decorator
@inline export function horizontalSum(x: v128): real {
  let sum: real = v128.extract_lane<real>(x, 0) + v128.extract_lane<real>(x, 1);
  if (sizeof<real>() == 4) sum += v128.extract_lane<real>(x, 2) + v128.extract_lane<real>(x, 3);
  return sum;
}

// @ts-ignore: decorator
@inline export function horizontalMax(x: v128): real {
  let top: real = max<real>(v128.extract_lane<real>(x, 0), v128.extract_lane<real>(x, 1));
  if (sizeof<real>() == 4) top = max<real>(top, max<real>(v128.extract_lane<real>(x, 2), v128.extract_lane<real>(x, 3)));
  return top;
}

/** For each subset of four lanes, as bits: the byte shuffle that moves them to the front. */
const toFront: usize = memory.data<u32>([
  0, 0, 0, 0, 0x03020100, 0, 0, 0, 0x07060504, 0, 0, 0, 0x03020100, 0x07060504, 0, 0,
  0x0b0a0908, 0, 0, 0, 0x03020100, 0x0b0a0908, 0, 0, 0x07060504, 0x0b0a0908, 0, 0, 0x03020100, 0x07060504, 0x0b0a0908, 0,
  0x0f0e0d0c, 0, 0, 0, 0x03020100, 0x0f0e0d0c, 0, 0, 0x07060504, 0x0f0e0d0c, 0, 0, 0x03020100, 0x07060504, 0x0f0e0d0c, 0,
  0x0b0a0908, 0x0f0e0d0c, 0, 0, 0x03020100, 0x0b0a0908, 0x0f0e0d0c, 0, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0, 0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
], 16);

/**
 * Appends to a list of n entries the lanes of x that `chosen` (a comparison) marks, its first lane being
 * column `first`, and returns the new n. It does without a branch, because which lanes are chosen is random,
 * and writes whole vectors: a list needs room for every lane that it is shown.
 */
// @ts-ignore: decorator
@inline export function append(index: usize, value: usize, n: usize, first: i32, x: v128, chosen: v128): usize {
  const columns = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), words = v128.bitmask<i32>(chosen);
  const shuffle = v128.load(toFront + (<usize>words << 4));
  v128.store(value + n * BYTES, i8x16.swizzle(x, shuffle));
  if (sizeof<real>() == 4) {
    v128.store(index + (n << 2), i8x16.swizzle(columns, shuffle));
    return n + <usize>popcnt(words);
  }
  const lanes = v128.bitmask<i64>(chosen);
  store<i64>(index + (n << 2), v128.extract_lane<i64>(i8x16.swizzle(columns, v128.load(toFront + (<usize>lanes << 4))), 0));
  return n + <usize>popcnt(lanes);
}
