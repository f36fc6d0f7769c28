import type { Random } from "../../numerics/random.ts";
import { square } from "../../numerics/power.ts";

/** out ← A v for a symmetric A on n unknowns. */
export type LinearOperator = (v: Float64Array, out: Float64Array) => void;

/** The ends of a symmetric spectrum. */
export interface Extremes {
  /** The least and the greatest Ritz value: λmin ≤ smallest, largest ≤ λmax. */
  readonly smallest: number;
  readonly largest: number;
  /**
   * How far λmin may lie below `smallest`, or λmax above `largest`; exceeded with a probability
   * below 10⁻⁹.
   */
  readonly error: number;
  /** Unit vector whose Rayleigh quotient is `smallest`. */
  readonly lowest: Float64Array;
  /** Products with A. */
  readonly iterations: number;
}

interface LanczosOptions {
  readonly rng: Random;
  /** Products with A at most. */
  readonly most?: number;
  /** Ends the iteration early. */
  readonly enough?: (found: Extremes) => boolean;
}

const failure = 1e-9 / 2;

/**
 * The ends of the spectrum of A [n × n] by the Lanczos iteration from a random vector, with full
 * reorthogonalisation. A Ritz value is a Rayleigh quotient, so a negative `smallest` is proof; that
 * nothing lies far beyond is a statement of probability (Kuczyński & Woźniakowski 1992,
 * doi:10.1137/0613066): after k products
 *
 *   P[λmax − θmax > ε (λmax − λmin)] ≤ 1.648 √n exp(−√ε (2k − 1)).
 */
export async function lanczos(
  a: LinearOperator,
  n: number,
  { rng, most = 300, enough = () => false }: LanczosOptions,
): Promise<Extremes> {
  const { EigenvalueDecomposition, Matrix } = await import("ml-matrix");
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  const last = Math.min(n, most);

  const ends = (exhausted: boolean): Extremes => {
    const k = diagonal.length;
    const t = Matrix.zeros(k, k);
    for (let i = 0; i < k; i++) {
      t.set(i, i, diagonal[i]);
      if (i + 1 < k) {
        t.set(i, i + 1, beside[i]);
        t.set(i + 1, i, beside[i]);
      }
    }
    const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(t, {
      assumeSymmetric: true,
    });
    const smallest = Math.min(...values);
    const largest = Math.max(...values);
    const column = values.indexOf(smallest);
    const lowest = new Float64Array(n);
    basis.forEach((q, j) => {
      const c = vectors.get(j, column);
      for (let i = 0; i < n; i++) lowest[i] += c * q[i];
    });
    const rounding = n * Number.EPSILON * Math.max(Math.abs(smallest), Math.abs(largest));
    return {
      smallest,
      largest,
      lowest,
      iterations: k,
      error: exhausted ? rounding : rounding + beyond(largest - smallest, n, k),
    };
  };

  let w = Float64Array.from({ length: n }, () => rng.normal());
  let next = 8;
  scale(w, 1 / norm(w));
  for (let k = 1; ; k++) {
    const q = w;
    basis.push(q);
    w = new Float64Array(n);
    a(q, w);
    const before = norm(w);
    diagonal.push(dot(q, w));
    // Twice is enough (Kahan & Parlett): once leaves what cancellation has uncovered.
    for (const p of [...basis, ...basis]) addTo(w, p, -dot(p, w));
    const left = norm(w);
    const exhausted = k === n || left <= n * Number.EPSILON * before;
    if (exhausted || k === last) return ends(exhausted);
    if (k === next) {
      const found = ends(false);
      if (enough(found)) return found;
      next = Math.ceil(1.5 * next);
    }
    beside.push(left);
    scale(w, 1 / left);
  }
}

/**
 * The bound of the theorem, with the true spread bounded by the one that is seen: S ≤ seen + 2 ε S.
 */
function beyond(seen: number, n: number, k: number): number {
  const epsilon = square(Math.log((1.648 * Math.sqrt(n)) / failure) / (2 * k - 1));
  return epsilon < 0.5 ? (epsilon * seen) / (1 - 2 * epsilon) : Infinity;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function scale(a: Float64Array, k: number): void {
  for (let i = 0; i < a.length; i++) a[i] *= k;
}

function addTo(a: Float64Array, b: Float64Array, k: number): void {
  for (let i = 0; i < a.length; i++) a[i] += k * b[i];
}
