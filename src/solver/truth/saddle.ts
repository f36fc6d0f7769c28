import type { Dynamics } from "../../dynamics/dynamics.ts";
import { random } from "../../numerics/random.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import { lanczos } from "./lanczos.ts";
import { stiffness } from "./stiffness.ts";
import { lessCurrents } from "../between.ts";
import { freeUnits, only } from "./units.ts";
import { square } from "../../numerics/power.ts";

/** What the energy looks like around a settled state. */
export interface Curvature {
  /**
   * Least and greatest eigenvalue of the Hessian on the free units; NaN when every unit is held by
   * a rail.
   */
  readonly smallest: number;
  readonly largest: number;
  readonly free: number;
  /** Units on a rail with no force to hold them; 0: strict complementarity. */
  readonly weak: number;
  /** `[size]`: a direction in which the energy was seen to fall from here. */
  readonly descent?: Float64Array;
}

/** An eigenvalue this small against the largest is not told from 0 in single precision. */
const resolution = 1e-5;
/**
 * Products with the Hessian: enough for the lowest eigenvalue to a few percent, and to find a
 * negative one.
 */
const effort = 100;

/**
 * Curvature of the energy at sample r of s, a point within `tolerance` of equilibrium. Where the
 * Hessian on the free units has a negative eigenvalue the energy is tried along that direction, so
 * what is called a descent is one.
 *
 * @throws when the dynamics have no energy.
 */
export async function curvature(
  d: Dynamics,
  s: Vec,
  r: number,
  tolerance: number,
): Promise<Curvature> {
  const force = vec("f64", d.capacity * d.size);
  d.force(s, force, only(d, r));
  const { free, weak } = freeUnits(d, s, force, r, tolerance);
  lessCurrents(d, s, force, r);
  const found = await extremes(d, s, r, free);
  const whole = {
    smallest: found.smallest,
    largest: found.largest,
    free: free.length,
    weak: weak.length,
  };
  if (!found.lowest) return whole;
  let descent = fall(d, s, r, force, free, found.lowest);
  if (!descent && weak.length > 0) {
    // Units on a rail can only go one way: the direction may need them to go the other. Without
    // them it need not.
    const inside = free.filter((i) => !weak.includes(i));
    const again = await extremes(d, s, r, inside);
    if (again.lowest) descent = fall(d, s, r, force, inside, again.lowest);
  }
  return descent ? { ...whole, descent } : whole;
}

/**
 * The ends of the spectrum on `units`, and the lowest direction if it is one of negative curvature.
 */
async function extremes(
  d: Dynamics,
  s: Vec,
  r: number,
  units: Int32Array,
): Promise<{ smallest: number; largest: number; lowest?: Float64Array }> {
  if (units.length === 0) return { smallest: NaN, largest: NaN };
  const { smallest, largest, lowest } = await lanczos(stiffness(d, s, r, units), units.length, {
    rng: random(0, "curvature"),
    most: effort,
  });
  const negative = smallest < -resolution * Math.max(Math.abs(smallest), Math.abs(largest));
  return { smallest, largest, ...(negative ? { lowest } : {}) };
}

/**
 * The way, up or down `along`, on which the energy falls as its negative curvature foretells;
 * undefined if it does not.
 */
function fall(
  d: Dynamics,
  s: Vec,
  r: number,
  force: Vec,
  units: Int32Array,
  along: Float64Array,
): Float64Array | undefined {
  const top = along.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  const row = r * d.size;
  const energies = vec("f64", d.capacity);
  const direction = new Float64Array(d.size);
  units.forEach((i, k) => {
    direction[i] = along[k] / top;
  });
  const energy = (step: number): number => {
    const moved = s.slice();
    for (const i of units)
      moved[row + i] = Math.min(Math.max(s[row + i] + step * direction[i], d.low[i]), d.high[i]);
    d.energy!(moved, energies);
    return energies[r];
  };
  const here = energy(0);
  const product = curvatureAlong(d, s, r, direction);
  const uphill = direction.reduce((sum, x, i) => sum + x * force[row + i], 0) < 0;
  const rounding = (s instanceof Float32Array ? 1e-6 : 1e-14) * Math.abs(here);
  for (const sign of uphill ? [-1, 1] : [1, -1])
    for (const step of [0.5, 0.1, 0.02, 4e-3, 8e-4]) {
      // Half of what the quadratic ½ μ h² says: the rest allows for rails on the way and for higher
      // orders.
      if (energy(sign * step) - here <= 0.25 * product * square(step) - rounding)
        return direction.map((x) => sign * x);
    }
  return undefined;
}

/** vᵀ H v. */
function curvatureAlong(d: Dynamics, s: Vec, r: number, direction: Float64Array): number {
  const every = Int32Array.from({ length: d.size }, (_, i) => i);
  const out = new Float64Array(d.size);
  stiffness(d, s, r, every)(direction, out);
  return direction.reduce((sum, x, i) => sum + x * out[i], 0);
}
