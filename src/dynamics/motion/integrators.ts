import type { Vec } from "../../numerics/vec.ts";
import { stateVector } from "../parts.ts";
import type { MovingParts } from "./moves.ts";

/** What forms the means of the chip's own states while they take equal steps. */
interface Integrators {
  /** Half of where they are counts, as a trapezoid's end. */
  begin(): void;
  /** Loses all but `keep`, and adds where samples first … last−1 are now. */
  step(first: number, last: number): void;
  /** mean ← what was added over what a constant of 1 would have given. */
  end(mean: Vec): void;
}

/** @returns integrators of windows of `steps` steps that keep a factor `keep` in each. */
export function integrators(
  parts: Pick<MovingParts, "memory" | "at" | "inputs" | "own">,
): (keep: number, steps: number) => Integrators {
  const {
    memory: { kernels, bytes },
    at: { size },
    inputs: x,
    own: { state },
  } = parts;
  const sum = stateVector(parts);
  const add = (first: number, last: number, k: number) => {
    const row = first * size * bytes;
    kernels.addScaled(sum.ptr + row, size, state.ptr + row, size, last - first, size, k);
  };
  return (keep, steps) => ({
    begin() {
      sum.array.fill(0, x.first * size, x.last * size);
      add(x.first, x.last, 0.5);
    },
    step(first, last) {
      if (keep !== 1) kernels.scale(sum.ptr + first * size * bytes, size, last - first, size, keep);
      add(first, last, 1);
    },
    end(mean) {
      add(x.first, x.last, -0.5);
      let whole = 0.5;
      for (let k = 0; k < steps; k++) whole = keep * whole + 1;
      const row = x.first * size * bytes;
      kernels.scale(sum.ptr + row, size, x.last - x.first, size, 1 / (whole - 0.5));
      mean.set(sum.array.subarray(x.first * size, x.last * size), x.first * size);
    },
  });
}
