import type { Dynamics } from "../../dynamics/dynamics.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import type { Certificate } from "./convexity.ts";
import { between } from "../between.ts";
import { movable, only } from "./units.ts";
import { power, square } from "../../numerics/power.ts";

/**
 * ‖s − s*‖₂ ≤ (1/α + L)/μ · ‖r_α‖₂ for the natural residual r_α = s − clip(s + αF(s)) of a −F that
 * is μ-strongly monotone and L-Lipschitz (Pang 1987, doi:10.1287/moor.12.3.474, for α = 1). With e
 * = s − s*, z = s − r_α and G = −F, z is a projection and s* solves the problem, so
 *
 *   (αG(s) − r_α)·(s* − z) ≥ 0,     G(s*)·(z − s*) ≥ 0.
 *
 * Added up,
 *
 *   (α ΔG − r_α)·(r_α − e) ≥ 0,   hence   αμ ‖e‖² ≤ α ΔG·e ≤ (α ΔG + e)·r_α ≤ (αL + 1) ‖e‖ ‖r_α‖.
 *
 * Between clamps that give, z = R(s + αF; α) draws I(z) = F(s) + r_α/α and s* draws F(s*): that no
 * current falls is the same inequality.
 */
export function stateError(
  residual: number,
  { margin, lipschitz }: Pick<Certificate, "margin" | "lipschitz">,
  alpha = 1,
): number {
  return margin > 0 ? ((1 / alpha + lipschitz) / margin) * residual : Infinity;
}

/**
 * What the force at sample r of s says of its distance to the equilibrium, ‖s − s*‖₂: the least of
 * the bounds over α. At α = 1/L it is at most 4 L/μ times the distance itself. Infinity without a
 * certificate.
 */
export function distanceBound(d: Dynamics, s: Vec, r: number, proof: Certificate): number {
  if (!proof.convex) return Infinity;
  const force = vec("f64", d.capacity * d.size);
  const units = movable(d);
  const row = r * d.size;
  d.force(s, force, only(d, r));
  const residual = (alpha: number): number => {
    let sum = 0;
    for (const i of units) {
      const at = s[row + i];
      sum += square(at - between(d, at + alpha * force[row + i], alpha, i));
    }
    return Math.sqrt(sum);
  };
  const alphas = [1, ...Array.from({ length: 12 }, (_, k) => power(4, 1 - k) / proof.lipschitz)];
  return Math.min(...alphas.map((alpha) => stateError(residual(alpha), proof, alpha)));
}

/** How far the two phases of one sample are from their equilibria, and the states' size. */
export interface PhaseErrors {
  /** ‖s − s*‖₂ at most. */
  readonly free: number;
  readonly nudged: number;
  /** ‖(1, x, s)‖₂ of bias, inputs and states, the larger of the two phases'. */
  readonly norm: number;
}

/**
 * How far the contrast (s⁺s⁺ᵀ − s⁻s⁻ᵀ)/β over all weights and biases can be from that of the exact
 * equilibria, in the Frobenius norm. With u = (1, x, s) and e the error of a phase,
 *
 *   ‖e uᵀ + u eᵀ + e eᵀ‖ ≤ 2 ‖e‖ ‖u‖ + ‖e‖²,
 *
 * and a synapse is one of two mirrored entries: a factor 1/√2. Squared drops across resistors have
 * another bound.
 */
export function contrastError(beta: number, { free, nudged, norm }: PhaseErrors): number {
  const products = (e: number) => Math.SQRT2 * e * norm + square(e) / Math.SQRT2;
  return (products(free) + products(nudged)) / Math.abs(beta);
}
