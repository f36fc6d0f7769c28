import type { Slot } from "../../numerics/kernels/arena.ts";
import type { SoftSteps } from "./soft-steps.ts";
import type { Moves, MovingParts } from "./moves.ts";
import type { StepConstants } from "./step-constants.ts";

/** Which samples still move, and for how many steps they did. */
export interface Rest {
  /** Per sample, the steps of the last run. */
  readonly taken: Slot<Int32Array>;
  /** All of samples first … last−1 move, for `steps` steps if nobody rests before. */
  wake(first: number, last: number, steps: number): void;
  /**
   * Sends the samples whose natural residual is within `until` to rest after step t; whether any is
   * left.
   */
  look(first: number, last: number, t: number, until: number): boolean;
}

/** @param soft steps between rails that give; null where they are walls. */
export function rest(
  { memory, at, units, own, inputs: x }: MovingParts,
  { active }: Moves,
  { curvature }: Pick<StepConstants, "curvature">,
  soft: SoftSteps | null,
): Rest {
  const { kernels, bytes } = memory;
  const { size } = at;
  const taken = memory.ints(x.capacity);
  const residuals = memory.reals(x.capacity);
  const measure = (first: number, last: number) => {
    const { state, drive } = own;
    const row = first * size * bytes;
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
        units.low.ptr,
        units.high.ptr,
      );
  };
  return {
    taken,
    wake(first, last, steps) {
      active.array.fill(1, first, last);
      taken.array.fill(steps, first, last);
    },
    look(first, last, t, until) {
      measure(first, last);
      const on = active.array;
      const r = residuals.array;
      let left = false;
      for (let i = first; i < last; i++) {
        if (on[i] && r[i] <= until) {
          on[i] = 0;
          taken.array[i] = t;
        }
        left ||= on[i] === 1;
      }
      return left;
    },
  };
}
