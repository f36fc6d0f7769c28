// Sparse rows: row r has count[r·countStride] entries (index, value), the k-th at r·listStride + k.
// One kernel, addSparse, multiplies such rows with a dense matrix; it is the input product, the
// propagation of what moved, and every outer-product update.

import { BYTES, LANES, PANEL, mulAdd } from "./real";

/** Lists the non-zeros of dense rows [rows × cols], times `scale`. */
export function listNonzeros(src: usize, srcStride: i32, rows: i32, cols: i32, scale: real,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = src + <usize>(r * srcStride) * BYTES;
    let at = <usize>(r * listStride), n = at;
    for (let c = 0; c < cols; c++) {
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
    const row = src + <usize>(r * cols);
    let at = <usize>(r * listStride), n = at;
    for (let c = 0; c < cols; c++) {
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
  for (let c = first; c < last; c++) {
    const where = count + (<usize>c << 2);
    const start = <usize>(c * listStride);
    let n = start + <usize>load<i32>(where);
    for (let r = 0; r < rows; r++) {
      const x = load<real>(src + <usize>(r * srcStride + c) * BYTES);
      store<i32>(index + (n << 2), base + r);
      store<real>(value + n * BYTES, x * scale);
      n += <usize>(x != 0);
    }
    store<i32>(where, <i32>(n - start));
  }
}

/**
 * out[r, :] += Σ value · matrix[index, :] over the entries of rows first … last−1; `cols` is a multiple of LANES.
 * A matrix is either plain rows of `stride` reals (packed = 0) or packed into panels (packed = its row count).
 */
export function addSparse(out: usize, outStride: i32, outPacked: i32, first: i32, last: i32,
  index: usize, value: usize, listStride: i32, count: usize, countStride: i32,
  matrix: usize, matrixStride: i32, matrixPacked: i32, cols: i32): void {
  for (let left = cols / LANES; left > 0; left -= PANEL) {
    const width = min(left, PANEL), bytes = <usize>width << 4;
    const outRow = outPacked ? bytes : <usize>outStride * BYTES, row = matrixPacked ? bytes : <usize>matrixStride * BYTES;
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

// One row of a panel of so many vectors. Entries are added one after another, read two at a time: V8 on
// Node 20 runs that almost twice as fast.

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
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    a2 = mulAdd(x, v128.load(row, 32), a2);
    a3 = mulAdd(x, v128.load(row, 48), a3);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(y, v128.load(next), mulAdd(x, v128.load(row), a0));
    a1 = mulAdd(y, v128.load(next, 16), mulAdd(x, v128.load(row, 16), a1));
    a2 = mulAdd(y, v128.load(next, 32), mulAdd(x, v128.load(row, 32), a2));
    a3 = mulAdd(y, v128.load(next, 48), mulAdd(x, v128.load(row, 48), a3));
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, a0); v128.store(out, a1, 16); v128.store(out, a2, 32); v128.store(out, a3, 48);
}

function stripe3(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16), a2 = v128.load(out, 32);
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    a2 = mulAdd(x, v128.load(row, 32), a2);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(y, v128.load(next), mulAdd(x, v128.load(row), a0));
    a1 = mulAdd(y, v128.load(next, 16), mulAdd(x, v128.load(row, 16), a1));
    a2 = mulAdd(y, v128.load(next, 32), mulAdd(x, v128.load(row, 32), a2));
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, a0); v128.store(out, a1, 16); v128.store(out, a2, 32);
}

function stripe2(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out), a1 = v128.load(out, 16);
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    a0 = mulAdd(x, v128.load(row), a0);
    a1 = mulAdd(x, v128.load(row, 16), a1);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(y, v128.load(next), mulAdd(x, v128.load(row), a0));
    a1 = mulAdd(y, v128.load(next, 16), mulAdd(x, v128.load(row, 16), a1));
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, a0); v128.store(out, a1, 16);
}

function stripe1(out: usize, index: usize, value: usize, n: i32, matrix: usize, ld: usize): void {
  let a0 = v128.load(out);
  if (n & 1) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    a0 = mulAdd(x, v128.load(row), a0);
    index += 4; value += BYTES; n--;
  }
  for (; n > 0; n -= 2) {
    const row = matrix + <usize>load<u32>(index) * ld, x = v128.load_splat<real>(value);
    const next = matrix + <usize>load<u32>(index, 4) * ld, y = v128.load_splat<real>(value, BYTES);
    a0 = mulAdd(y, v128.load(next), mulAdd(x, v128.load(row), a0));
    index += 8; value += 2 * BYTES;
  }
  v128.store(out, a0);
}
