// Sparse rows: row r has count[r·countStride] entries (index, value), the k-th at r·listStride + k.
// One kernel, addSparse, multiplies such rows with a dense matrix; it is the input product, the
// propagation of what moved, and every outer-product update.

import { BYTES, LANES, PANEL, append, mulAdd } from "./real";

/** Lists the non-zeros of dense rows [rows × cols], times `scale`. */
export function listNonzeros(src: usize, srcStride: i32, rows: i32, cols: i32, scale: real,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = src + <usize>(r * srcStride) * BYTES;
    const at = <usize>(r * listStride);
    let n = at, c = 0;
    for (; c + LANES <= cols; c += LANES) {
      const x = v128.load(row + <usize>c * BYTES);
      n = append(index, value, n, c, v128.mul<real>(x, v128.splat<real>(scale)), v128.ne<real>(x, v128.splat<real>(0)));
    }
    for (; c < cols; c++) {
      const x = load<real>(row + <usize>c * BYTES);
      store<i32>(index + (n << 2), c);
      store<real>(value + n * BYTES, x * scale);
      n += <usize>(x != 0);
    }
    store<i32>(count + (<usize>(r * countStride) << 2), <i32>(n - at));
  }
}

/** The same for rows of bytes: an image's pixels times `scale`. */
export function listBytes(src: usize, rows: i32, cols: i32, scale: real,
  index: usize, value: usize, listStride: i32, count: usize): void {
  for (let r = 0; r < rows; r++) {
    const row = src + <usize>(r * cols), at = <usize>(r * listStride);
    let n = at, c = 0;
    for (; sizeof<real>() == 4 && c + LANES <= cols; c += LANES) {
      const x = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(row + <usize>c))));
      n = append(index, value, n, c, f32x4.mul(x, f32x4.splat(<f32>scale)), f32x4.ne(x, f32x4.splat(0)));
    }
    for (; c < cols; c++) {
      const x = load<u8>(row + <usize>c);
      if (x != 0) {
        store<i32>(index + (n << 2), c);
        store<real>(value + n * BYTES, <real>x * scale);
        n++;
      }
    }
    store<i32>(count + (<usize>r << 2), <i32>(n - at));
  }
}

/** Turns row lists into the lists of columns first … last−1 of the same matrix (entries in row order). */
export function transposeLists(index: usize, value: usize, listStride: i32, count: usize, rows: i32,
  first: i32, last: i32, toIndex: usize, toValue: usize, toStride: i32, toCount: usize): void {
  memory.fill(toCount + (<usize>first << 2), 0, <usize>(last - first) << 2);
  for (let r = 0; r < rows; r++) {
    const at = <usize>(r * listStride);
    const end = at + <usize>load<i32>(count + (<usize>r << 2));
    for (let n = at; n < end; n++) {
      const c = load<i32>(index + (n << 2));
      if (c < first || c >= last) continue;
      const where = toCount + (<usize>c << 2), k = load<i32>(where), to = <usize>(c * toStride + k);
      store<i32>(toIndex + (to << 2), r);
      store<real>(toValue + to * BYTES, load<real>(value + n * BYTES));
      store<i32>(where, k + 1);
    }
  }
}

/** Appends to the lists of columns first … last−1 the non-zeros of dense rows, numbered from `base`, times `scale`. */
export function appendColumns(src: usize, srcStride: i32, rows: i32, first: i32, last: i32, scale: real, base: i32,
  index: usize, value: usize, listStride: i32, count: usize): void {
  // A cache line of columns at a time, row after row: the entries of one column are far apart in memory.
  for (let begin = first; begin < last; begin += 4 * LANES) {
    const end = min(begin + 4 * LANES, last);
    for (let r = 0; r < rows; r++) {
      const row = src + <usize>(r * srcStride) * BYTES;
      for (let c = begin; c < end; c++) {
        const x = load<real>(row + <usize>c * BYTES), where = count + (<usize>c << 2), n = load<i32>(where), to = <usize>(c * listStride + n);
        store<i32>(index + (to << 2), base + r);
        store<real>(value + to * BYTES, x * scale);
        store<i32>(where, n + <i32>(x != 0));
      }
    }
  }
}

