import type { Route } from "../synapses/contract.ts";
import type { Stepping } from "./euler-steps.ts";
import { cacheful, type MovingParts } from "./moves.ts";

/**
 * Block Gauss–Seidel: `sweeps` times each layer in turn, odd ones before even ones, goes to its
 * exact minimum given the others as they are then,
 *
 *   s ← clip(drive / curvature) where the curvature is positive, otherwise the rail of lower energy
 *
 * (rails that give: `SoftSteps`),
 *
 * a layer with lateral synapses unit by unit. Where an energy exists it never rises. Leaves the
 * drive fresh; `until` as in `EulerSteps`.
 */
type Sweep = (sweeps: number, until: number | null) => void;

/** Sweeps after which rounding in the carried drive is wiped out by a refresh. */
const refreshEvery = 64;

export function blockSweeps(parts: MovingParts, stepping: Stepping): Sweep {
  const { at, routes, inputs: x } = parts;
  const { drives, rest, soft } = stepping;
  const minimise = layerMinima(parts, stepping);
  const send = sending(parts, stepping);
  const plan = Array.from({ length: at.sizes.length - 1 }, (_, k) => k + 1)
    .sort((a, b) => (b % 2) - (a % 2) || a - b)
    .map((l) => ({
      l,
      lateral: routes.find((r) => r.source === l && r.sink === l),
      out: routes.filter((r) => r.source === l && r.sink !== l),
    }));
  return (sweeps, until) => {
    const { first: from, last: to } = x;
    soft?.sweeping();
    rest.wake(from, to, sweeps);
    for (let first = from; first < to; first += cacheful) {
      const last = Math.min(first + cacheful, to);
      for (let t = 1; t <= sweeps; t++) {
        for (const { l, lateral, out } of plan) {
          minimise(l, lateral, first, last);
          for (const route of out) send(route, first, last);
        }
        if (t % refreshEvery === 0) drives.renew(first, last);
        if (until !== null && !rest.look(first, last, t, until)) break;
      }
    }
  };
}

/** Puts a layer at its minimum given the others, listing what moved. */
function layerMinima(
  { memory, at, units: { low, high }, own: { state, drive } }: MovingParts,
  { moves: { index, value, count, active }, constants: { curvature }, soft }: Stepping,
): (l: number, lateral: Route | undefined, first: number, last: number) => void {
  if (soft) return soft.minimise;
  const { kernels, bytes } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  return (l, lateral, first, last) => {
    const o = at.offset[l] * bytes;
    const row = first * size * bytes + o;
    const layer = [
      state.ptr + row,
      drive.ptr + row,
      size,
      last - first,
      at.padded[l],
      curvature.ptr + o,
      low.ptr + o,
      high.ptr + o,
      active.ptr + 4 * first,
      index.ptr + 4 * (first * size + at.offset[l]),
      value.ptr + row,
      size,
      count.ptr + 4 * (first * layers + l - 1),
      layers,
    ] as const;
    if (lateral) kernels.minimiseUnits(...layer, lateral.matrix, lateral.rows);
    else kernels.minimiseLayer(...layer);
  };
}

/** Sends what a layer moved along one route, summed by itself before it reaches the drive. */
function sending(
  { memory, at, own: { drive } }: MovingParts,
  { moves: { index, value, count, change } }: Stepping,
): (route: Route, first: number, last: number) => void {
  const { kernels, bytes } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const zeros = memory.privateReals(size);
  return ({ source, sink, matrix, rows, stride }, first, last) => {
    const o = at.offset[sink] * bytes;
    const row = first * size * bytes + o;
    const n = last - first;
    kernels.fillRows(change.ptr + row, size, n, at.padded[sink], zeros.ptr);
    kernels.addSparse(
      change.ptr + o,
      size,
      0,
      first,
      last,
      index.ptr + 4 * at.offset[source],
      value.ptr + at.offset[source] * bytes,
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
}
