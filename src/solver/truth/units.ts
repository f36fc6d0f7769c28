import type { Dynamics } from "../../dynamics/dynamics.ts";
import type { Vec } from "../../numerics/vec.ts";

/** Which units of one sample can move. */
interface FreeUnits {
  /** Units between their rails, and units on a rail that nothing holds there. */
  readonly free: Int32Array;
  /**
   * Those of them that sit on a rail with no force to speak of. With none, *strict complementarity*
   * holds: a small change of the circuit leaves the same units on the rails.
   */
  readonly weak: Int32Array;
}

/** Units with room between their rails; the others are padding. */
export function movable({ size, low, high }: Pick<Dynamics, "size" | "low" | "high">): Int32Array {
  return Int32Array.from(Array.from({ length: size }, (_, i) => i).filter((i) => low[i] < high[i]));
}

/**
 * At a point within `tolerance` of equilibrium a unit is held when it is that near to a rail and
 * its force pushes outward by more than that.
 *
 * @param force F(s), [batch × size].
 */
export function freeUnits(
  d: Dynamics,
  s: Vec,
  force: Vec,
  r: number,
  tolerance: number,
): FreeUnits {
  const free: number[] = [];
  const weak: number[] = [];
  for (const i of movable(d)) {
    const at = s[r * d.size + i];
    const f = force[r * d.size + i];
    const low = at - d.low[i] <= tolerance;
    const high = d.high[i] - at <= tolerance;
    if ((low && f < -tolerance) || (high && f > tolerance)) continue;
    free.push(i);
    if ((low || high) && Math.abs(f) <= tolerance) weak.push(i);
  }
  return { free: Int32Array.from(free), weak: Int32Array.from(weak) };
}

/** 1 for sample r and 0 for the others: what `force` and `jacobian` take to work on one sample. */
export function only(d: Dynamics, r: number): Uint8Array {
  const active = new Uint8Array(d.capacity);
  active[r] = 1;
  return active;
}
