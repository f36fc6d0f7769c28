// Crossbars of resistors: what the squares of the voltages add to every synapse, and the range that holds them.

import { BYTES, LANES, PANEL, clip } from "./real";

/** out[:] ← k·Σ_r (a[r, :]² − b[r, :]²). */
export function squaresDifference(out: usize, a: usize, b: usize, stride: i32, rows: i32, cols: i32, k: real): void {
  const scale = v128.splat<real>(k);
  for (let at: usize = 0; at < <usize>cols * BYTES; at += 16) {
    let sum = v128.splat<real>(0);
    for (let r = 0; r < rows; r++) {
      const row = <usize>(r * stride) * BYTES + at, x = v128.load(a + row), y = v128.load(b + row);
      sum = v128.add<real>(sum, v128.sub<real>(v128.mul<real>(x, x), v128.mul<real>(y, y)));
    }
    v128.store(out + at, v128.mul<real>(scale, sum));
  }
}

/**
 * Rows first … last−1 of a packed matrix: g ← clip(g + ofRow[r] + ofColumn[c], low[c], high[c]), ⊙ mask where there is one.
 * `ofRow` and `mask` may be 0: then there are none.
 */
export function restrain(matrix: usize, rows: i32, stride: i32, first: i32, last: i32, ofRow: usize, ofColumn: usize, low: usize, high: usize, mask: usize): void {
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      const row = ofRow ? v128.load_splat<real>(ofRow + <usize>r * BYTES) : v128.splat<real>(0), from = <usize>r * bytes;
      for (let at: usize = 0; at < bytes; at += 16) {
        const sum = v128.add<real>(v128.load(matrix + from + at), v128.add<real>(row, v128.load(ofColumn + at)));
        const now = clip(sum, v128.load(low + at), v128.load(high + at));
        v128.store(matrix + from + at, mask ? v128.mul<real>(now, v128.load(mask + from + at)) : now);
      }
    }
    matrix += <usize>rows * bytes; ofColumn += bytes; low += bytes; high += bytes;
    if (mask) mask += <usize>rows * bytes;
  }
}
