import { InputError } from "../numerics/errors.ts";

/** How many rows a part gets: a share of them, 0 … 1, or so many. */
export type PartSize = { readonly share: number } | { readonly rows: number };

/** How rows are dealt out. */
export interface Dealing {
  /** Numbers the dealings: equal numbers, equal parts. */
  readonly seed: number;
  readonly test?: PartSize;
  /** Of k folds, the one (from 1) that is tested on. */
  readonly fold?: { readonly of: number; readonly tested: number };
  /** Of what is left for training. */
  readonly validation?: PartSize;
  /** At most so many training rows. */
  readonly train?: number;
}

/** The rows of each part, ascending. */
export interface Parts {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  readonly validation: Uint32Array | null;
}

/**
 * Deals rows out to parts. Rows of a stratum stand in the order of a hash of seed and row, strata
 * after one another; of k folds the p-th row goes to fold p mod k, and a share takes every row at
 * which p · share passes a whole number. So each stratum is in each part by its share, to a row,
 * and a row stays in its part whatever else is asked for.
 * @param strata of each row: its class, or 0.
 * @param rows those that are dealt, ascending.
 * @throws InputError when a part would be empty.
 */
export function deal(
  rows: Uint32Array,
  strata: (row: number) => number,
  { seed, test, fold, validation, train }: Dealing,
): Parts {
  const sequence = inOrder(rows, strata, seed);
  const [tested, rest] = fold
    ? split(sequence, (p) => p % fold.of === fold.tested - 1)
    : split(sequence, taken(test, sequence.length));
  const [validated, left] = split(rest, taken(validation, rest.length));
  const few = train === undefined ? left : split(left, taken({ rows: train }, left.length))[0];
  const part = (name: string, found: Uint32Array): Uint32Array => {
    if (found.length > 0) return found.slice().sort();
    throw new InputError(
      `the ${name} part is empty: ${sequence.length} row(s) are too few for the parts that are ` +
        "asked for; ask for other shares, or give more rows",
    );
  };
  return {
    train: part("training", few),
    test: test || fold ? part("test", tested) : new Uint32Array(),
    validation: validation ? part("validation", validated) : null,
  };
}

/** Rows by stratum, then by hash, then by number; on typed arrays, as there may be millions. */
function inOrder(rows: Uint32Array, strata: (row: number) => number, seed: number): Uint32Array {
  const stratum = Int32Array.from(rows, strata);
  const key = Uint32Array.from(rows, (row) => hashOf(row, seed));
  const places = Uint32Array.from(rows.keys());
  places.sort((a, b) => stratum[a] - stratum[b] || key[a] - key[b] || rows[a] - rows[b]);
  return places.map((place) => rows[place]);
}

function split(
  sequence: Uint32Array,
  isFirst: (place: number) => boolean,
): readonly [first: Uint32Array, second: Uint32Array] {
  const first = sequence.filter((_, p) => isFirst(p));
  return [first, sequence.filter((_, p) => !isFirst(p))];
}

/** Which places of a sequence a part of this size takes, evenly. */
function taken(size: PartSize | undefined, of: number): (place: number) => boolean {
  if (!size) return () => false;
  const share = "share" in size ? size.share : Math.min(1, size.rows / of);
  return (p) => Math.floor((p + 1) * share + 0.5) > Math.floor(p * share + 0.5);
}

/** 32 bits of a row and a seed, by the finaliser of MurmurHash3 (Appleby 2011). */
function hashOf(row: number, seed: number): number {
  let h = (row ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
