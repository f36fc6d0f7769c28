import { InputError } from "../numerics/errors.ts";
import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
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

/**
 * An empty minibatch of at most `capacity` samples.
 * @throws InputError (of its methods) for what does not fit: samples, values or labels.
 */
export function inputs(
  memory: Arena,
  width: number,
  capacity: number,
  dac: InputDac = { bytes: null, reals: null },
): Inputs {
  const room = inputArrays(memory, width, capacity);
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
    labels: room.labels,
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
    index: room.index.ptr,
    value: room.value.ptr,
    count: room.count.ptr,
    columns: room.columns,
    showBytes(pixels, order, scale, moment = 0) {
      const rows = order.length;
      if (!dac.bytes) {
        admit({ rows, kind: "bytes", scale, moment });
        takeImages(room.octets.array, pixels, order, width);
        return;
      }
      admit({ rows, kind: "reals", scale: 1, moment });
      const level = dac.bytes;
      const levels = Float64Array.from({ length: 256 }, (_, b) => level(b * scale));
      takeLevels(room.dense.array, pixels, order, width, levels);
    },
    showReals(values, rows, moment = 0) {
      if (values.length !== rows * width)
        throw new InputError(
          `inputs: ${values.length} values for ${rows} samples, expected ${rows} × ${width}`,
        );
      admit({ rows, kind: "reals", scale: 1, moment });
      room.dense.array.set(dac.reals ? Float64Array.from(values, dac.reals) : values);
    },
    label(of) {
      if (of.length !== now.rows)
        throw new InputError(
          `inputs: ${of.length} labels for ${now.rows} samples, expected one each`,
        );
      room.labels.array.set(of);
    },
    focus(from, to) {
      first = from;
      last = to;
    },
    list() {
      listSamples(memory, room, now, first, last);
    },
    listByInput(from, to) {
      listColumns(memory, room, now.rows, from, to);
    },
  };
}

/** What a minibatch holds: images [capacity × width] as bytes or reals, and the lists of both. */
interface InputArrays {
  readonly width: number;
  readonly capacity: number;
  readonly octets: Slot<Uint8Array>;
  readonly dense: Slot<Vec>;
  readonly labels: Slot<Uint8Array>;
  readonly index: Slot<Int32Array>;
  readonly value: Slot<Vec>;
  readonly count: Slot<Int32Array>;
  readonly columns: Inputs["columns"];
}

function inputArrays(memory: Arena, width: number, capacity: number): InputArrays {
  const entries = capacity * width;
  return {
    width,
    capacity,
    index: memory.ints(entries),
    value: memory.reals(entries),
    count: memory.ints(capacity),
    columns: {
      index: memory.ints(entries).ptr,
      value: memory.reals(entries).ptr,
      count: memory.ints(width).ptr,
    },
    octets: memory.octets(entries),
    labels: memory.octets(capacity),
    dense: memory.reals(entries),
  };
}

/** to [rows × width] ← the images `order[0…]`. */
function takeImages(
  to: Uint8Array,
  pixels: Uint8Array,
  order: ArrayLike<number>,
  width: number,
): void {
  for (let r = 0; r < order.length; r++)
    to.set(pixels.subarray(order[r] * width, (order[r] + 1) * width), r * width);
}

/** to [rows × width] ← the level of each byte of the images `order[0…]`. */
function takeLevels(
  to: Vec,
  pixels: Uint8Array,
  order: ArrayLike<number>,
  width: number,
  levels: Float64Array,
): void {
  for (let r = 0; r < order.length; r++)
    for (let i = 0; i < width; i++) to[r * width + i] = levels[pixels[order[r] * width + i]];
}

/** Lists the non-zeros of samples first … last−1. */
function listSamples(
  { kernels, bytes }: Arena,
  { width, octets, dense, index, value, count }: InputArrays,
  { kind, scale }: Presented,
  first: number,
  last: number,
): void {
  const at = first * width;
  const lists = [index.ptr + 4 * at, value.ptr + bytes * at, width, count.ptr + 4 * first] as const;
  switch (kind) {
    case "bytes":
      kernels.listBytes(octets.ptr + at, last - first, width, scale, ...lists);
      return;
    case "reals":
      kernels.listNonzeros(dense.ptr + bytes * at, width, last - first, width, 1, ...lists, 1);
      return;
    default:
      kind satisfies never;
  }
}

/** Lists the samples in which inputs from … to−1 are not zero, of the listed samples. */
function listColumns(
  { kernels }: Arena,
  { width, capacity, index, value, count, columns }: InputArrays,
  rows: number,
  from: number,
  to: number,
): void {
  kernels.transposeLists(
    index.ptr,
    value.ptr,
    width,
    count.ptr,
    rows,
    from,
    to,
    columns.index,
    columns.value,
    capacity,
    columns.count,
  );
}
