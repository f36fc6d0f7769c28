import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { pad4, type Layout } from "../../layout.ts";
import type { DieParts } from "../../parts.ts";
import type { NodeLoad, Route } from "../contract.ts";
import type { Weights } from "../parameters.ts";

/**
 * Rows whose conductances are summed up together: members of a team take whole ones, so that sums
 * do not depend on them.
 */
export const shareRows = 64;

/** The sums that lie in these slots: another object after each change, whatever its numbers are. */
export function loadIn(below: Slot<Vec>, above: Slot<Vec>): NodeLoad {
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

type WiringParts = Pick<DieParts, "memory" | "at" | "scale">;
/** Where matrices that follow from the conductances are to be. */
type Room = (n: number) => Slot<Vec>;

/**
 * @param real address of what the resistors of the block conduct, packed like its weights.
 * @param reals where the matrices that follow from it are to be: shared by a team, or a member's
 *   own.
 */
export function wiring(die: WiringParts, w: Weights, real: number, reals: Room): Wiring {
  const { memory, at } = die;
  const { from, to } = w.block;
  const { rows, cols, stride } = w;
  const sums = conductanceSums(die, w, real, reals);
  const drives = from === 0 ? inputDrives(die, w, real, reals) : null;
  const up: Route = {
    source: from,
    sink: to,
    matrix: drives?.matrix ?? real,
    rows: at.sizes[from],
    stride,
    weights: w,
  };
  if (from === 0 || from === to)
    return {
      routes: [up],
      renew(first, last) {
        drives?.renew(first, last);
        sums.renew(first, last);
      },
      addTo: sums.addTo,
    };
  const back: Route = {
    source: to,
    sink: from,
    matrix: reals(cols * at.padded[from]).ptr,
    rows: cols,
    stride: at.padded[from],
    weights: w,
    back: true,
  };
  return {
    routes: [up, back],
    renew(first, last) {
      const { matrix, stride: turned } = back;
      memory.kernels.transpose(real, stride, rows, cols, matrix, turned, first, last);
      sums.renew(first, last);
    },
    addTo: sums.addTo,
  };
}

/** Units whose entries of a packed row lie together. */
function panelOf({ bytes }: Arena): number {
  return 128 / bytes;
}

/**
 * What inputs drive, a (g⁺ − g⁻) of complementary ones or a g⁺, a the scale of the inputs: a packed
 * matrix [inputs × stride].
 */
function inputDrives(
  { memory, at, scale }: WiringParts,
  { block: { from }, rows, stride }: Weights,
  real: number,
  reals: Room,
): { readonly matrix: number; renew(first: number, last: number): void } {
  const { kernels, bytes } = memory;
  const n = at.sizes[from];
  const panel = panelOf(memory);
  const matrix = reals(n * stride).ptr;
  const nothing = rows > n ? null : memory.reals(n * panel);
  return {
    matrix,
    renew(first, last) {
      for (let c = 0; c < stride; c += panel) {
        const width = Math.min(panel, stride - c);
        const to = matrix + (n * c + first * width) * bytes;
        const row = (r: number) => real + (rows * c + r * width) * bytes;
        const minus = nothing?.ptr ?? row(n + first);
        kernels.scaledDifference(to, row(first), minus, width, last - first, width, scale.input);
      }
    },
  };
}

/**
 * Σ g of a block, chunk by chunk of `shareRows` rows for the upper nodes, row by row for the lower.
 */
function conductanceSums(
  { memory, at }: WiringParts,
  w: Weights,
  real: number,
  reals: Room,
): Pick<Wiring, "renew" | "addTo"> {
  const { kernels, bytes } = memory;
  const { from, to } = w.block;
  const { rows, cols, stride } = w;
  const chunks = Math.ceil(at.sizes[from] / shareRows);
  const panel = panelOf(memory);
  const leadsUp = from > 0 && from !== to;
  const ofColumn = reals(chunks * stride);
  const ofRow = reals(pad4(rows));
  const ones = memory.reals(stride);
  ones.array.fill(1, 0, cols);
  const chunk = (row: number) => Math.floor(row / shareRows);
  const sumPanel = (c: number, first: number, last: number) => {
    const width = Math.min(panel, stride - c);
    const row = (r: number) => real + (rows * c + r * width) * bytes;
    const one = ones.ptr + c * bytes;
    if (leadsUp)
      kernels.addDots(ofRow.ptr + first * bytes, 0, one, 0, 1, row(first), width, last - first);
    for (let begin = first; begin < last; begin += shareRows) {
      const sum = ofColumn.ptr + (chunk(begin) * stride + c) * bytes;
      bothTerminals(at, w, begin, Math.min(begin + shareRows, last), (a, b) => {
        kernels.addRowSums(sum, row(a), width, b - a, width);
      });
    }
  };
  return {
    renew(first, last) {
      if (leadsUp) ofRow.array.fill(0, first, last);
      ofColumn.array.fill(0, chunk(first) * stride, Math.ceil(last / shareRows) * stride);
      for (let c = 0; c < stride; c += panel) sumPanel(c, first, last);
    },
    addTo(below, above) {
      const node = below.ptr + at.offset[to] * bytes;
      kernels.addRowSums(node, ofColumn.ptr, stride, chunks, stride);
      if (leadsUp)
        for (let i = 0; i < rows; i++) above.array[at.offset[from] + i] += ofRow.array[i];
    },
  };
}
