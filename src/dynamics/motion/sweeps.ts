import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { UnitArrays } from "../units/mismatch.ts";
import type { Layout } from "../layout.ts";
import { cacheful, type Propagation } from "./propagation.ts";
import type { Route } from "../synapses/transconductors/synapses.ts";

/**
 * Block Gauss–Seidel: `sweeps` times each layer in turn, odd ones before even ones, goes to its
 * exact minimum given the others as they are then,
 *
 *   s ← clip(drive / curvature) where the curvature is positive, otherwise the rail of lower energy
 *
 * (rails that give: `SoftSteps`),
 *
 * a layer with lateral synapses unit by unit. Where an energy exists it never rises. Leaves the
 * drive fresh; `until` and `taken` as in `relax`.
 */
export type Sweep = (
  from: number,
  to: number,
  sweeps: number,
  still: Slot<Vec>,
  curvature: Slot<Vec>,
  units: UnitArrays,
  until: number | null,
) => void;

/** Sweeps after which rounding in the carried drive is wiped out by a refresh. */
const refreshEvery = 64;

export function blockSweeps(
  memory: Arena,
  at: Layout,
  routes: readonly Route[],
  propagation: Propagation,
  state: Slot<Vec>,
  drive: Slot<Vec>,
): Sweep {
  const { kernels, bytes } = memory;
  const layers = at.sizes.length - 1;
  const { size } = at;
  const {
    moves: { index, value, count, change, active },
    taken,
    soft,
  } = propagation;
  const zeros = memory.privateReals(size);
  const byte = at.offset.map((o) => o * bytes);
  const int = at.offset.map((o) => o * 4);
  const order = Array.from({ length: layers }, (_, k) => k + 1).sort(
    (a, b) => (b % 2) - (a % 2) || a - b,
  );
  const plan = order.map((l) => ({
    l,
    lateral: routes.find((r) => r.source === l && r.sink === l),
    out: routes.filter((r) => r.source === l && r.sink !== l),
  }));

  const minimise = (
    l: number,
    lateral: Route | undefined,
    first: number,
    last: number,
    curvature: Slot<Vec>,
    { low, high }: UnitArrays,
  ) => {
    const row = first * size * bytes + byte[l];
    const layer = [
      state.ptr + row,
      drive.ptr + row,
      size,
      last - first,
      at.padded[l],
      curvature.ptr + byte[l],
      low.ptr + byte[l],
      high.ptr + byte[l],
      active.ptr + 4 * first,
      index.ptr + 4 * first * size + int[l],
      value.ptr + row,
      size,
      count.ptr + 4 * (first * layers + l - 1),
      layers,
    ] as const;
    if (soft) soft.minimise(l, lateral, first, last);
    else if (lateral) kernels.minimiseUnits(...layer, lateral.matrix, lateral.rows);
    else kernels.minimiseLayer(...layer);
  };
  // Summed by themselves before they reach the drive, as in `relax`.
  const send = ({ source, sink, matrix, rows, stride }: Route, first: number, last: number) => {
    const row = first * size * bytes + byte[sink];
    const n = last - first;
    kernels.fillRows(change.ptr + row, size, n, at.padded[sink], zeros.ptr);
    kernels.addSparse(
      change.ptr + byte[sink],
      size,
      0,
      first,
      last,
      index.ptr + int[source],
      value.ptr + byte[source],
      size,
      count.ptr + 4 * (source - 1),
      layers,
      matrix,
      0,
      rows,
      stride,
    );
    kernels.addScaled(drive.ptr + row, size, change.ptr + row, size, n, at.padded[sink], 1);
  };
  return (from, to, sweeps, still, curvature, units, until) => {
    soft?.sweeping();
    active.array.fill(1, from, to);
    taken.array.fill(sweeps, from, to);
    for (let first = from; first < to; first += cacheful) {
      const last = Math.min(first + cacheful, to);
      for (let t = 1; t <= sweeps; t++) {
        for (const { l, lateral, out } of plan) {
          minimise(l, lateral, first, last, curvature, units);
          for (const route of out) send(route, first, last);
        }
        if (t % refreshEvery === 0) propagation.refresh(state, drive, still, first, last);
        if (until !== null && !propagation.look(first, last, t, until, curvature, units)) break;
      }
    }
  };
}
