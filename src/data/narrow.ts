import type { NumberColumn, TableColumn, Values } from "./table.ts";

/** Numbers that come block by block, in the narrowest type that holds all of them exactly. */
export interface NumberStore {
  /** Bytes that are taken up. */
  readonly bytes: number;
  append(block: Float64Array): void;
  finish(): Values;
}

/** What is known of numbers, which says in which type they fit. */
interface Facts {
  least: number;
  most: number;
  isWhole: boolean;
  /** Each of them is a float32, NaN among them. */
  isSingle: boolean;
}

/** @param expected how many numbers there will be, where it is known about. */
export function numberStore(expected = 0): NumberStore {
  const facts: Facts = { least: 0, most: 0, isWhole: true, isSingle: true };
  let values: Values = new Uint8Array(expected);
  let count = 0;
  return {
    get bytes() {
      return values.byteLength;
    },
    append(block) {
      learn(facts, block);
      const needed = count + block.length;
      const Type = typeFor(facts);
      const size = needed > values.length ? Math.ceil(1.5 * needed) : values.length;
      if (!(values instanceof Type) || size > values.length) {
        const wider = new Type(size);
        wider.set(values.subarray(0, count));
        values = wider;
      }
      values.set(block, count);
      count = needed;
    },
    finish() {
      const spare = values.length - count;
      return spare > count / 8 ? values.slice(0, count) : values.subarray(0, count);
    },
  };
}

/** The same numbers, in the narrowest type that holds each exactly. */
export function narrowest(numbers: Float64Array): Values {
  const store = numberStore(numbers.length);
  store.append(numbers);
  return store.finish();
}

function learn(facts: Facts, block: Float64Array): void {
  let { least, most, isWhole, isSingle } = facts;
  for (const x of block) {
    if (x < least) least = x;
    if (x > most) most = x;
    if (x !== Math.trunc(x)) isWhole = false;
    if (x !== Math.fround(x) && x === x) isSingle = false;
  }
  facts.least = least;
  facts.most = most;
  facts.isWhole = isWhole;
  facts.isSingle = isSingle;
}

function typeFor({ least, most, isWhole, isSingle }: Facts): new (size: number) => Values {
  if (isWhole && least >= 0) {
    if (most < 2 ** 8) return Uint8Array;
    if (most < 2 ** 16) return Uint16Array;
    if (most < 2 ** 32) return Uint32Array;
  } else if (isWhole) {
    if (least >= -(2 ** 7) && most < 2 ** 7) return Int8Array;
    if (least >= -(2 ** 15) && most < 2 ** 15) return Int16Array;
    if (least >= -(2 ** 31) && most < 2 ** 31) return Int32Array;
  }
  return isSingle ? Float32Array : Float64Array;
}

/** A column of numbers; where there is NaN, one is missing. */
export function numberColumn(name: string, values: Values): NumberColumn {
  return { kind: "numbers", name, values, missing: lacking(values) };
}

/** The places of NaN. */
function lacking(values: Values): Uint32Array {
  let count = 0;
  if (values instanceof Float32Array || values instanceof Float64Array)
    for (const x of values) if (Number.isNaN(x)) count++;
  const places = new Uint32Array(count);
  let found = 0;
  for (let i = 0; found < count; i++) if (Number.isNaN(values[i])) places[found++] = i;
  return places;
}

/**
 * All columns in their places: those that were read, as `finish` makes them, and those that were
 * dropped, of which there is the name; they lack everything, on one memory.
 */
export function withDropped<Read extends object>(
  columns: readonly (Read | string)[],
  finish: (read: Read) => TableColumn,
  rows: number,
): readonly TableColumn[] {
  const isAny = columns.some((column) => typeof column === "string");
  const codes = new Int32Array(isAny ? rows : 0).fill(-1);
  return columns.map((column) =>
    typeof column === "string" ? { kind: "names", name: column, names: [], codes } : finish(column),
  );
}