/** Copies dense rows into a packed matrix of `toRows` rows, from its row `first` on. */
export function packRows(src: usize, srcStride: i32, rows: i32, cols: i32, to: usize, toRows: i32, first: i32): void {
  for (let left = cols / LANES; left > 0; left -= PANEL) {
    const bytes = <usize>min(left, PANEL) << 4;
    let where = to + <usize>first * bytes;
    for (let r = 0; r < rows; r++) {
      const row = src + <usize>(r * srcStride) * BYTES;
      for (let at: usize = 0; at < bytes; at += 16) v128.store(where + at, v128.load(row + at));
      where += bytes;
    }
    to += <usize>toRows * bytes; src += bytes;
  }
}

/**
 * out[r, :] += Σ value · matrix[index, :] over the entries of rows first … last−1, or ← the sum if `afresh`;
 * `cols` is a multiple of LANES. A matrix is either plain rows of `stride` reals (packed = 0) or packed into
 * panels (packed = its row count). In panels of fewer than 8 vectors entries go to two sums by turns.
 */
export function addSparse(out: usize, outStride: i32, outPacked: i32, first: i32, last: i32,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32,
  matrix: usize, matrixStride: i32, matrixPacked: i32, cols: i32, afresh: i32): void {
  for (let left = cols / LANES; left > 0; left -= PANEL) {
    const width = min(left, PANEL), bytes = <usize>width << 4;
    const outRow = outPacked ? bytes : <usize>outStride * BYTES, row = matrixPacked ? bytes : <usize>matrixStride * BYTES;
    if (afresh) for (let r = first; r < last; r++) clear(out + <usize>r * outRow, bytes);
    if (width == PANEL) {
      for (let r = first; r < last; r++) {
        const n = load<i32>(count + (<usize>(r * countStride) << 2)), list = <usize>(r * listStride);
        if (n > 0) stripe8(out + <usize>r * outRow, index + (list << 2), value + list * BYTES, n, matrix, row);
      }
    } else {
      for (let r = first; r < last; r++) {
        const n = load<i32>(count + (<usize>(r * countStride) << 2)), list = <usize>(r * listStride);
        if (n > 0) narrow(width, out + <usize>r * outRow, index + (list << 2), value + list * BYTES, n, matrix, row);
      }
    }
    out += outPacked ? <usize>outPacked * bytes : bytes;
    matrix += matrixPacked ? <usize>matrixPacked * bytes : bytes;
  }
}

// @ts-ignore: decorator
@inline function clear(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 16) v128.store(at, v128.splat<real>(0));
}

/** A panel of fewer than 8 vectors. */
function narrow(width: i32, out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  if (width >= 4) {
    stripe4(out, index, value, n, matrix, ld);
    out += 64; matrix += 64; width -= 4;
  }
  if (width == 3) stripe3(out, index, value, n, matrix, ld);
  else if (width == 2) stripe2(out, index, value, n, matrix, ld);
  else if (width == 1) stripe1(out, index, value, n, matrix, ld);
}

// One row of a panel of so many vectors, read two entries at a time: V8 on Node 20 runs that almost twice as
// fast. In the widest it does so only while sums are stored as they are: an addition after the loop makes it spill.

