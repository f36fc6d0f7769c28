/**
 * The energy of a network of resistors g_ij ≥ 0 between nodes, inputs among them: its co-content,
 * half the power that the resistors burn, with the ties of the Hopfield energy (Millar 1951;
 * Kendall et al. 2020),
 *
 *   P(v) = ½ Σ_{ij} g_ij (v_i − v_j)² + ½ Σᵢ g_L v_i² − Σᵢ b_i v_i
 *        + ½ λ Σⱼ (vⱼ − sᶠⱼ)² + β Σ_{o∈outputs} (v_o − y_o)²
 *
 * between the walls that the diodes are. Kirchhoff's current law is
 *
 *   −∂P/∂v = drive − curvature·v = 0,
 *   drive = b + Σ_j g_ij v_j + λ sᶠ + 2β y,     curvature = g_L + Σ_j g_ij + λ + 2β:
 *
 * the Hopfield energy's, but that a unit's curvature follows its weights. What the inputs burn by
 * themselves, ½ Σ g_ij x_i², moves nothing and is left out.
 */

/** Ends of what a resistor can be programmed to, in units of the weight. */
export interface ConductanceRange {
  readonly low: number;
  readonly high: number;
}
