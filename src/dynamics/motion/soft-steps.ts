import { InputError } from "../../numerics/errors.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { UnitArrays } from "../units/mismatch.ts";
import { stateAlignment, type Layout } from "../layout.ts";
import type { Moves } from "./moves.ts";
import type { SoftRails } from "../units/rails.ts";
import type { Route } from "../synapses/transconductors/synapses.ts";

/** R(u; a), not beyond what holds a unit. */
function between({ clamps, low, high }: SoftRails, u: number, a: number, i: number): number {
  return Math.min(Math.max(clamps.hold(u, a, i), low.array[i]), high.array[i]);
}

/**
 * Steps between rails that give. What the ideal chip projects by clip goes through the resolvent
 * R(u; a), s + a I(s) = u, of the clamps instead, explicit in the network and implicit in the
 * clamps:
 *
 *   a step      s ← R(s + dt rate F; dt rate),          a minimum   s ← R(drive / curvature; 1 / curvature),
 *   a residual  max |s − R(s + F; 1)|,                  F = drive − curvature s.
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

export function softSteps(
  memory: Arena,
  at: Layout,
  rails: SoftRails,
  { rate: speed }: UnitArrays,
  state: Slot<Vec>,
  drive: Slot<Vec>,
  { index, value, count, change, active }: Moves,
): SoftSteps {
  const { kernels, bytes } = memory;
  const { size } = at;
  const layers = at.sizes.length - 1;
  const row = (r: number) => r * size * bytes;
  const own = () => memory.privateReals(size);
  const next = memory.reals(state.length, stateAlignment(at, memory));
  const single = memory.ints(1);
  const step = { keep: own(), rate: own(), resolvent: rails.resolvent() };
  const least = { rate: own(), resolvent: rails.resolvent() };
  const unit = { keep: own(), rate: own(), resolvent: rails.resolvent() };
  const nothing = own();
  const curved = new Float64Array(size);
  let dt = NaN;
  let stale = true;
  single.array[0] = 1;
  unit.rate.array.fill(1);
  unit.resolvent.ready(() => 1);

  const moved = (l: number, first: number, last: number, resting: number) => {
    const from = row(first) + at.offset[l] * bytes;
    const o = at.offset[l] * bytes;
    kernels.moveRows(
      state.ptr + from,
      next.ptr + from,
      size,
      last - first,
      at.padded[l],
      rails.low.ptr + o,
      rails.high.ptr + o,
      resting,
      index.ptr + 4 * (first * size + at.offset[l]),
      value.ptr + from,
      size,
      count.ptr + 4 * (first * layers + l - 1),
      layers,
    );
  };
  /**
   * One unit after another, each move sent along the unit's own row into the layer's drives before
   * the next one moves.
   */
  const minimiseUnits = (l: number, { matrix, rows, stride }: Route, r: number) => {
    const o = r * size + at.offset[l];
    let n = 0;
    for (let i = 0; active.array[r] === 1 && i < at.sizes[l]; i++) {
      const k = o + i;
      const old = state.array[k];
      const c = curved[at.offset[l] + i];
      state.array[k] = between(rails, drive.array[k] / c, 1 / c, at.offset[l] + i);
      if (state.array[k] === old) continue;
      index.array[o + n] = i;
      value.array[o + n] = state.array[k] - old;
      kernels.addSparse(
        drive.ptr + at.offset[l] * bytes,
        size,
        0,
        r,
        r + 1,
        index.ptr + 4 * (at.offset[l] + n),
        value.ptr + (at.offset[l] + n) * bytes,
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
  return {
    tied(curvature) {
      curved.set(curvature);
      // Padding is nudged like an output, and stays where it is.
      for (const i of at.padding) curved[i] = 1;
      for (let i = 0; i < size; i++) unit.keep.array[i] = 1 - curved[i];
      stale = true;
    },
    stepping(length) {
      const fast = speed.array;
      for (let i = 0; i < size; i++) {
        step.keep.array[i] = 1 - length * fast[i] * curved[i];
        step.rate.array[i] = length * fast[i];
      }
      if (length !== dt) step.resolvent.ready((i) => length * fast[i]);
      dt = length;
    },
    sweeping() {
      if (!stale) return;
      const least0 = curved.reduce((a, b) => Math.min(a, b));
      if (!(least0 > 0))
        throw new InputError(
          `block-descent: a unit's own curvature is ${least0.toPrecision(3)}, expected above ` +
            "0: between rails that give its energy then has two minima (an output's is g + λ + " +
            "2β; raise λ or take a smaller |β|), or settle with a flow such as euler",
        );
      for (let i = 0; i < size; i++) least.rate.array[i] = 1 / curved[i];
      least.resolvent.ready((i) => 1 / curved[i]);
      stale = false;
    },
    step(l, first, last, kick, resting) {
      const o = at.offset[l] * bytes;
      const from = row(first) + o;
      const on = resting ? active.ptr + 4 * first : 0;
      kernels.reachRows(
        next.ptr + from,
        state.ptr + from,
        drive.ptr + from,
        change.ptr + from,
        size,
        last - first,
        at.padded[l],
        step.keep.ptr + o,
        step.rate.ptr + o,
        kick === 0 ? 0 : kick + from,
        on,
      );
      step.resolvent.hold(next, first, last, at.offset[l], at.padded[l], resting ? active : null);
      moved(l, first, last, on);
    },
    minimise(l, lateral, first, last) {
      if (lateral) {
        for (let r = first; r < last; r++) minimiseUnits(l, lateral, r);
        return;
      }
      const o = at.offset[l] * bytes;
      const from = row(first) + o;
      const on = active.ptr + 4 * first;
      kernels.reachRows(
        next.ptr + from,
        state.ptr + from,
        drive.ptr + from,
        0,
        size,
        last - first,
        at.padded[l],
        nothing.ptr + o,
        least.rate.ptr + o,
        0,
        on,
      );
      least.resolvent.hold(next, first, last, at.offset[l], at.padded[l], active);
      moved(l, first, last, on);
    },
    residuals(to, s, field, first, last) {
      const from = row(first);
      const n = last - first;
      kernels.reachRows(
        next.ptr + from,
        s + from,
        field + from,
        0,
        size,
        n,
        size,
        unit.keep.ptr,
        unit.rate.ptr,
        0,
        0,
      );
      unit.resolvent.hold(next, first, last, 0, size, null);
      kernels.gapRows(to + first * bytes, s + from, next.ptr + from, size, n, size);
    },
  };
}
