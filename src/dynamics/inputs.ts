import { InputError } from "../numerics/errors.ts";
import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { InputDac } from "./units/converters.ts";

/**
 * A minibatch of inputs in the kernels' memory, as lists of non-zeros by sample (for products) and
 * by input (for updates). MNIST is four fifths zeros, and only the rest costs anything. Where
 * inputs go through a DAC, its levels are the inputs, for the copy too.
 */
export interface Inputs {
  readonly width: number;
  readonly capacity: number;
  /** Samples present. */
  readonly rows: number;
  /** The samples in focus: first … last−1, all of them after a presentation. */
  readonly first: number;
  readonly last: number;
  /** Lists by sample, `width` entries of room each; valid after `list`. */
  readonly index: number;
  readonly value: number;
  readonly count: number;
  /** Lists by input, `capacity` entries of room each; valid after `listByInput`. */
  readonly columns: { readonly index: number; readonly value: number; readonly count: number };
  /** Presents images `order[0…]` of a byte matrix [· × width], each byte worth `scale`. */
  showBytes(pixels: Uint8Array, order: ArrayLike<number>, scale: number, moment?: number): void;
  /** Presents rows of reals [rows × width]. */
  showReals(values: ArrayLike<number>, rows: number, moment?: number): void;
  /** The classes of the presented samples. */
  label(labels: ArrayLike<number>): void;
  readonly labels: Slot<Uint8Array>;
  /** What a member of a team has to know of what another one presented. */
  readonly presented: Presented;
  accept(presented: Presented): void;
  /** From here on everything that works on samples works on first … last−1. */
  focus(first: number, last: number): void;
  list(): void;
  /** Lists the inputs first … last−1. */
  listByInput(first: number, last: number): void;
}

export interface Presented {
  readonly rows: number;
  readonly kind: "bytes" | "reals";
  readonly scale: number;
  /** Numbers the presentations, so that each has noise of its own. */
  readonly moment: number;
}

export function inputs(
  memory: Arena,
  width: number,
  capacity: number,
  dac: InputDac = { bytes: null, reals: null },
): Inputs {
  const { kernels, bytes } = memory;
  const entries = capacity * width;
  const index = memory.ints(entries);
  const value = memory.reals(entries);
  const count = memory.ints(capacity);
  const toIndex = memory.ints(entries);
  const toValue = memory.reals(entries);
  const toCount = memory.ints(width);
  const octets = memory.octets(entries);
  const labels = memory.octets(capacity);
  const dense = memory.reals(entries);
  let now: Presented = { rows: 0, kind: "bytes", scale: 1, moment: 0 };
  let first = 0;
  let last = 0;
  const accept = (next: Presented) => {
    now = next;
    first = 0;
    last = next.rows;
  };
  const admit = (next: Presented) => {
    if (next.rows < 1 || next.rows > capacity)
      throw new InputError(`inputs: ${next.rows} samples presented, expected 1 … ${capacity}`);
    accept(next);
  };
  return {
    width,
    capacity,
    labels,
    accept,
    get rows() {
      return now.rows;
    },
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    get presented() {
      return now;
    },
    index: index.ptr,
    value: value.ptr,
    count: count.ptr,
    columns: { index: toIndex.ptr, value: toValue.ptr, count: toCount.ptr },
    showBytes(pixels, order, scale, moment = 0) {
      if (dac.bytes) {
        admit({ rows: order.length, kind: "reals", scale: 1, moment });
        const levels = Float64Array.from({ length: 256 }, (_, b) => dac.bytes!(b * scale));
        const to = dense.array;
        for (let r = 0; r < order.length; r++)
          for (let i = 0; i < width; i++) to[r * width + i] = levels[pixels[order[r] * width + i]];
        return;
      }
      admit({ rows: order.length, kind: "bytes", scale, moment });
      const to = octets.array;
      for (let r = 0; r < order.length; r++)
        to.set(pixels.subarray(order[r] * width, (order[r] + 1) * width), r * width);
    },
    showReals(values, rows, moment = 0) {
      if (values.length !== rows * width)
        throw new InputError(
          `inputs: ${values.length} values for ${rows} samples, expected ${rows} × ${width}`,
        );
      admit({ rows, kind: "reals", scale: 1, moment });
      dense.array.set(dac.reals ? Float64Array.from(values, dac.reals) : values);
    },
    label(of) {
      if (of.length !== now.rows)
        throw new InputError(
          `inputs: ${of.length} labels for ${now.rows} samples, expected one each`,
        );
      labels.array.set(of);
    },
    focus(from, to) {
      first = from;
      last = to;
    },
    list() {
      const at = first * width;
      const lists = [
        index.ptr + 4 * at,
        value.ptr + bytes * at,
        width,
        count.ptr + 4 * first,
      ] as const;
      if (now.kind === "bytes")
        kernels.listBytes(octets.ptr + at, last - first, width, now.scale, ...lists);
      else kernels.listNonzeros(dense.ptr + bytes * at, width, last - first, width, 1, ...lists, 1);
    },
    listByInput(from, to) {
      kernels.transposeLists(
        index.ptr,
        value.ptr,
        width,
        count.ptr,
        now.rows,
        from,
        to,
        toIndex.ptr,
        toValue.ptr,
        capacity,
        toCount.ptr,
      );
    },
  };
}
