import { blockName, type Block, type Graph } from "../../energy/graph.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { vec, type Tensor, type Vec } from "../../numerics/vec.ts";
import { partOf } from "../../numerics/kernels/team.ts";
import type { BareDie } from "../bare-die.ts";
import type { Inputs } from "../inputs.ts";
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

/**
 * Accumulates outer products into this thread's share of the weights: every learning rule here ends
 * in one.
 */
export interface OuterProducts {
  /**
   * w += k·xᵀ·b over the presented samples, into the rows from `row` on; `b` is the address of a
   * state-shaped vector. Needs `listInputs`.
   */
  fromInput(w: Weights, b: number, k?: number, row?: number): void;
  /** w += Σ k·aᵀ·b over the terms, `a` and `b` addresses of state-shaped vectors. */
  fromLayer(w: Weights, terms: readonly Term[]): void;
  /** bias += Σ b over the presented samples. */
  toBias(bias: Slot<Vec>, b: number): void;
  /** Lists the presented samples by input, for `fromInput`. */
  listInputs(): void;
}
export interface Term {
  readonly a: number;
  readonly b: number;
  readonly k: number;
}

/** @param shareRows a member's share of the rows of a block begins at a multiple of it. */
export function outerProducts(
  { memory, at, inputs: x }: Pick<BareDie, "memory" | "at"> & { readonly inputs: Inputs },
  shareRows = 1,
): OuterProducts {
  const { kernels, bytes, team } = memory;
  const widest = Math.max(...at.sizes.slice(1));
  const room = 2 * x.capacity;
  // Each member has lists of its own: members are not at the same block at the same time, and parts
  // of two blocks overlap.
  const share = Math.ceil(Math.ceil(widest / shareRows) / team.parts) * shareRows;
  const own = team.part * share;
  const index = memory.ints(team.parts * share * room);
  const value = memory.reals(team.parts * share * room);
  const count = memory.ints(team.parts * share);
  // What is added comes packed: rows of the state may lie a power of two apart, where a cache holds
  // few of them.
  const packed = memory.privateReals(pad4(widest) * room);
  const pack = (b: number, w: Weights, rows: number, first: number) => {
    kernels.packRows(
      b + at.offset[w.block.to] * bytes,
      at.size,
      x.rows,
      w.stride,
      packed.ptr,
      rows,
      first,
    );
  };
  const finish = (w: Weights) => {
    if (!w.mask) return;
    const [first, last] = partOf(w.rows, team, shareRows);
    kernels.multiplyPacked(w.slot.ptr, w.mask.ptr, w.rows, w.stride, first, last);
  };
  return {
    listInputs() {
      x.listByInput(...partOf(x.width, team, shareRows));
    },
    fromInput(w, b, k = 1, row = 0) {
      const { columns: c } = x;
      const [first, last] = partOf(x.width, team, shareRows);
      const before = row * x.capacity;
      pack(b, w, x.rows, 0);
      if (k !== 1) kernels.scale(packed.ptr, 0, 1, x.rows * w.stride, k);
      // Row r of the weights takes the list of input r − row.
      kernels.addSparse(
        w.slot.ptr,
        0,
        w.rows,
        row + first,
        row + last,
        c.index - 4 * before,
        c.value - bytes * before,
        x.capacity,
        c.count - 4 * row,
        1,
        packed.ptr,
        0,
        x.rows,
        w.stride,
      );
      if (w.rows === x.width) finish(w);
    },
    fromLayer(w, terms) {
      const [first, last] = partOf(w.rows, team, shareRows);
      const rows = terms.length * x.rows;
      const shift = own - first;
      const lists = [
        index.ptr + 4 * shift * room,
        value.ptr + bytes * shift * room,
        room,
        count.ptr + 4 * shift,
      ] as const;
      count.array.fill(0, own, own + last - first);
      terms.forEach(({ a, b, k }, t) => {
        pack(b, w, rows, t * x.rows);
        kernels.appendColumns(
          a + at.offset[w.block.from] * bytes,
          at.size,
          x.rows,
          first,
          last,
          k,
          t * x.rows,
          ...lists,
        );
      });
      kernels.addSparse(
        w.slot.ptr,
        0,
        w.rows,
        first,
        last,
        ...lists,
        1,
        packed.ptr,
        0,
        rows,
        w.stride,
      );
      finish(w);
    },
    toBias(bias, b) {
      const [first, last] = partOf(at.size, team, 4);
      kernels.addRowSums(
        bias.ptr + first * bytes,
        b + first * bytes,
        at.size,
        x.rows,
        last - first,
      );
    },
  };
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
