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