function stripe8(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16), a2 = v128.load(out, 32), a3 = v128.load(out, 48);
  let a4 = v128.load(out, 64), a5 = v128.load(out, 80), a6 = v128.load(out, 96), a7 = v128.load(out, 112);
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    a2 = mulAdd(x, v128.load(row, 32), a2);
    a3 = mulAdd(x, v128.load(row, 48), a3);
    a4 = mulAdd(x, v128.load(row, 64), a4);
    a5 = mulAdd(x, v128.load(row, 80), a5);
    a6 = mulAdd(x, v128.load(row, 96), a6);
    a7 = mulAdd(x, v128.load(row, 112), a7);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(y, v128.load(next), mulAdd(x, v128.load(row), a0));
    a1 = mulAdd(y, v128.load(next, 16), mulAdd(x, v128.load(row, 16), a1));
    a2 = mulAdd(y, v128.load(next, 32), mulAdd(x, v128.load(row, 32), a2));
    a3 = mulAdd(y, v128.load(next, 48), mulAdd(x, v128.load(row, 48), a3));
    a4 = mulAdd(y, v128.load(next, 64), mulAdd(x, v128.load(row, 64), a4));
    a5 = mulAdd(y, v128.load(next, 80), mulAdd(x, v128.load(row, 80), a5));
    a6 = mulAdd(y, v128.load(next, 96), mulAdd(x, v128.load(row, 96), a6));
    a7 = mulAdd(y, v128.load(next, 112), mulAdd(x, v128.load(row, 112), a7));
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, a0); v128.store(out, a1, 16); v128.store(out, a2, 32); v128.store(out, a3, 48);
  v128.store(out, a4, 64); v128.store(out, a5, 80); v128.store(out, a6, 96); v128.store(out, a7, 112);
}

function stripe4(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16), a2 = v128.load(out, 32), a3 = v128.load(out, 48);
  const zero = v128.splat<real>(0);
  let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    b0 = mulAdd(x, v128.load(row), b0);
    b1 = mulAdd(x, v128.load(row, 16), b1);
    b2 = mulAdd(x, v128.load(row, 32), b2);
    b3 = mulAdd(x, v128.load(row, 48), b3);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    a2 = mulAdd(x, v128.load(row, 32), a2);
    a3 = mulAdd(x, v128.load(row, 48), a3);
    b0 = mulAdd(y, v128.load(next), b0);
    b1 = mulAdd(y, v128.load(next, 16), b1);
    b2 = mulAdd(y, v128.load(next, 32), b2);
    b3 = mulAdd(y, v128.load(next, 48), b3);
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, v128.add<real>(a0, b0)); v128.store(out, v128.add<real>(a1, b1), 16);
  v128.store(out, v128.add<real>(a2, b2), 32); v128.store(out, v128.add<real>(a3, b3), 48);
}

function stripe3(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16), a2 = v128.load(out, 32);
  const zero = v128.splat<real>(0);
  let b0 = zero, b1 = zero, b2 = zero;
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    b0 = mulAdd(x, v128.load(row), b0);
    b1 = mulAdd(x, v128.load(row, 16), b1);
    b2 = mulAdd(x, v128.load(row, 32), b2);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    a2 = mulAdd(x, v128.load(row, 32), a2);
    b0 = mulAdd(y, v128.load(next), b0);
    b1 = mulAdd(y, v128.load(next, 16), b1);
    b2 = mulAdd(y, v128.load(next, 32), b2);
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, v128.add<real>(a0, b0)); v128.store(out, v128.add<real>(a1, b1), 16);
  v128.store(out, v128.add<real>(a2, b2), 32);
}

function stripe2(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16);
  const zero = v128.splat<real>(0);
  let b0 = zero, b1 = zero;
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    b0 = mulAdd(x, v128.load(row), b0);
    b1 = mulAdd(x, v128.load(row, 16), b1);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    b0 = mulAdd(y, v128.load(next), b0);
    b1 = mulAdd(y, v128.load(next, 16), b1);
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, v128.add<real>(a0, b0)); v128.store(out, v128.add<real>(a1, b1), 16);
}

function stripe1(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out);
  const zero = v128.splat<real>(0);
  let b0 = zero;
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    b0 = mulAdd(x, v128.load(row), b0);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(x, v128.load(row), a0);
    b0 = mulAdd(y, v128.load(next), b0);
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, v128.add<real>(a0, b0));
}
