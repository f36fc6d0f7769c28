import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { pad4, type Layout } from "../../layout.ts";
import type { Weights } from "../parameters.ts";
import type { Route } from "../transconductors/synapses.ts";
import type { Scale } from "../../units/scale.ts";

/**
 * Rows whose conductances are summed up together: members of a team take whole ones, so that sums
 * do not depend on them.
 */
export const shareRows = 64;

/**
 * Σ g over the synapses of each unit [size]: those from below and within its layer, its inputs'
 * included, and those to layers above.
 */
export interface Load {
  readonly below: Vec;
  readonly above: Vec;
}

/** The sums that lie in these slots: another object after each change, whatever its numbers are. */
export function loadIn(below: Slot<Vec>, above: Slot<Vec>): Load {
  return {
    get below() {
      return below.array;
    },
    get above() {
      return above.array;
    },
  };
}

/**
 * How the nodes of a block meet its resistors: what these send from one to the other, and what they
 * load them with.
 */
export interface Wiring {
  readonly routes: readonly Route[];
  /**
   * After rows first … last−1 of what is conducted changed, of complementary inputs those of both
   * terminals.
   */
  renew(first: number, last: number): void;
  /** Adds Σ g of the block to the sums of each unit [size]. */
  addTo(below: Slot<Vec>, above: Slot<Vec>): void;
}

/** Both terminals of inputs first … last−1, or those rows. */
export function bothTerminals(
  at: Layout,
  { block: { from }, rows }: Weights,
  first: number,
  last: number,
  work: (first: number, last: number) => void,
): void {
  const n = at.sizes[from];
  work(first, last);
  if (rows > n) work(n + first, n + last);
}

/**
 * @param real address of what the resistors of the block conduct, packed like its weights.
 * @param reals where the matrices that follow from it are to be: shared by a team, or a member's
 *   own.
 */
export function wiring(
  memory: Arena,
  at: Layout,
  w: Weights,
  real: number,
  scale: Scale,
  reals: (n: number) => Slot<Vec>,
): Wiring {
  const { kernels, bytes } = memory;
  const {
    block: { from, to },
    rows,
    cols,
    stride,
  } = w;
  const n = at.sizes[from];
  const mirrored = rows > n;
  const chunks = Math.ceil(n / shareRows);
  const panel = 128 / bytes;
  const ofColumn = reals(chunks * stride);
  const ofRow = reals(pad4(rows));
  const ones = memory.reals(stride);
  const drives = from === 0 ? reals(n * stride) : null;
  const nothing = drives && !mirrored ? memory.reals(n * panel) : null;
  ones.array.fill(1, 0, cols);
  const up: Route = {
    source: from,
    sink: to,
    matrix: drives?.ptr ?? real,
    rows: n,
    stride,
    weights: w,
  };
  const back: Route | null =
    from === 0 || from === to
      ? null
      : {
          source: to,
          sink: from,
          matrix: reals(cols * at.padded[from]).ptr,
          rows: cols,
          stride: at.padded[from],
          weights: w,
          back: true,
        };
  const leadsUp = from > 0 && from !== to;
  /** What is summed up, and what inputs drive, from what rows first … last−1 conduct. */
  const sum = (first: number, last: number) => {
    if (leadsUp) ofRow.array.fill(0, first, last);
    ofColumn.array.fill(
      0,
      Math.floor(first / shareRows) * stride,
      Math.ceil(last / shareRows) * stride,
    );
    for (let c = 0; c < stride; c += panel) {
      const width = Math.min(panel, stride - c);
      const row = (r: number) => real + (rows * c + r * width) * bytes;
      if (drives)
        kernels.scaledDifference(
          drives.ptr + (n * c + first * width) * bytes,
          row(first),
          nothing?.ptr ?? row(n + first),
          width,
          last - first,
          width,
          scale.input,
        );
      if (leadsUp)
        kernels.addDots(
          ofRow.ptr + first * bytes,
          0,
          ones.ptr + c * bytes,
          0,
          1,
          row(first),
          width,
          last - first,
        );
      for (let begin = first; begin < last; begin += shareRows) {
        const end = Math.min(begin + shareRows, last);
        bothTerminals(at, w, begin, end, (a, b) => {
          kernels.addRowSums(
            ofColumn.ptr + (Math.floor(begin / shareRows) * stride + c) * bytes,
            row(a),
            width,
            b - a,
            width,
          );
        });
      }
    }
  };
  return {
    routes: back ? [up, back] : [up],
    renew(first, last) {
      if (back) kernels.transpose(real, stride, rows, cols, back.matrix, back.stride, first, last);
      sum(first, last);
    },
    addTo(below, above) {
      kernels.addRowSums(below.ptr + at.offset[to] * bytes, ofColumn.ptr, stride, chunks, stride);
      if (leadsUp)
        for (let i = 0; i < rows; i++) above.array[at.offset[from] + i] += ofRow.array[i];
    },
  };
}
