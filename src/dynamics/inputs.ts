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
  /** What a sample has targets for. */
  readonly outputs: number;
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
  /** Presents rows `order[0…]` of a matrix of reals [· × width]. */
  showRows(matrix: Vec, order: ArrayLike<number>, moment?: number): void;
  /** The classes of the presented samples: their outputs are nudged to one-hot targets. */
  label(labels: ArrayLike<number>): void;
  /** Targets of their own for the outputs of the presented samples [rows × outputs]. */
  aim(targets: ArrayLike<number>): void;
  /** Valid after `label`. */
  readonly labels: Slot<Int32Array>;
  /** [capacity × outputs], valid after `aim`. */
  readonly targets: Slot<Vec>;
  /** y of output `k` of sample `r`: what it is nudged to. */
  target(r: number, k: number): number;
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
  /** Whether outputs are taught the one-hot of a class, or targets of their own. */
  readonly taught: "classes" | "reals";
  /** Numbers the presentations, so that each has noise of its own. */
  readonly moment: number;
}

/** How much a minibatch holds. */
interface InputSizes {
  readonly width: number;
  /** Samples at most. */
  readonly capacity: number;
  /** What a sample has targets for; none where nothing is nudged. */
  readonly outputs?: number;
}

/**
 * An empty minibatch of at most `capacity` samples.
 * @throws InputError (of its methods) for what does not fit: samples, values or labels.
 */
export function inputs(
  memory: Arena,
  { width, capacity, outputs = 0 }: InputSizes,
  dac: InputDac = { bytes: null, reals: null },
): Inputs {
  const room = inputArrays(memory, width, capacity, outputs);
  const show = shown(room, dac);
  const teach = teaching(room, outputs);
  let now: Presented = { rows: 0, kind: "bytes", scale: 1, moment: 0, taught: "classes" };
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
    outputs,
    labels: room.labels,
    targets: room.targets,
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
      const kind = dac.bytes ? "reals" : "bytes";
      admit({ ...now, rows: order.length, kind, scale: dac.bytes ? 1 : scale, moment });
      show.bytes(pixels, order, scale);
    },
    showReals(values, rows, moment = 0) {
      if (values.length !== rows * width)
        throw new InputError(
          `inputs: ${values.length} values for ${rows} samples, expected ${rows} × ${width}`,
        );
      admit({ ...now, rows, kind: "reals", scale: 1, moment });
      show.reals(values);
    },
    showRows(matrix, order, moment = 0) {
      admit({ ...now, rows: order.length, kind: "reals", scale: 1, moment });
      show.rows(matrix, order);
    },
    label(of) {
      now = { ...now, taught: teach.classes(of, now.rows) };
    },
    aim(at) {
      now = { ...now, taught: teach.reals(at, now.rows) };
    },
    target: (r, k) => teach[now.taught === "reals" ? "aimed" : "labelled"](r, k),
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
  readonly labels: Slot<Int32Array>;
  readonly targets: Slot<Vec>;
  readonly index: Slot<Int32Array>;
  readonly value: Slot<Vec>;
  readonly count: Slot<Int32Array>;
  readonly columns: Inputs["columns"];
}

function inputArrays(memory: Arena, width: number, capacity: number, outputs: number): InputArrays {
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
    labels: memory.ints(capacity),
    targets: memory.reals(capacity * outputs),
    dense: memory.reals(entries),
  };
}

/** What puts samples into the arrays, as the DAC gives them. */
function shown({ octets, dense, width }: InputArrays, dac: InputDac) {
  const levels = new Float64Array(256);
  return {
    bytes(pixels: Uint8Array, order: ArrayLike<number>, scale: number) {
      const { bytes: level } = dac;
      if (!level) {
        const to = octets.array;
        for (let r = 0; r < order.length; r++)
          to.set(pixels.subarray(order[r] * width, (order[r] + 1) * width), r * width);
        return;
      }
      for (let b = 0; b < 256; b++) levels[b] = level(b * scale);
      const to = dense.array;
      for (let r = 0; r < order.length; r++)
        for (let i = 0; i < width; i++) to[r * width + i] = levels[pixels[order[r] * width + i]];
    },
    reals(values: ArrayLike<number>) {
      dense.array.set(dac.reals ? Float64Array.from(values, dac.reals) : values);
    },
    rows(matrix: Vec, order: ArrayLike<number>) {
      const { reals: level } = dac;
      const to = dense.array;
      for (let r = 0; r < order.length; r++)
        to.set(matrix.subarray(order[r] * width, (order[r] + 1) * width), r * width);
      if (level) for (let k = 0; k < order.length * width; k++) to[k] = level(to[k]);
    },
  };
}

/** What puts classes or targets into the arrays, and reads them as targets. */
function teaching({ labels, targets }: InputArrays, outputs: number) {
  return {
    classes(of: ArrayLike<number>, rows: number): "classes" {
      if (of.length !== rows)
        throw new InputError(`inputs: ${of.length} labels for ${rows} samples, expected one each`);
      labels.array.set(of);
      return "classes";
    },
    reals(at: ArrayLike<number>, rows: number): "reals" {
      if (at.length !== rows * outputs)
        throw new InputError(
          `inputs: ${at.length} targets for ${rows} samples, expected ${outputs} each`,
        );
      targets.array.set(at);
      return "reals";
    },
    labelled: (r: number, k: number) => Number(labels.array[r] === k),
    aimed: (r: number, k: number) => targets.array[r * outputs + k],
  };
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
