import { arena } from "../../src/numerics/kernels/arena.ts";
import type { Kernels } from "../../src/numerics/kernels/kernels.ts";
import { random, type Random } from "../../src/numerics/random.ts";
import type { Precision, Vec } from "../../src/numerics/vec.ts";
import { oracles } from "./kernel-oracles.ts";

/**
 * Lists whose entries beyond their count mean nothing: `rows` lists, the r-th at r·stride with
 * `room` entries and its count at r·countStride.
 */
export interface Lists {
  readonly index: number;
  readonly value: number;
  readonly count: number;
  readonly rows: number;
  readonly stride: number;
  readonly room: number;
  readonly countStride: number;
}

/** One call of a kernel, and what of the memory it leaves may differ from the oracle's. */
export interface Trial {
  readonly args: readonly number[];
  readonly lists?: Lists;
  /** Bytes that the kernel may leave anything in. */
  readonly scratch?: { readonly ptr: number; readonly length: number };
  /**
   * Results of sums in another order: element i of the reals at `ptr` agrees within `tolerance(i)`.
   */
  readonly close?: {
    readonly ptr: number;
    readonly length: number;
    readonly tolerance: (i: number) => number;
  };
}

/** A stretch of an arena's memory that trials are set up in, one after another. */
export interface Stage {
  readonly precision: Precision;
  readonly bytes: number;
  /** Distance from 1 to the next real. */
  readonly epsilon: number;
  readonly kernels: Kernels;
  /** Fills the memory with a pattern and forgets what was placed. */
  clear(): void;
  /** Places reals or integers at the next multiple of 16 bytes and returns their address. */
  readonly reals: (values: readonly number[]) => number;
  readonly ints: (values: readonly number[]) => number;
  readonly octets: (values: readonly number[]) => number;
  readonly real: (ptr: number, i: number) => number;
  readonly memory: () => ArrayBuffer;
}

const size = 1 << 19;

export function stage(precision: Precision): Stage {
  const { kernels, bytes, ...slots } = arena({ precision });
  const { array, ptr } = slots.octets(size);
  const buffer = array.buffer as ArrayBuffer;
  const views = {
    real: precision === "f32" ? new Float32Array(buffer) : new Float64Array(buffer),
    int: new Int32Array(buffer),
    octet: new Uint8Array(buffer),
  };
  let top = ptr;
  const place = (view: Vec | Int32Array | Uint8Array, values: readonly number[]) => {
    // A gap of one vector, so that a write past the end is seen.
    const at = Math.ceil(top / 16) * 16 + 16;
    top = at + values.length * view.BYTES_PER_ELEMENT;
    if (top > ptr + size) throw new Error("the stage is too small");
    view.set(values, at / view.BYTES_PER_ELEMENT);
    return at;
  };
  return {
    precision,
    bytes,
    kernels,
    epsilon: precision === "f32" ? 2 ** -23 : 2 ** -52,
    memory: () => buffer,
    clear() {
      views.int.fill(0x3f9d3f9d, ptr / 4, (ptr + size) / 4);
      top = ptr;
    },
    reals: (values) => place(views.real, values),
    ints: (values) => place(views.int, values),
    octets: (values) => place(views.octet, values),
    real: (at, i) => views.real[at / bytes + i],
  };
}

/**
 * Runs kernel and oracle on the same memory and compares all of it bit for bit, but for what the
 * trial excuses and the payload of NaNs. Returns the first difference in words, or null.
 */
export function compare(
  s: Stage,
  name: keyof Kernels,
  { args, lists, close, scratch }: Trial,
): string | null {
  const mine = s.memory();
  const copy = mine.slice(0);
  const call = (kernels: Kernels) => {
    const run: (...args: readonly number[]) => void = kernels[name];
    run(...args);
  };
  call(oracles(copy, s.precision));
  call(s.kernels);
  const view = (b: ArrayBuffer) =>
    s.precision === "f32" ? new Float32Array(b) : new Float64Array(b);
  const got = view(mine);
  const expected = view(copy);
  for (let i = 0; close && i < close.length; i++) {
    const at = close.ptr / s.bytes + i;
    const far = Math.abs(got[at] - expected[at]);
    const tolerance = close.tolerance(i);
    if (!(far <= tolerance) && !Object.is(got[at], expected[at]))
      return `${name}: element ${i} is ${got[at]}, expected ${expected[at]} ± ${tolerance}`;
    expected[at] = got[at];
  }
  if (scratch)
    new Uint8Array(copy).set(new Uint8Array(mine, scratch.ptr, scratch.length), scratch.ptr);
  if (lists)
    [mine, copy].forEach((b) => {
      forgetBeyond(lists, new Int32Array(b), view(b));
    });
  const a = new Uint32Array(mine);
  const b = new Uint32Array(copy);
  const perReal = s.bytes / 4;
  for (let w = 0; w < a.length; w++) {
    const at = Math.floor(w / perReal);
    if (a[w] !== b[w] && !(Number.isNaN(got[at]) && Number.isNaN(expected[at])))
      return (
        `${name}: the word at ${4 * w} is ${a[w]} (as a real ${got[at]}), expected ${b[w]} ` +
        `(${expected[at]}); arguments ${args.join(", ")}`
      );
  }
  return null;
}

function forgetBeyond(
  { index, value, count, rows, stride, room, countStride }: Lists,
  ints: Int32Array,
  reals: Vec,
): void {
  for (let r = 0; r < rows; r++) {
    const n = ints[count / 4 + r * countStride];
    const first = r * stride + n;
    const last = r * stride + room;
    ints.fill(0, index / 4 + first, index / 4 + last);
    reals.fill(0, value / reals.BYTES_PER_ELEMENT + first, value / reals.BYTES_PER_ELEMENT + last);
  }
}

/** Sizes and contents of a trial. */
export interface Shape {
  readonly seed: number;
  readonly rows: number;
  readonly cols: number;
  /** What strides have beyond the padded width: a multiple of four. */
  readonly slack: number;
  /** Whether NaN, infinities and very large numbers occur. */
  readonly wild: boolean;
}

/** Reals as settling meets them: many exact zeros, both rails, the rest normal. */
export function someReals(rng: Random, length: number, wild: boolean): number[] {
  return Array.from({ length }, () => {
    const kind = rng.uniform();
    if (kind < 0.3) return 0;
    if (kind < 0.35) return -0;
    if (kind < 0.45) return 1;
    if (wild && kind < 0.5) return [NaN, Infinity, -Infinity, 1e30, 1e-42][rng.below(5)];
    return rng.normal();
  });
}

export const shapeRng = ({ seed }: Shape): Random => random(seed, "kernel trial");
