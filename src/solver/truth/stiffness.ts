import type { Dynamics } from "../../dynamics/dynamics.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import type { LinearOperator } from "./lanczos.ts";
import { only } from "./units.ts";
import { square } from "../../numerics/power.ts";

/**
 * v ↦ −(∂F/∂s) v at sample r of s, on some of the units with the others held: the Hessian of the
 * energy where one exists; with the slopes of clamps that give, or without.
 */
export function stiffness(
  d: Dynamics,
  s: Vec,
  r: number,
  units: Int32Array,
  whole = true,
): LinearOperator {
  const clamps = whole ? d.clamps : undefined;
  const wide = vec("f64", d.capacity * d.size);
  const product = vec("f64", d.capacity * d.size);
  const active = only(d, r);
  const row = r * d.size;
  return (v, out) => {
    units.forEach((i, k) => {
      wide[row + i] = v[k];
    });
    d.jacobian(s, wide, product, active);
    units.forEach((i, k) => {
      out[k] = -product[row + i] + (clamps ? clamps.slope(s[row + i], i) * v[k] : 0);
    });
  };
}

/** A square matrix by rows. */
export type Dense = readonly Float64Array[];

/** The matrix of an operator on n units, a column at a time. */
export function dense(a: LinearOperator, n: number): Dense {
  const rows = Array.from({ length: n }, () => new Float64Array(n));
  const v = new Float64Array(n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    v[j] = 1;
    a(v, column);
    v[j] = 0;
    for (let i = 0; i < n; i++) rows[i][j] = column[i];
  }
  return rows;
}

/** ½(A + Aᵀ). */
export function symmetricPart(a: Dense): Dense {
  return a.map((row, i) => row.map((x, j) => 0.5 * (x + a[j][i])));
}

/** ‖A − Aᵀ‖ / ‖A + Aᵀ‖ in the Frobenius norm: 0 for reciprocal synapses, 1 when all are opposed. */
export function relativeAsymmetry(a: Dense): number {
  let odd = 0;
  let even = 0;
  a.forEach((row, i) =>
    row.forEach((x, j) => {
      odd += square(x - a[j][i]);
      even += square(x + a[j][i]);
    }),
  );
  return odd === 0 ? 0 : Math.sqrt(odd / even);
}
