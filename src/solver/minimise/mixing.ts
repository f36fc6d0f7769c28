/** A column of which less than this share is left beside the newer ones says nothing new. */
const dependent = 1e-8;

/**
 * Solves min ‖b − Σₖ γₖ aₖ‖ for rows of n entries and up to `most` columns, by modified Gram–Schmidt in the order
 * given; a column that those before it nearly span gets γ = 0.
 */
export interface LeastSquares {
  /** Adds the column at entries from … from + n − 1 of `a`; `k` is its name. */
  add(k: number, a: Float64Array, from: number): void;
  /** γ ← the solution for the columns added, by name, zero for the others; forgets the columns. */
  solve(b: Float64Array, from: number, gamma: Float64Array): void;
}

export function leastSquares(n: number, most: number): LeastSquares {
  const q = Array.from({ length: most }, () => new Float64Array(n)), r = new Float64Array(most * most), names = new Int32Array(most), rest = new Float64Array(n);
  let rank = 0;
  const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, e) => sum + e * e, 0));
  /** Takes the part along q[k] out of v and returns its length. */
  const strip = (v: Float64Array, k: number) => {
    let part = 0;
    for (let i = 0; i < n; i++) part += q[k][i] * v[i];
    for (let i = 0; i < n; i++) v[i] -= part * q[k][i];
    return part;
  };
  return {
    add(name, a, from) {
      const v = q[rank];
      for (let i = 0; i < n; i++) v[i] = a[from + i];
      const whole = norm(v);
      for (let k = 0; k < rank; k++) r[k * most + rank] = strip(v, k);
      const beyond = norm(v);
      if (!(beyond > dependent * whole)) return;
      for (let i = 0; i < n; i++) v[i] /= beyond;
      r[rank * most + rank] = beyond;
      names[rank++] = name;
    },
    solve(b, from, gamma) {
      for (let i = 0; i < n; i++) rest[i] = b[from + i];
      gamma.fill(0);
      for (let k = 0; k < rank; k++) gamma[k] = strip(rest, k);
      for (let k = rank - 1; k >= 0; k--) {
        for (let j = k + 1; j < rank; j++) gamma[k] -= r[k * most + j] * gamma[j];
        gamma[k] /= r[k * most + k];
      }
      const values = gamma.slice(0, rank);
      gamma.fill(0);
      values.forEach((value, k) => { gamma[names[k]] = value; });
      rank = 0;
    },
  };
}
