import type { Dynamics } from "../../dynamics/dynamics.ts";
import { InputError } from "../../numerics/errors.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import { relativeAsymmetry, dense, stiffness, symmetricPart, type Dense } from "./stiffness.ts";
import { freeUnits, only } from "./units.ts";
import { square } from "../../numerics/power.ts";

/** re + i·im, both in 1/τ: a deviation along it goes as e^{(re + i·im)t}. */
export interface Eigenvalue {
  readonly re: number;
  readonly im: number;
}

/**
 * How small deviations from an equilibrium evolve: the eigenvalues of rate ⊙ ∂F/∂s, less the slopes
 * of clamps that give, on the free units.
 */
export interface Spectrum {
  /** Per τ, the slowest to decay first. Real where an energy exists. */
  readonly eigenvalues: readonly Eigenvalue[];
  /** Whether all of them decay. */
  readonly stable: boolean;
  /**
   * Time in which the slowest falls by e, in τ and in seconds; Infinity when unstable, 0 when no
   * unit is free.
   */
  readonly slowest: { readonly tau: number; readonly seconds: number };
  /** |λ| of the fastest, per τ. */
  readonly fastest: number;
  /**
   * Euler's longest stable step, in τ: the least −2 Re λ / |λ|²; 2/λmax where all are real. 0 when
   * unstable.
   */
  readonly longestStep: number;
  /** ‖J − Jᵀ‖ / ‖J + Jᵀ‖ of J = ∂F/∂s: 0 for reciprocal synapses. */
  readonly asymmetry: number;
  /** Units that no rail holds. */
  readonly free: number;
}

/** A dense eigenvalue problem of this size takes seconds; the time grows with its cube. */
const most = 600;

/**
 * The spectrum at sample r of s, a point within `tolerance` of equilibrium.
 * @throws InputError when more than 600 units are free.
 */
export async function spectrum(
  d: Dynamics,
  s: Vec,
  r: number,
  tolerance = 1e-6,
): Promise<Spectrum> {
  const force = vec("f64", d.capacity * d.size);
  d.force(s, force, only(d, r));
  const { free } = freeUnits(d, s, force, r, tolerance);
  const n = free.length;
  if (n > most)
    throw new InputError(
      `spectrum: ${n} units are free, expected at most ${most}: the time grows with the cube; ` +
        "take a smaller network, or certificate(d), which gives both ends of the spectrum for " +
        "any size",
    );
  const h = dense(stiffness(d, s, r, free), n);
  const rate = Array.from(free, (i) => d.rate[i]);
  const eigenvalues = (
    n === 0 ? [] : d.energy ? await real(symmetricPart(h), rate) : await complex(h, rate)
  ).sort((a, b) => b.re - a.re);
  const stable = eigenvalues.every(({ re }) => re < 0);
  const tau = n === 0 ? 0 : stable ? -1 / eigenvalues[0].re : Infinity;
  return {
    eigenvalues,
    stable,
    slowest: { tau, seconds: tau * d.tauSeconds },
    fastest: eigenvalues.reduce((top, { re, im }) => Math.max(top, Math.hypot(re, im)), 0),
    longestStep: stable
      ? eigenvalues.reduce(
          (least, { re, im }) => Math.min(least, (-2 * re) / (square(re) + square(im))),
          Infinity,
        )
      : 0,
    asymmetry: relativeAsymmetry(h),
    free: n,
  };
}

/** Time in τ in which a small deviation in the slowest direction falls from `from` to `to`. */
export function settlingTime({ slowest }: Pick<Spectrum, "slowest">, to: number, from = 1): number {
  return to >= from ? 0 : slowest.tau * Math.log(from / to);
}

/**
 * R½ H R½ is similar to R H and symmetric: the eigenvalues are real, and found in a third of the
 * time.
 */
async function real(h: Dense, rate: readonly number[]): Promise<Eigenvalue[]> {
  const { EigenvalueDecomposition, Matrix } = await import("ml-matrix");
  const a = new Matrix(h.map((row, i) => row.map((x, j) => -x * Math.sqrt(rate[i] * rate[j]))));
  return new EigenvalueDecomposition(a, { assumeSymmetric: true }).realEigenvalues.map((re) => ({
    re,
    im: 0,
  }));
}

async function complex(h: Dense, rate: readonly number[]): Promise<Eigenvalue[]> {
  const { EigenvalueDecomposition, Matrix } = await import("ml-matrix");
  const a = new Matrix(h.map((row, i) => row.map((x) => -x * rate[i])));
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(a);
  return realEigenvalues.map((re, i) => ({ re, im: imaginaryEigenvalues[i] }));
}
