import { Matrix, solve, SingularValueDecomposition } from "ml-matrix";
import { square } from "../../../numerics/power.ts";

export interface Solution {
  readonly parameters: Float64Array;
  /**
   * Standard errors from the curvature at the minimum, noise taken from the residual; Infinity
   * where the data say nothing.
   */
  readonly errors: Float64Array;
  /** Sum of squares. */
  readonly cost: number;
  readonly iterations: number;
}

/**
 * Minimises Σ r² by the Levenberg–Marquardt method (Marquardt, 1963) with central differences and
 * the parameters' own curvatures as scale. Residuals that are not finite count as a step too far.
 * @param touched for parameter k, the rows [from, to) that it moves; all of them when left out.
 * @param counted how many rows' worth of noise there is, where weights make some of them count
 *   less.
 */
export function levenbergMarquardt(
  residual: (parameters: Float64Array, out: Float64Array) => void,
  start: readonly number[],
  rows: number,
  { touched, counted = rows }: { readonly touched?: Touched; readonly counted?: number } = {},
): Solution {
  const p = Float64Array.from(start);
  const n = p.length;
  const r = new Float64Array(rows);
  const trial = new Float64Array(rows);
  const next = new Float64Array(n);
  const jacobian = Array.from({ length: n }, () => new Float64Array(rows));
  const less = new Float64Array(rows);
  const costAt = (q: Float64Array, out: Float64Array) => {
    residual(q, out);
    const c = out.reduce((sum, v) => sum + v * v, 0);
    return Number.isFinite(c) ? c : Infinity;
  };
  let cost = costAt(p, r);
  let damping = 1e-3;
  let iterations = 0;
  for (let stuck = 0; iterations < 200 && stuck < 12 && cost > 0; iterations++) {
    if (stuck === 0) differentiate(residual, p, jacobian, trial, less, touched);
    const { normal, slope } = products(jacobian, r, touched);
    const damped = normal.clone();
    for (let k = 0; k < n; k++) damped.set(k, k, normal.get(k, k) * (1 + damping) + 1e-300);
    const step = solve(damped, slope, true).to1DArray();
    for (let k = 0; k < n; k++) next[k] = p[k] - step[k];
    const c = costAt(next, trial);
    if (c < cost) {
      const small = cost - c < 1e-12 * cost;
      p.set(next);
      r.set(trial);
      cost = c;
      damping = Math.max(1e-12, damping / 5);
      stuck = small ? 12 : 0;
    } else {
      damping = Math.min(1e12, damping * 4);
      stuck++;
    }
  }
  differentiate(residual, p, jacobian, trial, less, touched);
  return {
    parameters: p,
    errors: errorsOf(products(jacobian, r, touched).normal, cost / Math.max(1, counted - n)),
    cost,
    iterations,
  };
}

type Touched = ((k: number) => readonly [number, number]) | undefined;

function differentiate(
  residual: (q: Float64Array, out: Float64Array) => void,
  p: Float64Array,
  jacobian: readonly Float64Array[],
  more: Float64Array,
  less: Float64Array,
  touched: Touched,
): void {
  const common = touched
    ? jacobian.findIndex((j, k) => {
        const [a, b] = touched(k);
        return b - a < j.length;
      })
    : -1;
  const q = Float64Array.from(p);
  const shared = common < 0 ? p.length : common;
  const h = (k: number) => 6e-6 * Math.max(Math.abs(p[k]), 1e-3);
  for (let k = 0; k < shared; k++) {
    q[k] = p[k] + h(k);
    residual(q, more);
    q[k] = p[k] - h(k);
    residual(q, less);
    q[k] = p[k];
    for (let i = 0; i < more.length; i++) jacobian[k][i] = (more[i] - less[i]) / (2 * h(k));
  }
  if (!touched || common < 0) return;
  // Parameters that move rows of their own are told apart in one go.
  for (let k = common; k < p.length; k++) q[k] = p[k] + h(k);
  residual(q, more);
  for (let k = common; k < p.length; k++) q[k] = p[k] - h(k);
  residual(q, less);
  for (let k = common; k < p.length; k++) {
    const [from, to] = touched(k);
    jacobian[k].fill(0);
    for (let i = from; i < to; i++) jacobian[k][i] = (more[i] - less[i]) / (2 * h(k));
  }
}

function products(
  jacobian: readonly Float64Array[],
  r: Float64Array,
  touched: Touched,
): { normal: Matrix; slope: Matrix } {
  const n = jacobian.length;
  const normal = Matrix.zeros(n, n);
  const slope = Matrix.zeros(n, 1);
  const dot = (a: Float64Array, b: Float64Array, from: number, to: number) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += a[i] * b[i];
    return sum;
  };
  const span = (k: number): readonly [number, number] => (touched ? touched(k) : [0, r.length]);
  for (let j = 0; j < n; j++) {
    const [a, b] = span(j);
    slope.set(j, 0, dot(jacobian[j], r, a, b));
    for (let k = j; k < n; k++) {
      const [c, d] = span(k);
      const value = dot(jacobian[j], jacobian[k], Math.max(a, c), Math.min(b, d));
      normal.set(j, k, value);
      normal.set(k, j, value);
    }
  }
  return { normal, slope };
}

/** √ of the diagonal of σ²(JᵀJ)⁻¹; what has no curvature, or none of its own, is not determined. */
function errorsOf(normal: Matrix, variance: number): Float64Array {
  const n = normal.rows;
  const scale = Array.from({ length: n }, (_, k) => Math.sqrt(normal.get(k, k)));
  const alive = scale.map((s, k) => (s > 0 && Number.isFinite(s) ? k : -1)).filter((k) => k >= 0);
  const errors = new Float64Array(n).fill(Infinity);
  if (alive.length === 0) return errors;
  const scaled = new Matrix(
    alive.map((j) => alive.map((k) => normal.get(j, k) / (scale[j] * scale[k]))),
  );
  const { diagonal, leftSingularVectors: u } = new SingularValueDecomposition(scaled);
  const largest = Math.max(...diagonal);
  for (const [row, k] of alive.entries()) {
    let sum = 0;
    for (const [m, value] of diagonal.entries())
      sum +=
        value > 1e-14 * largest
          ? square(u.get(row, m)) / value
          : square(u.get(row, m)) > 1e-12
            ? Infinity
            : 0;
    errors[k] = Math.sqrt(variance * sum) / scale[k];
  }
  return errors;
}
