/** A column of which less than this share is left beside those before it says nothing new. */
const dependent = 1e-8;

/**
 * min ‖b − Σₖ γₖ aₖ‖ for rows of n entries and up to `most` columns, by modified Gram–Schmidt in
 * the order in which they are added; γ = 0 for a column that those before it nearly span.
 */
interface LeastSquares {
  /** Adds the column at entries from … from + n − 1 of `a`; `k` is its place in γ. */
  add(k: number, a: Float64Array, from: number): void;
  /** γ ← the solution, zero where no column was added; forgets the columns. b lies as they do. */
  solve(b: Float64Array, from: number, gamma: Float64Array): void;
}

export function leastSquares(n: number, most: number): LeastSquares {
  const q = Array.from({ length: most }, () => new Float64Array(n));
  const r = new Float64Array(most * most);
  const place = new Int32Array(most);
  const rest = new Float64Array(n);
  const share = new Float64Array(most);
  let rank = 0;
  const norm = (v: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += v[i] * v[i];
    return Math.sqrt(sum);
  };
  /** Takes the part along q[k] out of v and returns its length. */
  const strip = (v: Float64Array, k: number) => {
    let part = 0;
    for (let i = 0; i < n; i++) part += q[k][i] * v[i];
    for (let i = 0; i < n; i++) v[i] -= part * q[k][i];
    return part;
  };
  return {
    add(k, a, from) {
      const v = q[rank];
      for (let i = 0; i < n; i++) v[i] = a[from + i];
      const whole = norm(v);
      for (let j = 0; j < rank; j++) r[j * most + rank] = strip(v, j);
      const beyond = norm(v);
      if (!(beyond > dependent * whole)) return;
      for (let i = 0; i < n; i++) v[i] /= beyond;
      r[rank * most + rank] = beyond;
      place[rank++] = k;
    },
    solve(b, from, gamma) {
      for (let i = 0; i < n; i++) rest[i] = b[from + i];
      for (let k = 0; k < rank; k++) share[k] = strip(rest, k);
      gamma.fill(0);
      for (let k = rank - 1; k >= 0; k--) {
        for (let j = k + 1; j < rank; j++) share[k] -= r[k * most + j] * share[j];
        share[k] /= r[k * most + k];
        gamma[place[k]] = share[k];
      }
      rank = 0;
    },
  };
}
