// Fabricated synapses: what is programmed times each one's own gain. Matrices are packed.

import { BYTES, LANES, PANEL, packed } from "./real";

/** Rows first … last−1: out ← a ⊙ gain; those whose `touched` (or 0) is 0 are left as they are. */
export function realise(out: usize, a: usize, gain: usize, rows: i32, stride: i32, first: i32, last: i32, touched: usize): void {
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let r = first; r < last; r++) {
      if (touched && load<i32>(touched + (<usize>r << 2)) == 0) continue;
      for (let at = <usize>r * bytes; at < <usize>(r + 1) * bytes; at += 16)
        v128.store(out + at, v128.mul<real>(v128.load(a + at), v128.load(gain + at)));
    }
    out += <usize>rows * bytes; a += <usize>rows * bytes; gain += <usize>rows * bytes;
  }
}

/** The same for the mirror image: to[c, r] ← a[r, c] · gain[r, c] for rows first … last−1 of a, rows × cols; `to` is cols × rows. */
export function realiseMirror(to: usize, toStride: i32, a: usize, gain: usize, rows: i32, cols: i32, stride: i32, first: i32, last: i32): void {
  const full = PANEL * LANES;
  for (let c = 0; c < cols; c++) {
    const step = <usize>min(full, stride - c / full * full) * BYTES;
    let source = packed(first, c, rows, stride);
    for (let r = first; r < last;) {
      let where = to + packed(c, r, cols, toStride);
      for (const end = min(r - r % full + full, last); r < end; r++) {
        store<real>(where, load<real>(a + source) * load<real>(gain + source));
        where += BYTES; source += step;
      }
    }
  }
}
