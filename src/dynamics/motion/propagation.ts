import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { UnitArrays } from "../units/mismatch.ts";
import { stateAlignment, type Layout } from "../layout.ts";
import type { SoftRails } from "../units/rails.ts";
import type { Moves } from "./moves.ts";
import { softSteps, type SoftSteps } from "./soft-steps.ts";
import type { Route } from "../synapses/transconductors/synapses.ts";
import type { White } from "../synapses/transconductors/white.ts";

/**
 * The per-unit constants of one projected Euler step, s ← clip(keep·s + rate·drive + kick·z), z
 * standard normal. `constants` [4·size] holds keep, rate, low and high, a vector of 16 bytes each
 * for one vector of units after another.
 */
export interface StepArrays {
  readonly constants: Slot<Vec>;
  readonly kick: Slot<Vec>;
  readonly curvature: Slot<Vec>;
}

/**
 * Which normal numbers a step draws: they depend on this, the step, the sample and the unit alone.
 * `coloured` is asked once for every step of samples first … last−1 and adds its part to the noise
 * at `to`.
 */
export interface Noise {
  readonly key: number;
  readonly moment: number;
  readonly step: number;
  /** Whether anything is white. */
  readonly kicks: boolean;
  /** Where units share sources of white noise. */
  readonly mix?: White["mix"];
  readonly coloured?: (to: number, first: number, last: number, step: number) => void;
  /**
   * Synapses switch at the beginning of a step, and drives follow: for all samples at once, which
   * share them.
   */
  readonly switched?: (step: number) => void;
}

/**
 * Keeps every unit's drive up to date while the states move. After a few steps most units sit
 * exactly on a rail, so only what moved is propagated: drive += Δs·W over the lists that a step
 * leaves.
 */
export interface Propagation {
  /**
   * to ← constant + Σ W s, or W σ(s) where transconductors saturate, for samples first … last−1 of
   * a state, from nothing.
   */
  refresh(s: Slot<Vec>, to: Slot<Vec>, constant: Slot<Vec>, first: number, last: number): void;
  /** to ← W v, as if nothing saturated. */
  product(v: Slot<Vec>, to: Slot<Vec>, nothing: Slot<Vec>, first: number, last: number): void;
  /**
   * `steps` projected Euler steps of those samples, all layers at once from the old states; leaves
   * the drive fresh. A sample rests as soon as its natural residual is within `until`; `taken`
   * counts its steps.
   */
  relax(
    first: number,
    last: number,
    steps: number,
    still: Slot<Vec>,
    step: StepArrays,
    units: UnitArrays,
    noise: Noise | null,
    until: number | null,
  ): void;
  /** Per sample, the steps of the last `relax` or `sweep`. */
  readonly taken: Slot<Int32Array>;
  /** Sends the samples within `until` to rest after step t; whether any is left. */
  look(
    first: number,
    last: number,
    t: number,
    until: number,
    curvature: Slot<Vec>,
    units: UnitArrays,
  ): boolean;
  readonly moves: Moves;
  /** Null where the rails are walls. */
  readonly soft: SoftSteps | null;
}

/** Samples whose states stay in the cache together. */
export const cacheful = 20;
/** Steps after which rounding in the carried drive is wiped out by a refresh. */
const refreshEvery = 32;
/**
 * Of a sample's units: when more have moved, its drives are formed anew, which costs its non-zero
 * states and no rounding.
 */
const dense = 0.75;
/** Steps between looks at the residuals, when settled samples may rest. */
const lookEvery = 4;

