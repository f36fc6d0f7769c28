import { InputError } from "../../numerics/errors.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { stateVector } from "../parts.ts";
import type { Route } from "../synapses/contract.ts";
import type { SoftRails } from "../units/rails.ts";
import type { Resolvent } from "../units/resolvents.ts";
import type { Moves, MovingParts } from "./moves.ts";

/** R(u; a), not beyond what holds a unit. */
function between({ clamps, low, high }: SoftRails, u: number, a: number, i: number): number {
  return Math.min(Math.max(clamps.hold(u, a, i), low.array[i]), high.array[i]);
}

/**
 * Steps between rails that give. What the ideal chip projects by clip goes through the resolvent
 * R(u; a), s + a I(s) = u, of the clamps instead, explicit in the network and implicit in the
 * clamps:
 *
 *   a step      s ← R(s + dt rate F; dt rate)
 *   a minimum   s ← R(drive / curvature; 1 / curvature)
 *   a residual  max |s − R(s + F; 1)|,     F = drive − curvature s.
 */
export interface SoftSteps {
  /** Follows the ties. */
  tied(curvature: Vec): void;
  /** Readies steps of `dt`, after `tied`. */
  stepping(dt: number): void;
  /**
   * Readies sweeps, after `tied`.
   * @throws InputError where a unit's own curvature is not positive.
   */
  sweeping(): void;
  /** One step of layer l, listing what moved; `kick` is the address of its noise, or 0. */
  step(l: number, first: number, last: number, kick: number, resting: boolean): void;
  /**
   * Layer l to its minimum given the others, listing what moved; a layer with lateral synapses unit
   * by unit.
   */
  minimise(l: number, lateral: Route | undefined, first: number, last: number): void;
  /** The residuals of samples first … last−1 of a state, from its drive, both by their address. */
  residuals(to: number, state: number, drive: number, first: number, last: number): void;
}

/** Where a state is sent: next ← R(keep·s + rate·drive + …; a). */
interface Reach {
  /** [size] each. */
  readonly keep: Slot<Vec>;
  readonly rate: Slot<Vec>;
  readonly resolvent: Resolvent;
}

type SoftParts = MovingParts & { readonly rails: SoftRails };

export function softSteps(parts: SoftParts, moves: Moves): SoftSteps {
  const { at, units, rails } = parts;
  const { size } = at;
  const reach = (): Reach => ({
    keep: parts.memory.privateReals(size),
    rate: parts.memory.privateReals(size),
    resolvent: rails.resolvent(),
  });
  const step = reach();
  const least = reach();
  const unit = reach();
  const curved = new Float64Array(size);
  const { layer, residuals } = reaching(parts, moves);
  const minimiseUnits = unitMinima(parts, moves, curved);
  let dt = NaN;
  let stale = true;
  unit.rate.array.fill(1);
  unit.resolvent.ready(() => 1);
  return {
    tied(curvature) {
      curved.set(curvature);
      // Padding is nudged like an output, and stays where it is.
      for (const i of at.padding) curved[i] = 1;
      for (let i = 0; i < size; i++) unit.keep.array[i] = 1 - curved[i];
      stale = true;
    },
    stepping(length) {
      const fast = units.rate.array;
      for (let i = 0; i < size; i++) {
        step.keep.array[i] = 1 - length * fast[i] * curved[i];
        step.rate.array[i] = length * fast[i];
      }
      if (length !== dt) step.resolvent.ready((i) => length * fast[i]);
      dt = length;
    },
    sweeping() {
      if (!stale) return;
      refuseFlat(curved);
      for (let i = 0; i < size; i++) least.rate.array[i] = 1 / curved[i];
      least.resolvent.ready((i) => 1 / curved[i]);
      stale = false;
    },
    step(l, first, last, kick, resting) {
      layer(step, l, first, last, { change: moves.change.ptr, kick, resting });
    },
    minimise(l, lateral, first, last) {
      if (lateral) for (let r = first; r < last; r++) minimiseUnits(l, lateral, r);
      else layer(least, l, first, last, { change: 0, kick: 0, resting: true });
    },
    residuals(to, s, field, first, last) {
      residuals(unit, to, s, field, first, last);
    },
  };
}

