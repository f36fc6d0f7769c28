/**
 * Every kernel in plain TypeScript, on a memory image: the same addresses, one element at a time,
 * each operation rounded to the precision of the kernel. The oracle of `test/numerics/kernels`.
 */
import type { Kernels } from "../../src/numerics/kernels/kernels.ts";
import type { Precision } from "../../src/numerics/vec.ts";
import { clampOracles } from "./clamp-oracles.ts";
import { fluctuationOracles } from "./fluctuation-oracles.ts";
import { memoryOracles } from "./memory-oracles.ts";
import { normalAt } from "./noise-oracle.ts";

/**
 * Where entry (r, c) lies in a packed matrix of `cols` padded columns: panels of 128 bytes, the
 * last one narrower, rows within.
 */
export function packedAt(r: number, c: number, rows: number, cols: number, bytes: number): number {
  const panel = 128 / bytes;
  const first = Math.floor(c / panel) * panel;
  return rows * first + r * Math.min(panel, cols - first) + (c - first);
}

/** Between the rails; a NaN stays a NaN, because no comparison with it holds. */
export function clip(x: number, low: number, high: number): number {
  const raised = x < low ? low : x;
  return high < raised ? high : raised;
}

export function oracles(memory: ArrayBuffer, precision: Precision): Kernels {
  const R = precision === "f32" ? new Float32Array(memory) : new Float64Array(memory);
  const bytes = R.BYTES_PER_ELEMENT;
  const I = new Int32Array(memory);
  const B = new Uint8Array(memory);
  const round = precision === "f32" ? Math.fround : (x: number) => x;
  const add = (a: number, b: number) => round(a + b);
  const sub = (a: number, b: number) => round(a - b);
  const mul = (a: number, b: number) => round(a * b);
  const get = (ptr: number, i: number) => R[ptr / bytes + i];
  const put = (ptr: number, i: number, x: number) => {
    R[ptr / bytes + i] = x;
  };
  const count = (ptr: number, i: number) => I[ptr / 4 + i];
  const each = (rows: number, cols: number, visit: (r: number, c: number) => void) => {
    for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) visit(r, c);
  };
  const enter = (index: number, value: number, at: number, i: number, x: number) => {
    I[index / 4 + at] = i;
    put(value, at, x);
  };
  const minimiser = (old: number, drive: number, curvature: number, low: number, high: number) => {
    if (curvature > 0) return clip(round(drive / curvature), low, high);
    if (curvature === 0 && drive === 0) return old;
    const even = curvature === 0 ? 0 : mul(mul(0.5, curvature), add(low, high));
    return drive > even ? high : drive <= even ? low : NaN;
  };
  const leakOf = (kind: number) => round(kind === 1 ? 0.01 : 0);

  return {
    listNonzeros(src, srcStride, rows, cols, scale, index, value, listStride, counts, countStride) {
      for (let r = 0; r < rows; r++) {
        let n = 0;
        for (let c = 0; c < cols; c++) {
          const x = get(src, r * srcStride + c);
          if (x !== 0) enter(index, value, r * listStride + n++, c, mul(x, round(scale)));
        }
        I[counts / 4 + r * countStride] = n;
      }
    },
    listBytes(src, rows, cols, scale, index, value, listStride, counts) {
      for (let r = 0; r < rows; r++) {
        let n = 0;
        for (let c = 0; c < cols; c++) {
          const x = B[src + r * cols + c];
          if (x !== 0) enter(index, value, r * listStride + n++, c, mul(x, round(scale)));
        }
        I[counts / 4 + r] = n;
      }
    },
    transposeLists(
      index,
      value,
      listStride,
      counts,
      rows,
      first,
      last,
      toIndex,
      toValue,
      toStride,
      toCount,
    ) {
      I.fill(0, toCount / 4 + first, toCount / 4 + last);
      for (let r = 0; r < rows; r++)
        for (let n = r * listStride; n < r * listStride + count(counts, r); n++) {
          const c = count(index, n);
          if (c >= first && c < last)
            enter(toIndex, toValue, c * toStride + I[toCount / 4 + c]++, r, get(value, n));
        }
    },
    appendColumns(
      src,
      srcStride,
      rows,
      first,
      last,
      scale,
      base,
      index,
      value,
      listStride,
      counts,
    ) {
      for (let c = first; c < last; c++)
        for (let r = 0; r < rows; r++) {
          const x = get(src, r * srcStride + c);
          if (x !== 0)
            enter(
              index,
              value,
              c * listStride + I[counts / 4 + c]++,
              base + r,
              mul(x, round(scale)),
            );
        }
    },
    packRows(src, srcStride, rows, cols, to, toRows, first) {
      each(rows, cols, (r, c) => {
        put(to, packedAt(first + r, c, toRows, cols, bytes), get(src, r * srcStride + c));
      });
    },
    addSparse(
      out,
      outStride,
      outPacked,
      first,
      last,
      index,
      value,
      listStride,
      counts,
      countStride,
      matrix,
      matrixStride,
      matrixPacked,
      cols,
      afresh,
    ) {
      const at = (r: number, c: number, stride: number, packed: number) =>
        packed ? packedAt(r, c, packed, cols, bytes) : r * stride + c;
      const panel = 128 / bytes;
      const wide = cols - (cols % panel);
      each(last - first, cols, (row, c) => {
        const r = first + row;
        const to = at(r, c, outStride, outPacked);
        const n = count(counts, r * countStride);
        const list = r * listStride;
        // In a last panel that is narrow every second entry, counted from the end, goes to a sum of
        // its own.
        let sum = afresh ? 0 : get(out, to);
        let other = 0;
        for (let k = 0; k < n; k++) {
          const term = mul(
            get(value, list + k),
            get(matrix, at(count(index, list + k), c, matrixStride, matrixPacked)),
          );
          if (c < wide || (n - k) % 2 === 0) sum = add(sum, term);
          else other = add(other, term);
        }
        put(out, to, n > 0 && c >= wide ? add(sum, other) : sum);
      });
    },
    stepLayer(
      state,
      drive,
      change,
      stride,
      rows,
      cols,
      constants,
      kick,
      active,
      index,
      value,
      listStride,
      counts,
      countStride,
    ) {
      const lanes = 16 / bytes;
      const constant = (c: number, k: number) =>
        get(constants, 4 * (c - (c % lanes)) + k * lanes + (c % lanes));
      for (let r = 0; r < rows; r++) {
        let n = 0;
        for (let c = 0; c < cols && !(active && count(active, r) === 0); c++) {
          const i = r * stride + c;
          const old = get(state, i);
          put(drive, i, add(get(drive, i), get(change, i)));
          const moved = add(mul(constant(c, 0), old), mul(constant(c, 1), get(drive, i)));
          const now = clip(kick ? add(moved, get(kick, i)) : moved, constant(c, 2), constant(c, 3));
          put(state, i, now);
          if (now !== old) enter(index, value, r * listStride + n++, c, sub(now, old));
        }
        I[counts / 4 + r * countStride] = n;
      }
    },
    minimiseLayer(
      state,
      drive,
      stride,
      rows,
      cols,
      curvature,
      low,
      high,
      active,
      index,
      value,
      listStride,
      counts,
      countStride,
    ) {
      for (let r = 0; r < rows; r++) {
        let n = 0;
        for (let c = 0; c < cols && !(active && count(active, r) === 0); c++) {
          const i = r * stride + c;
          const old = get(state, i);
          const now = minimiser(old, get(drive, i), get(curvature, c), get(low, c), get(high, c));
          put(state, i, now);
          if (now !== old) enter(index, value, r * listStride + n++, c, sub(now, old));
        }
        I[counts / 4 + r * countStride] = n;
      }
    },
    minimiseUnits(
      state,
      drive,
      stride,
      rows,
      cols,
      curvature,
      low,
      high,
      active,
      index,
      value,
      listStride,
      counts,
      countStride,
      matrix,
      units,
    ) {
      for (let r = 0; r < rows; r++) {
        let n = 0;
        for (let c = 0; c < units && !(active && count(active, r) === 0); c++) {
          const i = r * stride + c;
          const old = get(state, i);
          const now = minimiser(old, get(drive, i), get(curvature, c), get(low, c), get(high, c));
          if (now === old) continue;
          put(state, i, now);
          enter(index, value, r * listStride + n++, c, sub(now, old));
          for (let j = 0; j < cols; j++)
            put(
              drive,
              r * stride + j,
              add(
                get(drive, r * stride + j),
                mul(sub(now, old), get(matrix, packedAt(c, j, units, cols, bytes))),
              ),
            );
        }
        I[counts / 4 + r * countStride] = n;
      }
    },
    realise(out, a, gain, rows, stride, first, last, touched) {
      for (let r = first; r < last; r++)
        for (let c = 0; c < stride && (touched === 0 || I[touched / 4 + r] !== 0); c++) {
          const i = packedAt(r, c, rows, stride, bytes);
          put(out, i, mul(get(a, i), get(gain, i)));
        }
    },
    realiseMirror(to, toStride, a, gain, rows, cols, stride, first, last) {
      for (let r = first; r < last; r++)
        for (let c = 0; c < cols; c++) {
          const i = packedAt(r, c, rows, stride, bytes);
          put(to, packedAt(c, r, cols, toStride, bytes), mul(get(a, i), get(gain, i)));
        }
    },
    gaussianRows(out, stride, first, rows, cols, amplitude, key, moment, step) {
      each(rows, cols, (r, c) => {
        put(
          out,
          r * stride + c,
          get(amplitude, c) * normalAt({ key, moment, step, row: first + r, unit: c }),
        );
      });
    },
    ...fluctuationOracles(memory, precision),
    ...memoryOracles(R, bytes, round),
    ...clampOracles(R, bytes, round),
    forceRows(out, state, drive, stride, rows, cols, curvature) {
      each(rows, cols, (r, c) => {
        const i = r * stride + c;
        put(out, i, sub(get(drive, i), mul(get(curvature, c), get(state, i))));
      });
    },
    residualRows(residual, state, drive, stride, rows, cols, curvature, low, high) {
      for (let r = 0; r < rows; r++) {
        let top = 0;
        for (let c = 0; c < cols; c++) {
          const i = r * stride + c;
          const s = get(state, i);
          const force = sub(get(drive, i), mul(get(curvature, c), s));
          top = Math.max(top, Math.abs(sub(s, clip(add(s, force), get(low, c), get(high, c)))));
        }
        put(residual, r, top);
      }
    },
    energyRows(energy, state, drive, still, stride, rows, cols, curvature) {
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let c = 0; c < cols; c++) {
          const i = r * stride + c;
          const s = get(state, i);
          sum += 0.5 * s * (get(curvature, c) * s - get(drive, i) - get(still, i));
        }
        put(energy, r, sum);
      }
    },
    scale(a, stride, rows, cols, k) {
      each(rows, cols, (r, c) => {
        put(a, r * stride + c, mul(round(k), get(a, r * stride + c)));
      });
    },
    copyReals(out, a, n) {
      for (let i = 0; i < n; i++) put(out, i, get(a, i));
    },
    fillRows(out, stride, rows, cols, row) {
      each(rows, cols, (r, c) => {
        put(out, r * stride + c, get(row, c));
      });
    },
    quantiseRows(out, a, stride, rows, cols, low, span, top) {
      each(rows, cols, (r, c) => {
        put(
          out,
          r * stride + c,
          low +
            span *
              (Math.min(
                Math.max(Math.round(((get(a, r * stride + c) - low) / span) * top), 0),
                top,
              ) /
                top),
        );
      });
    },
    addPackedSums(above, all, a, rows, stride) {
      each(rows, stride, (r, c) => {
        const x = get(a, packedAt(r, c, rows, stride, bytes));
        put(above, c, add(get(above, c), x < 0 ? 0 : x));
        put(all, c, add(get(all, c), x));
      });
    },
    clipRows(out, a, stride, rows, cols, low, high) {
      each(rows, cols, (r, c) => {
        put(out, r * stride + c, clip(get(a, r * stride + c), get(low, c), get(high, c)));
      });
    },
    addScaled(out, outStride, a, aStride, rows, cols, k) {
      each(rows, cols, (r, c) => {
        put(
          out,
          r * outStride + c,
          add(get(out, r * outStride + c), mul(round(k), get(a, r * aStride + c))),
        );
      });
    },
    scaledDifference(out, a, b, stride, rows, cols, k) {
      each(rows, cols, (r, c) => {
        put(
          out,
          r * stride + c,
          mul(round(k), sub(get(a, r * stride + c), get(b, r * stride + c))),
        );
      });
    },
    multiplyPacked(out, a, rows, stride, first, last) {
      for (let r = first; r < last; r++)
        for (let c = 0; c < stride; c++) {
          const i = packedAt(r, c, rows, stride, bytes);
          put(out, i, mul(get(out, i), get(a, i)));
        }
    },
    addPacked(out, a, rows, stride, first, last) {
      for (let r = first; r < last; r++)
        for (let c = 0; c < stride; c++) {
          const i = packedAt(r, c, rows, stride, bytes);
          put(out, i, add(get(out, i), get(a, i)));
        }
    },
    addRowSums(out, a, stride, rows, cols) {
      each(rows, cols, (r, c) => {
        put(out, c, add(get(out, c), get(a, r * stride + c)));
      });
    },
    transpose(from, fromStride, rows, cols, to, toStride, first, last) {
      for (let r = first; r < last; r++)
        for (let c = 0; c < cols; c++)
          put(
            to,
            packedAt(c, r, cols, toStride, bytes),
            get(from, packedAt(r, c, rows, fromStride, bytes)),
          );
    },
    addDots(out, outStride, a, aStride, rows, matrix, matrixStride, matrixRows) {
      each(rows, matrixRows, (r, i) => {
        let sum = get(out, r * outStride + i);
        for (let j = 0; j < matrixStride; j++)
          sum +=
            get(a, r * aStride + j) * get(matrix, packedAt(i, j, matrixRows, matrixStride, bytes));
        put(out, r * outStride + i, sum);
      });
    },
    activate(out, u, stride, rows, cols, kind, low, high) {
      each(rows, cols, (r, c) => {
        const x = get(u, r * stride + c);
        put(
          out,
          r * stride + c,
          kind === 2
            ? 1 / (1 + Math.exp(-x))
            : kind === 3
              ? x > 0.5
                ? 1
                : 0
              : add(clip(x, get(low, c), get(high, c)), mul(leakOf(kind), x)),
        );
      });
    },
    timesSlope(error, u, s, stride, rows, cols, kind, low, high) {
      each(rows, cols, (r, c) => {
        const i = r * stride + c;
        const x = get(u, i);
        const y = get(s, i);
        put(
          error,
          i,
          mul(
            get(error, i),
            kind === 2
              ? mul(y, sub(1, y))
              : add(leakOf(kind), x >= get(low, c) && x <= get(high, c) ? 1 : 0),
          ),
        );
      });
    },
    squaresDifference(out, a, b, stride, rows, cols, k) {
      for (let c = 0; c < cols; c++) {
        let sum = 0;
        for (let r = 0; r < rows; r++) {
          const x = get(a, r * stride + c);
          const y = get(b, r * stride + c);
          sum = add(sum, sub(mul(x, x), mul(y, y)));
        }
        put(out, c, mul(round(k), sum));
      }
    },
    restrain(matrix, rows, stride, first, last, ofRow, ofColumn, low, high, mask) {
      for (let r = first; r < last; r++)
        for (let c = 0; c < stride; c++) {
          const at = packedAt(r, c, rows, stride, bytes);
          const sum = add(get(matrix, at), add(ofRow ? get(ofRow, r) : 0, get(ofColumn, c)));
          const now = clip(sum, get(low, c), get(high, c));
          put(matrix, at, mask ? mul(now, get(mask, at)) : now);
        }
    },
    largest(src, stride, rows, n, out) {
      for (let r = 0; r < rows; r++) {
        let best = 0;
        for (let i = 1; i < n; i++)
          if (get(src, r * stride + i) > get(src, r * stride + best)) best = i;
        I[out / 4 + r] = best;
      }
    },
  };
}
