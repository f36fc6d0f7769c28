import type { Ties } from "../../energy/hopfield.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Dynamics } from "../dynamics.ts";
import { takeRows } from "../layout.ts";
import { stateVector } from "../parts.ts";
import type { TieArrays } from "../units/ties.ts";
import type { Stepping } from "./euler-steps.ts";
import type { MovingParts } from "./moves.ts";

/** What ties the states to something outside, and how strongly at this moment. */
export interface Tied {
  readonly arrays: TieArrays;
  now: Ties;
}

type Field = Pick<Dynamics, "force" | "jacobian" | "residual"> & Required<Pick<Dynamics, "energy">>;

/** Whether a state is the chip's own, the same place in memory. */
export function isOwn({ own: { state } }: Pick<MovingParts, "own">, s: Vec): boolean {
  return s.byteOffset === state.ptr && s.buffer === state.array.buffer;
}

/** Forces, residuals and energies at any state, without moving the chip's own. */
export function field(parts: MovingParts, stepping: Stepping, tied: Tied): Field {
  const { own, inputs: x } = parts;
  const { constants, drives } = stepping;
  const trial = trials(parts, stepping);
  const measures = measured(parts, stepping, tied);
  /** Where `s` and its drive lie. */
  const enter = (s: Vec): Place => {
    constants.tie(tied.now);
    if (!isOwn(parts, s)) return trial.at(s, x.first, x.last);
    drives.freshen();
    return { state: own.state.ptr, drive: own.drive.ptr };
  };
  return {
    force(s, out, active) {
      constants.tie(tied.now);
      if (isOwn(parts, s)) {
        drives.freshen();
        const place = { state: own.state.ptr, drive: own.drive.ptr };
        runs(parts, active, (first, last) => trial.force(out, place, first, last));
      } else
        runs(parts, active, (first, last) => {
          trial.force(out, trial.at(s, first, last), first, last);
        });
    },
    jacobian(s, v, out, active) {
      constants.tie(tied.now);
      runs(parts, active, (first, last) => {
        trial.force(out, trial.along(s, v, first, last), first, last);
      });
    },
    residual(s, out) {
      measures.residual(enter(s), out);
    },
    energy(s, out) {
      measures.energy(enter(s), s, out);
    },
  };
}

/** Addresses of a state and its drive, [capacity × size] each. */
interface Place {
  readonly state: number;
  readonly drive: number;
}

/** Calls `work` with each run of neighbouring active samples of the focus. */
function runs(
  { inputs: x }: Pick<MovingParts, "inputs">,
  active: Uint8Array | undefined,
  work: (first: number, last: number) => void,
): void {
  if (!active) {
    work(x.first, x.last);
    return;
  }
  for (let first = x.first; first < x.last; first++) {
    if (active[first] === 0) continue;
    let last = first + 1;
    while (last < x.last && active[last] !== 0) last++;
    work(first, last);
    first = last;
  }
}

/** States that are not the chip's own. */
interface Trials {
  /** Takes rows of a state and forms their drive. */
  at(s: Vec, first: number, last: number): Place;
  /**
   * Takes a direction v at s, whose force is J v: F is linear in the state, or in σ(s), but for
   * what is constant, so that J v is F of v, or of σ′(s) v, without its constants.
   */
  along(s: Vec, v: Vec, first: number, last: number): Place;
  /** out ← drive − curvature ⊙ state. */
  force(out: Vec, place: Place, first: number, last: number): void;
}

function trials(parts: MovingParts, { drives, constants }: Stepping): Trials {
  const { memory, at, own, saturation } = parts;
  const { kernels, bytes } = memory;
  const { size } = at;
  const vector = () => stateVector(parts);
  const trial = vector();
  const trialDrive = vector();
  const result = vector();
  const nothing = vector();
  const place = { state: trial.ptr, drive: trialDrive.ptr };
  const slope = saturation === null ? null : slopes(parts, vector(), trial, result);
  return {
    at(s, first, last) {
      takeRows(at, s, trial.array, first, last);
      drives.refresh(trial, trialDrive, own.still, first, last);
      return place;
    },
    along(s, v, first, last) {
      takeRows(at, v, trial.array, first, last);
      drives.product(slope?.(s, first, last) ?? trial, trialDrive, nothing, first, last);
      return place;
    },
    force(out, { state, drive }, first, last) {
      const row = first * size * bytes;
      const to = result.ptr + row;
      const n = last - first;
      const { curvature } = constants;
      kernels.forceRows(to, state + row, drive + row, size, n, size, curvature.ptr);
      out.set(result.array.subarray(first * size, last * size), first * size);
    },
  };
}

/** result ← σ′(s) v, v in `trial`. */
function slopes(
  { memory: { kernels, bytes }, at, saturation }: MovingParts,
  bent: Slot<Vec>,
  trial: Slot<Vec>,
  result: Slot<Vec>,
): (s: Vec, first: number, last: number) => Slot<Vec> {
  const { size } = at;
  return (s, first, last) => {
    const row = first * size * bytes;
    takeRows(at, s, bent.array, first, last);
    result.array.set(trial.array.subarray(first * size, last * size), first * size);
    const to = result.ptr + row;
    kernels.timesSaturationSlope(to, bent.ptr + row, size, last - first, size, saturation!);
    return result;
  };
}

interface Measured {
  residual(place: Place, out: Vec): void;
  energy(place: Place, s: Vec, out: Vec): void;
}

function measured(
  { memory, at, inputs: x, units: { low, high }, own, rails }: MovingParts,
  { constants: { curvature }, soft }: Stepping,
  tied: Tied,
): Measured {
  const { kernels, bytes } = memory;
  const { size } = at;
  const perSample = memory.reals(x.capacity);
  /** ∫ I ds of what the clamps hold, from where they rest. */
  const content = (s: Vec, r: number): number => {
    if (!rails) return 0;
    const { clamps } = rails;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += clamps.work(clamps.rest(i), s[r * size + i], i);
    return sum;
  };
  return {
    residual({ state, drive }, out) {
      const row = x.first * size * bytes;
      if (soft) soft.residuals(perSample.ptr, state, drive, x.first, x.last);
      else
        kernels.residualRows(
          perSample.ptr + x.first * bytes,
          state + row,
          drive + row,
          size,
          x.last - x.first,
          size,
          curvature.ptr,
          low.ptr,
          high.ptr,
        );
      out.set(perSample.array.subarray(x.first, x.last), x.first);
    },
    energy({ state, drive }, s, out) {
      const row = x.first * size * bytes;
      kernels.energyRows(
        perSample.ptr + x.first * bytes,
        state + row,
        drive + row,
        own.still.ptr + row,
        size,
        x.last - x.first,
        size,
        curvature.ptr,
      );
      for (let r = x.first; r < x.last; r++)
        out[r] = perSample.array[r] + tied.arrays.constant(r, tied.now) + content(s, r);
    },
  };
}
