// Elementwise work on padded rows, and the two dense helpers that are off the settling path.

import { BYTES, LANES, PANEL, clip, horizontalSum, mulAdd, packed } from "./real";

/** out[r, :] ← row, for every r. */
export function fillRows(out: usize, stride: i32, rows: i32, cols: i32, row: usize): void {
  for (let r = 0; r < rows; r++) memory.copy(out + <usize>(r * stride) * BYTES, row, <usize>cols * BYTES);
}

/** out ← clip(a, low, high), row by row. */
export function clipRows(out: usize, a: usize, stride: i32, rows: i32, cols: i32, low: usize, high: usize): void {
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16)
      v128.store(out + row + at, clip(v128.load(a + row + at), v128.load(low + at), v128.load(high + at)));
  }
}

/** out[r, :] += k·a[r, :]. */
export function addScaled(out: usize, outStride: i32, a: usize, aStride: i32, rows: i32, cols: i32, k: real): void {
  const scale = v128.splat<real>(k);
  for (let r = 0; r < rows; r++) {
    const to = out + <usize>(r * outStride) * BYTES, from = a + <usize>(r * aStride) * BYTES;
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16)
      v128.store(to + at, mulAdd(scale, v128.load(from + at), v128.load(to + at)));
  }
}

/** out ← k·(a − b), row by row. */
export function scaledDifference(out: usize, a: usize, b: usize, stride: i32, rows: i32, cols: i32, k: real): void {
  const scale = v128.splat<real>(k);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16)
      v128.store(out + row + at, v128.mul<real>(scale, v128.sub<real>(v128.load(a + row + at), v128.load(b + row + at))));
  }
}

/** Rows first … last−1 of a packed matrix ← themselves ⊙ those of a. */
export function multiplyPacked(out: usize, a: usize, rows: i32, stride: i32, first: i32, last: i32): void {
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let at = <usize>first * bytes; at < <usize>last * bytes; at += 16)
      v128.store(out + at, v128.mul<real>(v128.load(out + at), v128.load(a + at)));
    out += <usize>rows * bytes; a += <usize>rows * bytes;
  }
}

/** Rows first … last−1 of a packed matrix += those of a. */
export function addPacked(out: usize, a: usize, rows: i32, stride: i32, first: i32, last: i32): void {
  for (let left = stride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let at = <usize>first * bytes; at < <usize>last * bytes; at += 16)
      v128.store(out + at, v128.add<real>(v128.load(out + at), v128.load(a + at)));
    out += <usize>rows * bytes; a += <usize>rows * bytes;
  }
}

/** out[:] += Σ_r a[r, :]. */
export function addRowSums(out: usize, a: usize, stride: i32, rows: i32, cols: i32): void {
  for (let at: usize = 0; at < <usize>cols * BYTES; at += 16) {
    let sum = v128.load(out + at);
    for (let r = 0; r < rows; r++) sum = v128.add<real>(sum, v128.load(a + <usize>(r * stride) * BYTES + at));
    v128.store(out + at, sum);
  }
}

/** to[c, r] ← from[r, c] for rows first … last−1 of packed matrices: `from` of rows × cols, `to` of cols × rows; strides are padded widths. */
export function transpose(from: usize, fromStride: i32, rows: i32, cols: i32, to: usize, toStride: i32, first: i32, last: i32): void {
  const full = PANEL * LANES;
  for (let c = 0; c < cols; c++) {
    const step = <usize>min(full, fromStride - c / full * full) * BYTES;
    let source = from + packed(first, c, rows, fromStride);
    for (let r = first; r < last;) {
      let where = to + packed(c, r, cols, toStride);
      for (const end = min(r - r % full + full, last); r < end; r++) {
        store<real>(where, load<real>(source));
        where += BYTES; source += step;
      }
    }
  }
}