export function propagation(
  memory: Arena,
  at: Layout,
  routes: readonly Route[],
  state: Slot<Vec>,
  drive: Slot<Vec>,
  units: UnitArrays,
  rails: SoftRails | null,
  saturation: number | null,
): Propagation {
  const { kernels, bytes } = memory;
  const layers = at.sizes.length - 1;
  const { size } = at;
  const room = state.length;
  const capacity = room / size;
  const index = memory.ints(room);
  const value = memory.reals(room);
  const count = memory.ints(capacity * layers);
  const change = memory.reals(room, stateAlignment(at, memory));
  const noises = memory.reals(room);
  const active = memory.ints(capacity);
  const taken = memory.ints(capacity);
  const residuals = memory.reals(capacity);
  const moves: Moves = { index, value, count, change, active };
  const soft = rails && softSteps(memory, at, rails, units, state, drive, moves);
  const byte = at.offset.map((o) => o * bytes);
  const int = at.offset.map((o) => o * 4);

  /** For each route, whether it is the first into its sink. */
  const opens = routes.map(({ sink }, i) => Number(routes.findIndex((r) => r.sink === sink) === i));

  /** Adds to `sums`, or puts there if `afresh`, what the listed units send along the synapses. */
  const propagate = (sums: Slot<Vec>, first: number, last: number, afresh: boolean) => {
    routes.forEach(({ source, sink, matrix, rows, stride }, i) => {
      kernels.addSparse(
        sums.ptr + byte[sink],
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
        Number(afresh) && opens[i],
      );
    });
  };
  // What the others see of the chip's own states, and of any that are asked about.
  const seen = saturation === null ? null : { own: memory.reals(room), other: memory.reals(room) };
  const product = (
    s: Slot<Vec>,
    to: Slot<Vec>,
    constant: Slot<Vec>,
    first: number,
    last: number,
  ) => {
    const row = first * size * bytes;
    const n = last - first;
    kernels.copyReals(to.ptr + row, constant.ptr + row, n * size);
    for (let l = 1; l <= layers; l++)
      kernels.listNonzeros(
        s.ptr + row + byte[l],
        size,
        n,
        at.padded[l],
        1,
        index.ptr + 4 * first * size + int[l],
        value.ptr + row + byte[l],
        size,
        count.ptr + 4 * (first * layers + l - 1),
        layers,
      );
    propagate(to, first, last, false);
  };
  const refresh = (
    s: Slot<Vec>,
    to: Slot<Vec>,
    constant: Slot<Vec>,
    first: number,
    last: number,
  ) => {
    if (!seen) {
      product(s, to, constant, first, last);
      return;
    }
    const by = s === state ? seen.own : seen.other;
    const row = first * size * bytes;
    kernels.saturateRows(by.ptr + row, s.ptr + row, size, last - first, size, saturation!);
    product(by, to, constant, first, last);
  };
  const forget = (first: number, last: number) => {
    change.array.fill(0, first * size, last * size);
  };
  /** Adds to the drive what the last step sent, which otherwise the next step does. */
  const carry = (first: number, last: number) => {
    const row = first * size * bytes;
    kernels.addScaled(drive.ptr + row, size, change.ptr + row, size, last - first, size, 1);
    forget(first, last);
  };
  /**
   * Whether sample r moved too much for its changes to be worth sending; each sample decides for
   * itself, so that bits do not depend on its neighbours.
   */
  const movedMuch = (r: number): boolean => {
    let moved = 0;
    for (let l = 0; l < layers; l++) moved += count.array[r * layers + l];
    return moved > dense * size;
  };
  /** Sends what the last step moved: as changes, or by drives formed anew. */
  const send = (still: Slot<Vec>, first: number, last: number, anew: boolean) => {
    for (let from = first; from < last; ) {
      const much = anew || movedMuch(from);
      let to = from + 1;
      while (to < last && (anew || movedMuch(to) === much)) to++;
      if (much) {
        refresh(state, drive, still, from, to);
        forget(from, to);
      } else propagate(change, from, to, true);
      from = to;
    }
  };
  const look = (
    first: number,
    last: number,
    t: number,
    until: number,
    curvature: Slot<Vec>,
    { low, high }: UnitArrays,
  ): boolean => {
    const row = first * size * bytes;
    const on = active.array;
    const r = residuals.array;
    if (soft) soft.residuals(residuals.ptr, state.ptr, drive.ptr, first, last);
    else
      kernels.residualRows(
        residuals.ptr + first * bytes,
        state.ptr + row,
        drive.ptr + row,
        size,
        last - first,
        size,
        curvature.ptr,
        low.ptr,
        high.ptr,
      );
    let left = false;
    for (let i = first; i < last; i++) {
      if (on[i] && r[i] <= until) {
        on[i] = 0;
        taken.array[i] = t;
      }
      left ||= on[i] === 1;
    }
    return left;
  };
  return {
    refresh,
    product,
    taken,
    look,
    moves,
    soft,
    relax(from, to, steps, still, { constants, kick, curvature }, units, noise, until) {
      active.array.fill(1, from, to);
      taken.array.fill(steps, from, to);
      const some = noise?.switched ? to - from : cacheful;
      for (let first = from; first < to; first += some) {
        const last = Math.min(first + some, to);
        const row = first * size * bytes;
        // The changes of a step are summed by themselves, near zero where rounding is small, and
        // the next step adds them at once: added one by one to the drive, thousands between two
        // refreshes, they cost two digits.
        forget(first, last);
        for (let t = 1; t <= steps; t++) {
          noise?.switched?.(noise.step + t);
          if (noise?.kicks)
            kernels.gaussianRows(
              noises.ptr + row,
              size,
              first,
              last - first,
              size,
              kick.ptr,
              noise.key,
              noise.moment,
              noise.step + t,
            );
          noise?.mix?.(noises.ptr, first, last);
          noise?.coloured?.(noises.ptr, first, last, noise.step + t);
          for (let l = 1; l <= layers; l++)
            if (soft) soft.step(l, first, last, noise?.kicks ? noises.ptr : 0, until !== null);
            else
              kernels.stepLayer(
                state.ptr + row + byte[l],
                drive.ptr + row + byte[l],
                change.ptr + row + byte[l],
                size,
                last - first,
                at.padded[l],
                constants.ptr + 4 * byte[l],
                noise?.kicks ? noises.ptr + row + byte[l] : 0,
                until === null ? 0 : active.ptr + 4 * first,
                index.ptr + 4 * first * size + int[l],
                value.ptr + row + byte[l],
                size,
                count.ptr + 4 * (first * layers + l - 1),
                layers,
              );
          if (seen)
            for (let l = 1; l <= layers; l++)
              kernels.saturateMoves(
                state.ptr + row + byte[l],
                seen.own.ptr + row + byte[l],
                size,
                last - first,
                at.padded[l],
                saturation!,
                index.ptr + 4 * first * size + int[l],
                value.ptr + row + byte[l],
                size,
                count.ptr + 4 * (first * layers + l - 1),
                layers,
              );
          send(still, first, last, t % refreshEvery === 0);
          if (until === null || t % lookEvery !== 0) continue;
          carry(first, last);
          if (look(first, last, t, until, curvature, units)) continue;
          // Coloured noise goes on while all rest: what comes after must not depend on when the
          // last one came to rest.
          for (let k = t + 1; k <= steps; k++) {
            noise?.switched?.(noise.step + k);
            noise?.coloured?.(noises.ptr, first, last, noise.step + k);
          }
          break;
        }
        carry(first, last);
      }
    },
  };
}
