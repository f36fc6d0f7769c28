import fc from "fast-check";
import { random } from "../../src/numerics/random.ts";

/**
 * E = ½ sᵀHs − b·s between rails: H flat [n × n], symmetric, its eigenvalues at least `least` and
 * at most `most`.
 */
export interface BoxQP {
  readonly n: number;
  readonly h: Float64Array;
  readonly b: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly least: number;
  readonly most: number;
}

/**
 * A box QP from a seed, with minima inside, on rails and in corners: H = AᵀA/n + μ I with normal A.
 */
export function boxQP(n: number, seed: number, least = 0.3): BoxQP {
  const rng = random(seed, "box qp", n);
  const a = Float64Array.from({ length: n * n }, () => rng.normal());
  const h = Float64Array.from({ length: n * n }, (_, k) => {
    const i = Math.floor(k / n);
    const j = k % n;
    let sum = i === j ? least : 0;
    for (let m = 0; m < n; m++) sum += (a[m * n + i] * a[m * n + j]) / n;
    return sum;
  });
  const low = Float64Array.from({ length: n }, () => -rng.uniform());
  const high = low.map((l) => l + 0.2 + rng.uniform());
  // The trace of a matrix with positive eigenvalues is no less than any of them.
  const most = h.reduce((sum, v, k) => (k % (n + 1) === 0 ? sum + v : sum), 0);
  return {
    n,
    h,
    b: Float64Array.from({ length: n }, () => 1.5 * rng.normal()),
    low,
    high,
    least,
    most,
  };
}

/** Seeds and sizes of box QPs. */
export const boxQPs = (largest: number) =>
  fc
    .record({ n: fc.integer({ min: 1, max: largest }), seed: fc.nat() })
    .map(({ n, seed }) => boxQP(n, seed));

/**
 * The exact minimiser of a convex box QP by trying every way to put units on rails: the free ones
 * solve a linear system, and of the points that lie between the rails the lowest is the minimum,
 * which is one of them.
 */
export function exactMinimum({ n, h, b, low, high }: BoxQP): Float64Array {
  let best = new Float64Array(n);
  let lowest = Infinity;
  for (let way = 0; way < 3 ** n; way++) {
    const s = new Float64Array(n);
    const free: number[] = [];
    for (let i = 0, rest = way; i < n; i++, rest = Math.floor(rest / 3)) {
      if (rest % 3 === 2) free.push(i);
      else s[i] = rest % 3 === 0 ? low[i] : high[i];
    }
    solveFree(h, b, s, free);
    // The rounding of the elimination may put a unit that touches a rail a little beyond it.
    if (free.some((i) => s[i] < low[i] - 1e-12 || s[i] > high[i] + 1e-12)) continue;
    const e = energy(h, b, s);
    if (e < lowest) {
      lowest = e;
      best = s;
    }
  }
  return best;
}

function energy(h: Float64Array, b: Float64Array, s: Float64Array): number {
  const n = s.length;
  return s.reduce(
    (sum, v, i) => sum + v * (0.5 * s.reduce((row, w, j) => row + h[i * n + j] * w, 0) - b[i]),
    0,
  );
}

/**
 * H_ff s_f = b_f − H_fr s_r by Gaussian elimination, stable without pivots as H is positive
 * definite.
 */
function solveFree(
  h: Float64Array,
  b: Float64Array,
  s: Float64Array,
  free: readonly number[],
): void {
  const n = s.length;
  const m = free.length;
  const rows = free.map((i) => [
    ...free.map((j) => h[i * n + j]),
    b[i] - s.reduce((sum, v, j) => (free.includes(j) ? sum : sum + h[i * n + j] * v), 0),
  ]);
  for (let k = 0; k < m; k++)
    for (let i = k + 1; i < m; i++) {
      const share = rows[i][k] / rows[k][k];
      for (let j = k; j <= m; j++) rows[i][j] -= share * rows[k][j];
    }
  for (let k = m - 1; k >= 0; k--) {
    let sum = rows[k][m];
    for (let j = k + 1; j < m; j++) sum -= rows[k][j] * s[free[j]];
    s[free[k]] = sum / rows[k][k];
  }
}
