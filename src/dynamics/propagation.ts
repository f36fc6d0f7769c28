import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { UnitArrays } from "./die.ts";
import type { Layout } from "./layout.ts";
import type { Parameters } from "./parameters.ts";

/** The per-unit constants of one projected Euler step, s ← clip(keep·s + rate·drive). */
export interface StepArrays { readonly keep: Slot<Vec>; readonly rate: Slot<Vec> }

/**
 * Keeps every unit's drive up to date while the states move. After a few steps most units sit exactly
 * on a rail, so only what moved is propagated: drive += Δs·W over the lists that a step leaves.
 */
export interface Propagation {
  /** drive ← still + Σ W s, from nothing. */
  refresh(still: Slot<Vec>, rows: number): void;
  /** `steps` projected Euler steps of the state, all layers at once from the old states; leaves the drive fresh. */
  relax(rows: number, steps: number, still: Slot<Vec>, step: StepArrays, units: UnitArrays): void;
  /** To be called after the weights changed. */
  reprogram(): void;
}

/** Rows that stay in cache together while they settle. */
const chunk = 20;
/** Steps after which rounding in the carried drive is wiped out by a refresh. */
const refreshEvery = 64;

export function propagation(memory: Arena, at: Layout, params: Parameters, state: Slot<Vec>, drive: Slot<Vec>): Propagation {
  const { kernels, bytes } = memory, layers = at.sizes.length - 1;
  const room = state.length, capacity = room / at.size;
  const index = memory.ints(room), value = memory.reals(room), count = memory.ints(capacity * layers);
  const routes = params.weights.filter((w) => w.block.from > 0).flatMap((w) => {
    const { from, to } = w.block, stride = at.padded[from];
    const up = { source: from, sink: to, matrix: w.slot.ptr, rows: w.rows, stride: w.stride };
    if (from === to) return [up];
    // Backward synapses: the same conductances seen from the other side, stored transposed for the kernels.
    const back = memory.reals(w.cols * stride);
    return [up, { source: to, sink: from, matrix: back.ptr, rows: w.cols, stride, transposes: w }];
  });

  const propagate = (first: number, rows: number) => {
    const row = first * at.size * bytes, list = first * at.size;
    for (const { source, sink, matrix, rows: matrixRows, stride } of routes)
      kernels.addSparse(drive.ptr + row + at.offset[sink] * bytes, at.size, 0, 0, rows,
        index.ptr + 4 * (list + at.offset[source]), value.ptr + bytes * (list + at.offset[source]), at.size,
        count.ptr + 4 * (first * layers + source - 1), layers, matrix, 0, matrixRows, stride);
  };
  const refreshRows = (still: Slot<Vec>, first: number, rows: number) => {
    const row = first * at.size * bytes, list = first * at.size;
    kernels.copyReals(drive.ptr + row, still.ptr + row, rows * at.size);
    for (let l = 1; l <= layers; l++)
      kernels.listNonzeros(state.ptr + row + at.offset[l] * bytes, at.size, rows, at.padded[l], 1,
        index.ptr + 4 * (list + at.offset[l]), value.ptr + bytes * (list + at.offset[l]), at.size, count.ptr + 4 * (first * layers + l - 1), layers);
    propagate(first, rows);
  };
  return {
    refresh(still, rows) { refreshRows(still, 0, rows); },
    relax(rows, steps, still, { keep, rate }, { low, high }) {
      for (let first = 0; first < rows; first += chunk) {
        const some = Math.min(chunk, rows - first), row = first * at.size * bytes, list = first * at.size;
        for (let t = 1; t <= steps; t++) {
          for (let l = 1; l <= layers; l++) {
            const o = at.offset[l] * bytes;
            kernels.stepLayer(state.ptr + row + o, drive.ptr + row + o, at.size, some, at.padded[l],
              keep.ptr + o, rate.ptr + o, low.ptr + o, high.ptr + o,
              index.ptr + 4 * (list + at.offset[l]), value.ptr + bytes * (list + at.offset[l]), at.size, count.ptr + 4 * (first * layers + l - 1), layers);
          }
          if (t % refreshEvery === 0) refreshRows(still, first, some);
          else propagate(first, some);
        }
      }
    },
    reprogram() {
      for (const route of routes)
        if ("transposes" in route) {
          const w = route.transposes;
          kernels.transpose(w.slot.ptr, w.stride, w.rows, w.cols, route.matrix, route.stride);
        }
    },
  };
}
