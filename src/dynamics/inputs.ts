import { InputError } from "../numerics/errors.ts";
import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";

/**
 * A minibatch of inputs in the kernels' memory, as lists of non-zeros by sample (for products) and by
 * input (for updates). MNIST is four fifths zeros, and only the rest costs anything.
 */
export interface Inputs {
  readonly width: number;
  readonly capacity: number;
  /** Samples present. */
  readonly rows: number;
  readonly index: number;
  readonly value: number;
  readonly count: number;
  /** Lists by input; valid after `byInput`. */
  readonly columns: { readonly index: number; readonly value: number; readonly count: number; readonly stride: number };
  /** Presents images `order[0…]` of a byte matrix [· × width], each byte worth `scale`. */
  showBytes(pixels: Uint8Array, order: ArrayLike<number>, scale: number): void;
  /** Presents rows of reals [rows × width]. */
  showReals(values: ArrayLike<number>, rows: number): void;
  byInput(): void;
}

export function inputs(memory: Arena, width: number, capacity: number): Inputs {
  const { kernels } = memory, entries = capacity * width;
  const index = memory.ints(entries), value = memory.reals(entries), count = memory.ints(capacity);
  const toIndex = memory.ints(entries), toValue = memory.reals(entries), toCount = memory.ints(width);
  const octets = memory.octets(entries);
  let dense: Slot<Vec> | null = null;
  let rows = 0;
  const admit = (n: number) => {
    if (n < 1 || n > capacity) throw new InputError(`inputs: ${n} samples presented, expected 1 … ${capacity}`);
    rows = n;
  };
  return {
    width, capacity,
    get rows() { return rows; },
    index: index.ptr, value: value.ptr, count: count.ptr,
    columns: { index: toIndex.ptr, value: toValue.ptr, count: toCount.ptr, stride: capacity },
    showBytes(pixels, order, scale) {
      admit(order.length);
      const to = octets.array;
      for (let r = 0; r < rows; r++) to.set(pixels.subarray(order[r] * width, (order[r] + 1) * width), r * width);
      kernels.listBytes(octets.ptr, rows, width, scale, index.ptr, value.ptr, width, count.ptr);
    },
    showReals(values, n) {
      admit(n);
      if (values.length !== n * width) throw new InputError(`inputs: ${values.length} values for ${n} samples, expected ${n} × ${width}`);
      dense ??= memory.reals(entries);
      dense.array.set(values);
      kernels.listNonzeros(dense.ptr, width, rows, width, 1, index.ptr, value.ptr, width, count.ptr, 1);
    },
    byInput() {
      kernels.transposeLists(index.ptr, value.ptr, width, count.ptr, rows, 0, width, toIndex.ptr, toValue.ptr, capacity, toCount.ptr);
    },
  };
}