/** out[r, i] += Σ_j a[r, j] · matrix[i, j], the matrix packed: a product with its transpose. */
export function addDots(out: usize, outStride: i32, a: usize, aStride: i32, rows: i32, matrix: usize, matrixStride: i32, matrixRows: i32): void {
  for (let left = matrixStride / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    for (let i = 0; i < matrixRows; i++) {
      for (let r = 0; r < rows; r++) {
        const row = a + <usize>(r * aStride) * BYTES, where = out + <usize>(r * outStride + i) * BYTES;
        let sum = v128.splat<real>(0);
        for (let at: usize = 0; at < bytes; at += 16) sum = mulAdd(v128.load(row + at), v128.load(matrix + at), sum);
        store<real>(where, load<real>(where) + horizontalSum(sum));
      }
      matrix += bytes;
    }
    a += bytes;
  }
}

// Activations of the digital copy: 0 ρ(u) = clip(u, low, high), 1 ρ(u) + 0.01u, 2 logistic sigmoid, 3 step: 1 above ½, otherwise 0; low and high of each column.

/** out ← ρmod(u), row by row. */
export function activate(out: usize, u: usize, stride: i32, rows: i32, cols: i32, kind: i32, low: usize, high: usize): void {
  const half = v128.splat<real>(0.5), one = v128.splat<real>(1), leak = v128.splat<real>(kind == 1 ? 0.01 : 0);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    if (kind == 2) {
      for (let at = row; at < row + <usize>cols * BYTES; at += BYTES) store<real>(out + at, <real>(1 / (1 + Math.exp(-<f64>load<real>(u + at)))));
      continue;
    }
    if (kind == 3) {
      for (let at = row; at < row + <usize>cols * BYTES; at += 16) v128.store(out + at, v128.and(v128.gt<real>(v128.load(u + at), half), one));
      continue;
    }
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16) {
      const x = v128.load(u + row + at);
      v128.store(out + row + at, mulAdd(leak, x, clip(x, v128.load(low + at), v128.load(high + at))));
    }
  }
}

/** error ← error ⊙ ρmod′(u), row by row; the slope of ρ is 1 on the closed interval [low, high]. `s` holds ρmod(u). */
export function timesSlope(error: usize, u: usize, s: usize, stride: i32, rows: i32, cols: i32, kind: i32, low: usize, high: usize): void {
  const one = v128.splat<real>(1), leak = v128.splat<real>(kind == 1 ? 0.01 : 0);
  for (let r = 0; r < rows; r++) {
    const row = <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16) {
      const e = v128.load(error + row + at);
      let slope: v128;
      if (kind == 2) {
        const y = v128.load(s + row + at);
        slope = v128.mul<real>(y, v128.sub<real>(one, y));
      } else {
        const x = v128.load(u + row + at);
        slope = v128.add<real>(leak, v128.and(v128.and(v128.ge<real>(x, v128.load(low + at)), v128.le<real>(x, v128.load(high + at))), one));
      }
      v128.store(error + row + at, v128.mul<real>(e, slope));
    }
  }
}

/** The index of the largest of the first n reals of each row: the class a row names. */
export function largest(src: usize, stride: i32, rows: i32, n: i32, out: usize): void {
  for (let r = 0; r < rows; r++) {
    const row = src + <usize>(r * stride) * BYTES;
    let best = 0, top = load<real>(row);
    for (let i = 1; i < n; i++) {
      const x = load<real>(row + <usize>i * BYTES);
      if (x > top) { top = x; best = i; }
    }
    store<i32>(out + (<usize>r << 2), best);
  }
}

/** out ← a over n reals. */
export function copyReals(out: usize, a: usize, n: i32): void { memory.copy(out, a, <usize>n * BYTES); }

/** a ← k·a, row by row. */
export function scale(a: usize, stride: i32, rows: i32, cols: i32, k: real): void {
  const factor = v128.splat<real>(k);
  for (let r = 0; r < rows; r++) {
    const row = a + <usize>(r * stride) * BYTES;
    for (let at: usize = 0; at < <usize>cols * BYTES; at += 16) v128.store(row + at, v128.mul<real>(factor, v128.load(row + at)));
  }
}
