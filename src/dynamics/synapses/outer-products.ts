import type { Slot } from "../../numerics/kernels/arena.ts";
import { partOf } from "../../numerics/kernels/team.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { BareDie } from "../bare-die.ts";
import type { Inputs } from "../inputs.ts";
import { pad4 } from "../layout.ts";
import type { Weights } from "./parameters.ts";

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

/** k·aᵀ·b of two state-shaped vectors, by their addresses. */
interface Term {
  readonly a: number;
  readonly b: number;
  readonly k: number;
}

/** What products are formed of; a member's share of rows begins at a multiple of `shareRows`. */
interface Source extends Pick<BareDie, "memory" | "at"> {
  readonly inputs: Inputs;
  readonly shareRows: number;
}

/** @param shareRows a member's share of the rows of a block begins at a multiple of it. */
export function outerProducts(
  given: Pick<BareDie, "memory" | "at"> & { readonly inputs: Inputs },
  shareRows = 1,
): OuterProducts {
  const { memory, at, inputs: x } = given;
  const { kernels, bytes, team } = memory;
  const source = { ...given, shareRows };
  const lists = columnLists(source);
  const packed = packing(source);
  return {
    listInputs() {
      x.listByInput(...partOf(x.width, team, shareRows));
    },
    fromInput(w, b, k = 1, row = 0) {
      packed.take(b, w, x.rows, 0);
      if (k !== 1) kernels.scale(packed.slot.ptr, 0, 1, x.rows * w.stride, k);
      addInputProduct(source, w, packed.slot, row);
      if (w.rows === x.width) mask(source, w);
    },
    fromLayer(w, terms) {
      const mine = lists.begin(w);
      terms.forEach(({ a, b, k }, t) => {
        packed.take(b, w, terms.length * x.rows, t * x.rows);
        mine.append(a, k, t * x.rows);
      });
      mine.addProduct(packed.slot, terms.length * x.rows);
      mask(source, w);
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

/** Layers of two terms at once, of as many samples as there can be. */
function termRows({ capacity }: Inputs): number {
  return 2 * capacity;
}

function widest({ at }: Source): number {
  return Math.max(...at.sizes.slice(1));
}

/**
 * What is added comes packed: rows of the state may lie a power of two apart, where a cache holds
 * few of them.
 */
function packing(source: Source) {
  const {
    memory: { kernels, bytes, privateReals },
    at,
    inputs: x,
  } = source;
  const slot = privateReals(pad4(widest(source)) * termRows(x));
  return {
    slot,
    /** Packs a block's upper layer of a state-shaped vector as rows from `first` on, of `rows`. */
    take(b: number, { block, stride }: Weights, rows: number, first: number): void {
      const from = b + at.offset[block.to] * bytes;
      kernels.packRows(from, at.size, x.rows, stride, slot.ptr, rows, first);
    },
  };
}

/** Row r of the weights takes the list of input r − row, in this member's share of the inputs. */
function addInputProduct(
  { memory: { kernels, bytes, team }, inputs: x, shareRows }: Source,
  w: Weights,
  packed: Slot<Vec>,
  row: number,
): void {
  const { columns: c } = x;
  const [first, last] = partOf(x.width, team, shareRows);
  const before = row * x.capacity;
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
}

/** Empties this member's share of what no synapse is. */
function mask({ memory: { kernels, team }, shareRows }: Source, w: Weights): void {
  if (!w.mask) return;
  const [first, last] = partOf(w.rows, team, shareRows);
  kernels.multiplyPacked(w.slot.ptr, w.mask.ptr, w.rows, w.stride, first, last);
}

/**
 * Lists of the non-zeros of a layer by unit, for the units of a block that are this member's. Each
 * member has lists of its own: members are not at the same block at the same time, and parts of two
 * blocks overlap.
 */
function columnLists(source: Source) {
  const { memory, at, inputs: x, shareRows } = source;
  const { kernels, bytes, team } = memory;
  const room = termRows(x);
  const share = Math.ceil(Math.ceil(widest(source) / shareRows) / team.parts) * shareRows;
  const own = team.part * share;
  const index = memory.ints(team.parts * share * room);
  const value = memory.reals(team.parts * share * room);
  const count = memory.ints(team.parts * share);
  return {
    /** Empty lists, of the units of the lower layer of w. */
    begin(w: Weights) {
      const [first, last] = partOf(w.rows, team, shareRows);
      const shift = own - first;
      const lists = [
        index.ptr + 4 * shift * room,
        value.ptr + bytes * shift * room,
        room,
        count.ptr + 4 * shift,
      ] as const;
      count.array.fill(0, own, own + last - first);
      return {
        /** Appends k times a state-shaped vector's units, its samples as rows from `row` on. */
        append(a: number, k: number, row: number): void {
          const from = a + at.offset[w.block.from] * bytes;
          kernels.appendColumns(from, at.size, x.rows, first, last, k, row, ...lists);
        },
        /** w += the lists times packed rows. */
        addProduct({ ptr }: Slot<Vec>, rows: number): void {
          const { slot, stride } = w;
          kernels.addSparse(slot.ptr, 0, w.rows, first, last, ...lists, 1, ptr, 0, rows, stride);
        },
      };
    },
  };
}
