import type { Random } from "../numerics/random.ts";
import { vec, type Precision, type Tensor, type Vec } from "../numerics/vec.ts";
import { blockName, type Graph } from "./graph.ts";
import type { ConductanceRange } from "./resistive.ts";

/**
 * Weights w ~ U(−a, a) with a = √(6 / (n_from + n_to)), or 0 where no synapse is (Glorot & Bengio
 * 2010); lateral blocks symmetric without self-loops; biases zero. Every block draws from a stream
 * of its own.
 */
export function xavier(graph: Graph, prefix: string, rng: Random, precision: Precision): Tensor[] {
  return initial({ graph, prefix, rng, precision }, (rows, cols, draw) => {
    const bound = Math.sqrt(6 / (rows + cols));
    return () => bound * (2 * draw.uniform() - 1);
  });
}

/**
 * Weights w ~ N(0, gain² · 2 / (n_from + n_to)), or 0 where no synapse is (Glorot & Bengio 2010,
 * the normal form); biases zero. Every block draws from a stream of its own, for its synapses
 * alone.
 */
export function xavierNormal(
  graph: Graph,
  prefix: string,
  gain: number,
  rng: Random,
  precision: Precision,
): Tensor[] {
  return initial({ graph, prefix, rng, precision }, (rows, cols, draw) => {
    const deviation = gain * Math.sqrt(2 / (rows + cols));
    return (exists) => (exists ? deviation * draw.normal() : 0);
  });
}

/**
 * Conductances g = clip(u, low, high) with u ~ U(−1/√n, 1/√n), n the `terminals` of a block from
 * the inputs and n_from of others, so that with low = 0 half of them are open (Scellier 2024,
 * hyperparameters published with its code), or 0 where no synapse is; lateral blocks symmetric;
 * biases zero. Every block draws from a stream of its own.
 */
export function conductances(
  graph: Graph,
  terminals: number,
  { low, high }: ConductanceRange,
  prefix: string,
  rng: Random,
  precision: Precision,
): Tensor[] {
  return initial({ graph, prefix, rng, precision, terminals }, (rows, _, draw) => {
    const bound = 1 / Math.sqrt(rows);
    return () => Math.min(Math.max(bound * (2 * draw.uniform() - 1), low), high);
  });
}

/** How entries of a block [rows × cols], row-major, are drawn one after another from its stream. */
type Draw = (rows: number, cols: number, rng: Random) => (exists: boolean) => number;

/**
 * Tensors `prefix.block.0-1.weight` [rows × cols], masked and of lateral blocks symmetric with an
 * empty diagonal, and `prefix.layer.1.bias` [n], zero. A block from the inputs has `terminals`
 * rows, whole copies of its mask.
 */
function initial(
  {
    graph: { sizes, blocks },
    prefix,
    rng,
    precision,
    terminals = sizes[0],
  }: {
    readonly graph: Graph;
    readonly prefix: string;
    readonly rng: Random;
    readonly precision: Precision;
    readonly terminals?: number;
  },
  draw: Draw,
): Tensor[] {
  const weights = blocks.map((block): Tensor => {
    const rows = block.from === 0 ? terminals : sizes[block.from];
    const cols = sizes[block.to];
    const exists = (k: number) => block.mask?.[k % block.mask.length] ?? 1;
    const next = draw(rows, cols, rng.split(blockName(block)));
    const data = vec(precision, rows * cols).map((_, k) => next(exists(k) !== 0));
    if (block.from === block.to) symmetrise(data, rows);
    for (let k = 0; k < data.length; k++) data[k] *= exists(k);
    return { name: `${prefix}.block.${blockName(block)}.weight`, shape: [rows, cols], data };
  });
  const biases = sizes.slice(1).map(
    (n, l): Tensor => ({
      name: `${prefix}.layer.${l + 1}.bias`,
      shape: [n],
      data: vec(precision, n),
    }),
  );
  return [...weights, ...biases];
}

/** Copies what is above the diagonal of w [n × n] to below it, and empties the diagonal. */
function symmetrise(w: Vec, n: number): void {
  for (let i = 0; i < n; i++) {
    w[i * n + i] = 0;
    for (let j = 0; j < i; j++) w[i * n + j] = w[j * n + i];
  }
}