/** @throws InputError where a unit's own curvature is not positive. */
function refuseFlat(curved: Float64Array): void {
  const least = curved.reduce((a, b) => Math.min(a, b));
  if (least > 0) return;
  throw new InputError(
    `block-descent: a unit's own curvature is ${least.toPrecision(3)}, expected above ` +
      "0: between rails that give its energy then has two minima (an output's is g + λ + " +
      "2β; raise λ or take a smaller |β|), or settle with a flow such as euler",
  );
}

interface Reaching {
  /** Sends a layer, listing what moved. Addresses of what was sent before and of noise, or 0. */
  layer(to: Reach, l: number, first: number, last: number, by: ReachedBy): void;
  residuals(to: Reach, out: number, s: number, f: number, first: number, last: number): void;
}
interface ReachedBy {
  readonly change: number;
  readonly kick: number;
  /** Whether samples that rest stay where they are. */
  readonly resting: boolean;
}

function reaching(parts: SoftParts, { index, value, count, active }: Moves): Reaching {
  const { memory, at, rails } = parts;
  const { state, drive } = parts.own;
  const { kernels, bytes } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const next = stateVector(parts);
  const row = (r: number) => r * size * bytes;
  return {
    layer({ keep, rate, resolvent }, l, first, last, { change, kick, resting }) {
      const cols = at.padded[l];
      const o = at.offset[l] * bytes;
      const from = row(first) + o;
      const on = resting ? active.ptr + 4 * first : 0;
      kernels.reachRows(
        next.ptr + from,
        state.ptr + from,
        drive.ptr + from,
        change === 0 ? 0 : change + from,
        size,
        last - first,
        cols,
        keep.ptr + o,
        rate.ptr + o,
        kick === 0 ? 0 : kick + from,
        on,
      );
      resolvent.hold(next, first, last, at.offset[l], cols, resting ? active : null);
      kernels.moveRows(
        state.ptr + from,
        next.ptr + from,
        size,
        last - first,
        cols,
        rails.low.ptr + o,
        rails.high.ptr + o,
        on,
        index.ptr + 4 * (first * size + at.offset[l]),
        value.ptr + from,
        size,
        count.ptr + 4 * (first * layers + l - 1),
        layers,
      );
    },
    residuals({ keep, rate, resolvent }, out, s, f, first, last) {
      const from = row(first);
      const to = next.ptr + from;
      const n = last - first;
      kernels.reachRows(to, s + from, f + from, 0, size, n, size, keep.ptr, rate.ptr, 0, 0);
      resolvent.hold(next, first, last, 0, size, null);
      kernels.gapRows(out + first * bytes, s + from, to, size, n, size);
    },
  };
}

/**
 * The units of a layer with lateral synapses one after another, each move sent along the unit's own
 * row into the layer's drives before the next one moves.
 */
function unitMinima(
  { memory, at, own: { state, drive }, rails }: SoftParts,
  { index, value, count, active }: Moves,
  curved: Float64Array,
): (l: number, lateral: Route, r: number) => void {
  const { kernels, bytes } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const single = memory.ints(1);
  single.array[0] = 1;
  return (l, { matrix, rows, stride }, r) => {
    const first = at.offset[l];
    const o = r * size + first;
    let n = 0;
    for (let i = 0; active.array[r] === 1 && i < at.sizes[l]; i++) {
      const k = o + i;
      const old = state.array[k];
      const c = curved[first + i];
      state.array[k] = between(rails, drive.array[k] / c, 1 / c, first + i);
      if (state.array[k] === old) continue;
      index.array[o + n] = i;
      value.array[o + n] = state.array[k] - old;
      kernels.addSparse(
        drive.ptr + first * bytes,
        size,
        0,
        r,
        r + 1,
        index.ptr + 4 * (first + n),
        value.ptr + (first + n) * bytes,
        size,
        single.ptr,
        0,
        matrix,
        0,
        rows,
        stride,
      );
      n++;
    }
    count.array[r * layers + l - 1] = n;
  };
}
