import { Matrix } from "ml-matrix";
import { square } from "../numerics/power.ts";

/**
 * Why local gradients align (eq. 11–12, appendices B and C): a feedforward net s₁ = ρ(x w₁), s₂ =
 * ρ(s₁ w₂) learns every unit of a teacher s* = f(x; w*) with L₁ = ½ ‖s₁ − s₁*‖² and L₂ = ½ ‖s₂ −
 * s₂*‖², and Δw = w − w*. The paper writes its losses without the ½ and its gradients without the
 * 2. Samples are rows, gradients sums over them; all in double precision.
 */
export interface TwoLayers {
  /** [inputs × hidden] */ readonly w1: Matrix;
  /** [hidden × outputs] */
  readonly w2: Matrix;
}

/** ρ and ρ′. A kink has the slope of its inner side, as in the authors' code. */
interface Shape {
  value(u: number): number;
  slope(u: number): number;
}

/** clip(u, low, high) + leak · u. */
const clipped = (low: number, high: number, leak: number): Shape => ({
  value: (u) => Math.min(high, Math.max(low, u)) + leak * u,
  slope: (u) => (u >= low && u <= high ? 1 : 0) + leak,
});

/** `hard` is the paper's ρ, `leaky` its ρmod, `centred` that of its Figure 1. */
export const shapes = {
  tanh: { value: Math.tanh, slope: (u) => 1 - square(Math.tanh(u)) },
  hard: clipped(0, 1, 0),
  leaky: clipped(0, 1, 0.01),
  centred: clipped(-0.5, 0.5, 0.01),
} satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof shapes;

/** A net's pass over all samples: states and slopes of both layers. */
interface Pass {
  readonly s1: Matrix;
  readonly s2: Matrix;
  readonly slope1: Matrix;
  readonly slope2: Matrix;
}

/** @param x [samples × inputs]. */
export function forward(x: Matrix, { w1, w2 }: TwoLayers, { value, slope }: Shape): Pass {
  const u1 = x.mmul(w1);
  const s1 = each(u1, value);
  const u2 = s1.mmul(w2);
  return { s1, s2: each(u2, value), slope1: each(u1, slope), slope2: each(u2, slope) };
}

/** What w₁ feels of its own layer's loss, and of that of the layer above. */
interface Gradients {
  /** ∂L₁/∂w₁ */ readonly local: Matrix;
  /** ∂L₂/∂w₁ */
  readonly distant: Matrix;
}

/**
 * The gradients themselves, whatever the teacher:
 *
 *     ∂L₁/∂w₁ = xᵀ ((s₁ − s₁*) ⊙ ρ′(x w₁))
 *     ∂L₂/∂w₁ = xᵀ ((((s₂ − s₂*) ⊙ ρ′(s₁ w₂)) w₂ᵀ) ⊙ ρ′(x w₁))
 */
export function gradients(
  x: Matrix,
  { w2 }: TwoLayers,
  pass: Pass,
  teacher: Pick<Pass, "s1" | "s2">,
): Gradients {
  const { slope1, slope2 } = pass;
  const t = x.transpose();
  return {
    local: t.mmul(Matrix.sub(pass.s1, teacher.s1).mul(slope1)),
    distant: t.mmul(Matrix.sub(pass.s2, teacher.s2).mul(slope2).mmul(w2.transpose()).mul(slope1)),
  };
}

/**
 * Their first order in Δw = w − w* (eq. 12):
 *
 *     ∂L₁/∂w₁ → xᵀ (x Δw₁ ⊙ ρ′(x w₁)²)
 *     ∂L₂/∂w₁ → G₁ + G₂
 *     G₁ = xᵀ ((((x Δw₁ ⊙ ρ′(x w₁)) w₂ ⊙ ρ′(s₁ w₂)²) w₂ᵀ) ⊙ ρ′(x w₁))
 *     G₂ = xᵀ (((s₁ Δw₂ ⊙ ρ′(s₁ w₂)²) w₂ᵀ) ⊙ ρ′(x w₁))
 *
 * @param delta Δw of both layers.
 */
export function limits(
  x: Matrix,
  { w2 }: TwoLayers,
  { s1, slope1, slope2 }: Pass,
  delta: TwoLayers,
): Gradients & { readonly G1: Matrix; readonly G2: Matrix } {
  const t = x.transpose();
  const back = w2.transpose();
  const moved = x.mmul(delta.w1).mul(slope1);
  const down = (change: Matrix) => t.mmul(change.mul(slope2).mul(slope2).mmul(back).mul(slope1));
  const G1 = down(moved.mmul(w2));
  const G2 = down(s1.mmul(delta.w2));
  return { local: t.mmul(moved.mul(slope1)), distant: Matrix.add(G1, G2), G1, G2 };
}

/**
 * w₂ ⊙ ρ′(s₁ w₂)² · w₂ᵀ of one sample, [hidden × hidden]: through it x Δw₁ comes back down in G₁.
 * Were it a multiple of the identity, G₁ would be parallel to the local gradient.
 */
export function coupling(w2: Matrix, { slope2 }: Pass, sample: number): Matrix {
  return w2.clone().mulRowVector(slope2.getRowVector(sample).pow(2)).mmul(w2.transpose());
}

/** How much of a square matrix is its diagonal. */
interface Diagonal {
  /** Mean of the diagonal over the root mean square of everything else. */
  readonly ratio: number;
  /** Cosine between the matrix and the identity, tr M / (√n ‖M‖). */
  readonly cosine: number;
}

export function diagonalOf(m: Matrix): Diagonal {
  const n = m.rows;
  const all = square(m.norm());
  const own = m.diagonal().reduce((sum, v) => sum + v * v, 0);
  return {
    ratio: m.trace() / n / Math.sqrt((all - own) / (n * (n - 1))),
    cosine: m.trace() / Math.sqrt(n * all),
  };
}

/** Cosine of the angle between two matrices; NaN where one vanishes. */
export function cosine(a: Matrix, b: Matrix): number {
  return Matrix.mul(a, b).sum() / (a.norm() * b.norm());
}

/** ‖a − b‖ / ‖b‖. */
export function distance(a: Matrix, b: Matrix): number {
  return Matrix.sub(a, b).norm() / b.norm();
}

function each(m: Matrix, f: (u: number) => number): Matrix {
  return new Matrix(m.to2DArray().map((row) => row.map(f)));
}
