/**
 * The energy of a block graph of units with hard-sigmoid output ρ(s) = clip(s, 0, 1), states held
 * between the rails so that ρ(s) = s (paper, eq. 1, 10 and the nudged phase):
 *
 *   E(s) = ½ Σᵢ gᵢ sᵢ² − Σᵢ bᵢ sᵢ − Σ_{i<j} wᵢⱼ sᵢ sⱼ − Σⱼ Σ_{i∈inputs} wᵢⱼ xᵢ sⱼ
 *          + ½ λ Σⱼ (sⱼ − sᶠⱼ)² + β Σ_{o∈outputs} (s_o − y_o)²
 *
 * with leak gᵢ = 1 on the ideal chip. The factor ½ of the λ term is that of the authors' code.
 * Everything linear in the neighbours is the *drive* of a unit:
 *
 *   −∂E/∂s = drive − curvature·s,
 *   drive = b + x·W + Σ W s + λ sᶠ + 2β y,     curvature = g + λ + 2β.
 */

/**
 * Strength of the two terms that tie the states to something outside: λ to the copy's guess, β to
 * the target.
 */
export interface Ties {
  readonly lambda: number;
  readonly beta: number;
}

/** Diagonal of the Hessian that a unit has by itself: g + λ, and 2β more on an output. */
export function unitCurvature(leak: number, ties: Ties, output: boolean): number {
  return leak + ties.lambda + (output ? 2 * ties.beta : 0);
}
