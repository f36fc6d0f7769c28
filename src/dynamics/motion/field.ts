import type { Ties } from "../../energy/hopfield.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { UnitArrays } from "../units/mismatch.ts";
import type { Dynamics } from "../dynamics.ts";
import type { Inputs } from "../inputs.ts";
import { stateAlignment, takeRows, type Layout } from "../layout.ts";
import type { Phase } from "./step-constants.ts";
import type { Propagation } from "./propagation.ts";
import type { SoftRails } from "../units/rails.ts";
import type { TieArrays } from "../units/ties.ts";

/** What a chip's own state looks like from outside: its drive is kept up to date while it moves. */
interface Own {
  readonly state: Slot<Vec>;
  readonly drive: Slot<Vec>;
  /** Whether `s` is that state; if it is, `drive` is made fresh. */
  is(s: Vec): boolean;
}

/** Forces, residuals and energies at any state, without moving the chip's own. */
export function field(
  memory: Arena,
  at: Layout,
  x: Inputs,
  propagation: Propagation,
  units: UnitArrays,
  phase: Phase,
  own: Own,
  still: Slot<Vec>,
  tied: TieArrays,
  ties: () => Ties,
  rails: SoftRails | null,
  saturation: number | null,
): Pick<Dynamics, "force" | "jacobian" | "residual"> & Required<Pick<Dynamics, "energy">> {
  const { kernels, bytes } = memory;
  const { size } = at;
  const vector = () => memory.reals(x.capacity * size, stateAlignment(at, memory));
  const trial = vector();
  const trialDrive = vector();
  const result = vector();
  const nothing = vector();
  const bent = saturation === null ? null : vector();
  const perSample = memory.reals(x.capacity);
  const { low, high } = units;
  const { soft } = propagation;

  /** Calls `work` with each run of neighbouring active samples of the focus. */
  const runs = (active: Uint8Array | undefined, work: (first: number, last: number) => void) => {
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
  };
  const drivenBy = (s: Vec, constant: Slot<Vec>, first: number, last: number): number => {
    takeRows(at, s, trial.array, first, last);
    propagation.refresh(trial, trialDrive, constant, first, last);
    return trialDrive.ptr;
  };
  const forceInto = (out: Vec, state: number, drive: number, first: number, last: number) => {
    const row = first * size * bytes;
    kernels.forceRows(
      result.ptr + row,
      state + row,
      drive + row,
      size,
      last - first,
      size,
      phase.curvature.ptr,
    );
    out.set(result.array.subarray(first * size, last * size), first * size);
  };
  /** Where `s` and its drive lie. */
  const enter = (s: Vec): { state: number; drive: number } => {
    phase.tie(ties());
    if (own.is(s)) return { state: own.state.ptr, drive: own.drive.ptr };
    return { state: trial.ptr, drive: drivenBy(s, still, x.first, x.last) };
  };
  return {
    force(s, out, active) {
      phase.tie(ties());
      if (own.is(s))
        runs(active, (first, last) => forceInto(out, own.state.ptr, own.drive.ptr, first, last));
      else
        runs(active, (first, last) =>
          forceInto(out, trial.ptr, drivenBy(s, still, first, last), first, last),
        );
    },
    // F is linear in the state, or in σ(s), but for what is constant, so J v is F of v, or of σ′(s)
    // v, without its constants.
    jacobian(s, v, out, active) {
      phase.tie(ties());
      runs(active, (first, last) => {
        takeRows(at, v, trial.array, first, last);
        if (saturation !== null) {
          const row = first * size * bytes;
          takeRows(at, s, bent!.array, first, last);
          result.array.set(trial.array.subarray(first * size, last * size), first * size);
          kernels.timesSaturationSlope(
            result.ptr + row,
            bent!.ptr + row,
            size,
            last - first,
            size,
            saturation,
          );
        }
        propagation.product(saturation === null ? trial : result, trialDrive, nothing, first, last);
        forceInto(out, trial.ptr, trialDrive.ptr, first, last);
      });
    },
    residual(s, out) {
      const { state, drive } = enter(s);
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
          phase.curvature.ptr,
          low.ptr,
          high.ptr,
        );
      out.set(perSample.array.subarray(x.first, x.last), x.first);
    },
    energy(s, out) {
      const { state, drive } = enter(s);
      const row = x.first * size * bytes;
      kernels.energyRows(
        perSample.ptr + x.first * bytes,
        state + row,
        drive + row,
        still.ptr + row,
        size,
        x.last - x.first,
        size,
        phase.curvature.ptr,
      );
      for (let r = x.first; r < x.last; r++) {
        let content = 0;
        // What the clamps hold, ∫ I ds from where they rest.
        if (rails)
          for (let i = 0; i < size; i++)
            content += rails.clamps.work(rails.clamps.rest(i), s[r * size + i], i);
        out[r] = perSample.array[r] + tied.constant(r, ties()) + content;
      }
    },
  };
}
