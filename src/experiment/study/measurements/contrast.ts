import type { Chip } from "../../../dynamics/chip.ts";

/** Free and nudged states, [images × size] each. */
export interface Phases { readonly free: Float64Array; readonly nudged: Float64Array }

/**
 * The contrast Σ (s⁺_i s⁺_j − s⁻_i s⁻_j) of every synapse, block after block, and Σ (s⁺_i − s⁻_i) of every unit: the
 * learning gradient but for β and the number of images, which no comparison sees.
 *
 * @param inputs [images × inputs].
 */
export function contrast({ graph, layout: { sizes, offset }, size }: Pick<Chip, "graph" | "layout" | "size">, inputs: Float64Array, { free, nudged }: Phases): readonly Float64Array[] {
  const images = free.length / size;
  const add = (out: Float64Array, a: Float64Array, aAt: number, b: Float64Array, bAt: number, rows: number, cols: number, k: number) => {
    for (let i = 0; i < rows; i++) {
      const x = k * a[aAt + i];
      if (x !== 0) for (let j = 0; j < cols; j++) out[i * cols + j] += x * b[bAt + j];
    }
  };
  const blocks = graph.blocks.map(({ from, to, mask }) => {
    const rows = sizes[from], cols = sizes[to], out = new Float64Array(rows * cols);
    for (let r = 0; r < images; r++)
      for (const [states, k] of [[nudged, 1], [free, -1]] as const) {
        const [a, aAt] = from === 0 ? [inputs, r * rows] : [states, r * size + offset[from]];
        add(out, a, aAt, states, r * size + offset[to], rows, cols, k);
      }
    return mask ? out.map((v, i) => v * mask[i]) : out;
  });
  const bias = new Float64Array(size);
  for (let k = 0; k < free.length; k++) bias[k % size] += nudged[k] - free[k];
  return [...blocks, bias];
}

/** ‖a − b‖ / ‖b‖ over all of it (Frobenius). */
export function relativeError(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let off = 0, size = 0;
  b.forEach((exact, m) => {
    for (let i = 0; i < exact.length; i++) {
      off += (a[m][i] - exact[i]) ** 2;
      size += exact[i] ** 2;
    }
  });
  return Math.sqrt(off / size);
}
