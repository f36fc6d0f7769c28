import { InputError } from "../numerics/errors.ts";

/**
 * Synapses between two layers, or inside one when `from === to` (lateral, symmetric, no self-loop).
 * `mask` [n_from × n_to] has 1 where a synapse exists: with it any connectivity α of the paper is
 * expressible.
 */
export interface Block {
  readonly from: number;
  readonly to: number;
  readonly mask?: Uint8Array;
}

/**
 * Layers of units (0 is the input, the last one the output) joined by blocks, `from ≤ to`, each of
 * which leads both ways. `directed`: every block leads one way, and those that lead down, `from >
 * to`, have weights of their own.
 */
export interface Graph {
  readonly sizes: readonly number[];
  readonly blocks: readonly Block[];
  readonly directed?: true;
}

/** The part that leads up, block by block: what a feedforward network of the same layers has. */
export function upward({ sizes, blocks }: Graph): Graph {
  return { sizes, blocks: blocks.filter((b) => b.from < b.to) };
}

/** The chain 0–1–…–L of the paper's experiments. */
export function chain(sizes: readonly number[]): Graph {
  return graph(
    sizes,
    sizes.slice(1).map((_, l) => ({ from: l, to: l + 1 })),
  );
}

/**
 * A checked block graph.
 * @throws InputError when a size or a block is impossible, two blocks coincide or a layer is
 *   unreached.
 */
export function graph(sizes: readonly number[], blocks: readonly Block[]): Graph {
  if (sizes.length < 2)
    throw new InputError(
      `graph: ${sizes.length} layer(s) given, expected an input and at least one more layer`,
    );
  sizes.forEach((n, l) => {
    if (!Number.isInteger(n) || n < 1)
      throw new InputError(`graph: layer ${l} has size ${n}, expected a whole number ≥ 1`);
  });
  const seen = new Set<string>();
  for (const { from, to, mask } of blocks) {
    const name = `block ${from}-${to}`;
    if (!(from in sizes) || !(to in sizes) || from > to || to === 0)
      throw new InputError(
        `graph: ${name} is impossible: expected 0 ≤ from ≤ to ≤ ${sizes.length - 1} and to ≥ 1`,
      );
    if (seen.has(name))
      throw new InputError(`graph: ${name} is given twice; give one, with a mask if it is partial`);
    seen.add(name);
    if (mask && mask.length !== sizes[from] * sizes[to])
      throw new InputError(
        `graph: the mask of ${name} has ${mask.length} entries, expected ${sizes[from]} × ` +
          `${sizes[to]}`,
      );
  }
  for (let l = 1; l < sizes.length; l++)
    if (!blocks.some((b) => b.to === l && b.from < l))
      throw new InputError(
        `graph: nothing drives layer ${l}: add a block from a lower layer to it`,
      );
  return {
    sizes,
    blocks: blocks.map((b) => (b.from === b.to ? { ...b, mask: lateral(b.mask, sizes[b.to]) } : b)),
  };
}

/**
 * The graph whose synapses between two units of different layers are two, one each way (Scellier et
 * al. 2018): such a network has no energy.
 * @throws InputError for lateral blocks.
 */
export function directed({ sizes, blocks }: Graph): Graph {
  const lateral = blocks.find((b) => b.from === b.to);
  if (lateral)
    throw new InputError(
      `graph: block ${blockName(lateral)} is lateral, and a directed graph has none here; ` +
        "leave it out",
    );
  const back = blocks
    .filter((b) => b.from > 0)
    .map(
      ({ from, to, mask }): Block => ({
        from: to,
        to: from,
        ...(mask && { mask: transposed(mask, sizes[from], sizes[to]) }),
      }),
    );
  return { sizes, blocks: [...blocks, ...back], directed: true };
}

function transposed(mask: Uint8Array, rows: number, cols: number): Uint8Array {
  return Uint8Array.from(
    { length: mask.length },
    (_, k) => mask[(k % rows) * cols + Math.floor(k / rows)],
  );
}

/** Lateral synapses are mutual and never join a unit with itself. */
function lateral(mask: Uint8Array | undefined, n: number): Uint8Array {
  return Uint8Array.from({ length: n * n }, (_, k) => {
    const i = Math.floor(k / n);
    const j = k % n;
    return i !== j && (!mask || (mask[i * n + j] && mask[j * n + i])) ? 1 : 0;
  });
}

/** `"0-1"`: how a block is named in checkpoints, metrics and reports. */
export function blockName(block: Block): string {
  return `${block.from}-${block.to}`;
}
