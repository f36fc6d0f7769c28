import type { Graph } from "../energy/graph.ts";
import type { Arena } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";

/**
 * Where each layer sits in the flat state. Layers are padded to multiples of four units; the
 * padding units have no synapses and both rails at 0, so they stay exactly 0 and no result depends
 * on them.
 */
export interface Layout {
  readonly sizes: readonly number[];
  /** Units per layer with padding; [0] is the input's. */
  readonly padded: readonly number[];
  /** First unit of layer l ≥ 1 in a row of the state; [0] is unused. */
  readonly offset: readonly number[];
  /** Units of one sample: the row length of the state. */
  readonly size: number;
  /** The padding units of a row. */
  readonly padding: readonly number[];
}

export function layout(graph: Graph): Layout {
  const padded = graph.sizes.map(pad4);
  const offset: number[] = [0];
  let size = 0;
  for (let l = 1; l < padded.length; l++) {
    offset.push(size);
    size += padded[l];
  }
  const padding = offset.flatMap((o, l) =>
    l === 0
      ? []
      : Array.from({ length: padded[l] - graph.sizes[l] }, (_, k) => o + graph.sizes[l] + k),
  );
  return { sizes: graph.sizes, padded, offset, size, padding };
}

/**
 * State-shaped vectors lie at whole multiples of a row (and of a cache line), so that rows of
 * several of them can be numbered as rows of one matrix.
 */
export function stateAlignment(at: Layout, memory: Arena): number {
  const row = at.size * memory.bytes;
  return row % 64 === 0 ? row : row % 32 === 0 ? 2 * row : 4 * row;
}

/**
 * Copies rows first … last−1 of a state that came from outside: padding sends nothing, whatever was
 * left there.
 */
export function takeRows(
  { size, padding }: Layout,
  from: Vec,
  to: Vec,
  first: number,
  last: number,
): void {
  to.set(from.subarray(first * size, last * size), first * size);
  for (const i of padding) for (let r = first; r < last; r++) to[r * size + i] = 0;
}

export function pad4(n: number): number {
  return Math.ceil(n / 4) * 4;
}
