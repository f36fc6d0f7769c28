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

/** Sums over the rows of a packed matrix, one after another: above[c] += Σ max(a[r, c], 0) and all[c] += Σ a[r, c]. */
export function addPackedSums(above: usize, all: usize, a: usize, rows: i32, stride: i32): void {
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4, end = a + <usize>rows * bytes;
    let c: usize = 0;
    // Sums wait for one another, so several columns go side by side.
    for (; c + 64 <= bytes; c += 64) {
      let up0 = v128.load(above + c), up1 = v128.load(above + c, 16), up2 = v128.load(above + c, 32), up3 = v128.load(above + c, 48);
      let sum0 = v128.load(all + c), sum1 = v128.load(all + c, 16), sum2 = v128.load(all + c, 32), sum3 = v128.load(all + c, 48);
      const zero = v128.splat<real>(0);
      for (let at = a + c; at < end; at += bytes) {
        const x0 = v128.load(at), x1 = v128.load(at, 16), x2 = v128.load(at, 32), x3 = v128.load(at, 48);
        up0 = v128.add<real>(up0, v128.pmax<real>(x0, zero)); sum0 = v128.add<real>(sum0, x0);
        up1 = v128.add<real>(up1, v128.pmax<real>(x1, zero)); sum1 = v128.add<real>(sum1, x1);
        up2 = v128.add<real>(up2, v128.pmax<real>(x2, zero)); sum2 = v128.add<real>(sum2, x2);
        up3 = v128.add<real>(up3, v128.pmax<real>(x3, zero)); sum3 = v128.add<real>(sum3, x3);
      }
      v128.store(above + c, up0); v128.store(above + c, up1, 16); v128.store(above + c, up2, 32); v128.store(above + c, up3, 48);
      v128.store(all + c, sum0); v128.store(all + c, sum1, 16); v128.store(all + c, sum2, 32); v128.store(all + c, sum3, 48);
    }
    for (; c < bytes; c += 16) {
      let up = v128.load(above + c), sum = v128.load(all + c);
      for (let at = a + c; at < end; at += bytes) {
        const x = v128.load(at);
        up = v128.add<real>(up, v128.pmax<real>(x, v128.splat<real>(0))); sum = v128.add<real>(sum, x);
      }
      v128.store(above + c, up); v128.store(all + c, sum);
    }
    a = end; above += bytes; all += bytes;
  }
}
