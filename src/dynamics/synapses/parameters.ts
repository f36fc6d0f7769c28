import { blockName, type Block, type Graph } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { vec, type Tensor, type Vec } from "../../numerics/vec.ts";
import { pad4, type Layout } from "../layout.ts";

/**
 * The weights of one block in the kernels' memory: rows padded to `stride`, and packed (see
 * `packedIndex`) so that the products walk compact memory.
 */
export interface Weights {
  readonly block: Block;
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly stride: number;
  readonly slot: Slot<Vec>;
  /** Multiplies the weights after each update: 0 where no synapse exists. */
  readonly mask: Slot<Vec> | null;
}

/** All weights and biases of a network on a block graph. */
export interface Parameters {
  readonly weights: readonly Weights[];
  /** [size], laid out as one row of the state. */
  readonly bias: Slot<Vec>;
  /** Unpadded copies, named `prefix.block.0-1.weight` [from × to] and `prefix.layer.1.bias`. */
  tensors(): Tensor[];
  /** Writes tensors of those names. @throws InputError when one is missing or has another shape. */
  load(tensors: readonly Tensor[]): void;
}

/**
 * @param terminals rows of the blocks from the inputs: those of a crossbar may be several times the
 *   inputs.
 */
export function parameters(
  memory: Arena,
  at: Layout,
  graph: Graph,
  prefix: string,
  terminals = graph.sizes[0],
): Parameters {
  const bias = memory.reals(at.size);
  const weights = graph.blocks.map((given): Weights => {
    const block =
      given.from === 0 && given.mask
        ? { ...given, mask: repeated(given.mask, terminals / graph.sizes[0]) }
        : given;
    const rows = block.from === 0 ? terminals : graph.sizes[block.from];
    const cols = graph.sizes[block.to];
    const stride = at.padded[block.to];
    const slot = memory.reals(rows * stride);
    const mask = block.mask ? memory.reals(rows * stride) : null;
    if (mask) pack(block.mask!, mask.array, rows, cols, memory);
    return {
      block,
      name: `${prefix}.block.${blockName(block)}.weight`,
      rows,
      cols,
      stride,
      slot,
      mask,
    };
  });
  const biasName = (l: number) => `${prefix}.layer.${l}.bias`;
  return {
    weights,
    bias,
    tensors() {
      const blocks = weights.map((w) => unpacked(memory, w, w.name, w.slot));
      const biases = graph.sizes.slice(1).map(
        (n, l): Tensor => ({
          name: biasName(l + 1),
          shape: [n],
          data: bias.array.slice(at.offset[l + 1], at.offset[l + 1] + n),
        }),
      );
      return [...blocks, ...biases];
    },
    load(tensors) {
      for (const w of weights) loadPacked(memory, w, w.name, tensors, w.slot);
      graph.sizes.slice(1).forEach((n, l) => {
        bias.array.set(find(tensors, biasName(l + 1), [n]), at.offset[l + 1]);
      });
    },
  };
}

function repeated(mask: Uint8Array, times: number): Uint8Array {
  return Uint8Array.from({ length: times * mask.length }, (_, k) => mask[k % mask.length]);
}

function find(tensors: readonly Tensor[], name: string, shape: readonly number[]): Vec {
  const tensor = tensors.find((t) => t.name === name);
  if (!tensor)
    throw new InputError(
      `parameters: no tensor "${name}", expected one of shape [${shape.join(", ")}]`,
    );
  if (tensor.shape.join() !== shape.join())
    throw new InputError(
      `parameters: "${name}" has shape [${tensor.shape.join(", ")}], expected ` +
        `[${shape.join(", ")}]`,
    );
  return tensor.data;
}

/**
 * Where entry (r, c) lies in a packed matrix: panels of 128 bytes, the last one as wide as what is
 * left, rows within.
 */
export function packedIndex(
  r: number,
  c: number,
  rows: number,
  stride: number,
  { bytes }: Pick<Arena, "bytes">,
): number {
  const panel = 128 / bytes;
  const first = c - (c % panel);
  return rows * first + r * Math.min(panel, stride - first) + (c - first);
}

/** A matrix laid out like the weights of a block, as a tensor of this name. */
export function unpacked(
  memory: Arena,
  { rows, cols }: Weights,
  name: string,
  slot: Slot<Vec>,
): Tensor {
  const data = vec(memory.precision, rows * cols);
  unpack(slot.array, data, rows, cols, memory);
  return { name, shape: [rows, cols], data };
}

/**
 * Writes the tensor of this name into a matrix laid out like the weights of a block.
 * @throws InputError when it is missing or has another shape.
 */
export function loadPacked(
  memory: Arena,
  { rows, cols }: Weights,
  name: string,
  tensors: readonly Tensor[],
  to: Slot<Vec>,
): void {
  pack(find(tensors, name, [rows, cols]), to.array, rows, cols, memory);
}

function pack(from: ArrayLike<number>, to: Vec, rows: number, cols: number, memory: Arena): void {
  const stride = pad4(cols);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++) to[packedIndex(r, c, rows, stride, memory)] = from[r * cols + c];
}

function unpack(from: Vec, to: Vec, rows: number, cols: number, memory: Arena): void {
  const stride = pad4(cols);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < cols; c++) to[r * cols + c] = from[packedIndex(r, c, rows, stride, memory)];
}
