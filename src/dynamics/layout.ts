import type { Graph } from "../energy/graph.ts";
import type { Arena } from "../numerics/kernels/arena.ts";

/**
 * Where each layer sits in the flat state. Layers are padded to multiples of four units; the padding
 * units have no synapses and both rails at 0, so they stay exactly 0 and no result depends on them.
 */
export interface Layout {
  readonly sizes: readonly number[];
  /** Units per layer with padding; [0] is the input's. */
  readonly padded: readonly number[];
  /** First unit of layer l ≥ 1 in a row of the state; [0] is unused. */
  readonly offset: readonly number[];
  /** Units of one sample: the row length of the state. */
  readonly size: number;
}

export function layout(graph: Graph): Layout {
  const padded = graph.sizes.map(pad4), offset: number[] = [0];
  let size = 0;
  for (let l = 1; l < padded.length; l++) {
    offset.push(size);
    size += padded[l];
  }
  return { sizes: graph.sizes, padded, offset, size };
}

/**
 * State-shaped vectors lie at whole multiples of a row (and of a cache line), so that rows of several of
 * them can be numbered as rows of one matrix.
 */
export function stateAlignment(at: Layout, memory: Arena): number {
  const row = at.size * memory.bytes;
  return row % 64 === 0 ? row : row % 32 === 0 ? 2 * row : 4 * row;
}

export function pad4(n: number): number { return Math.ceil(n / 4) * 4; }
