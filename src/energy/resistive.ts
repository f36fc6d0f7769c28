/**
 * The energy of a network of resistors g_ij ≥ 0 between nodes, inputs among them: its co-content,
 * half the power that the resistors burn, with the ties of the Hopfield energy (Millar 1951;
 * Kendall et al. 2020),
 *
 *   P(v) = ½ Σ_{ij} g_ij (v_i − v_j)² + ½ Σᵢ g_L v_i² − Σᵢ b_i v_i + ½ λ Σⱼ (vⱼ − sᶠⱼ)² + β Σ_{o∈outputs} (v_o − y_o)²
 *
 * between the walls that the diodes are. Kirchhoff's current law is −∂P/∂v = drive − curvature·v =
 * 0 with
 *
 *   drive = b + Σ_j g_ij v_j + λ sᶠ + 2β y,     curvature = g_L + Σ_j g_ij + λ + 2β:
 *
 * the Hopfield energy's, but that a unit's curvature follows its weights. What the inputs burn by
 * themselves, ½ Σ g_ij x_i², moves nothing and is left out.
 */
import type { Random } from "../numerics/random.ts";
import { vec, type Precision, type Tensor } from "../numerics/vec.ts";
import { blockName, type Graph } from "./graph.ts";

/** Ends of what a resistor can be programmed to, in units of the weight. */
export interface ConductanceRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Initial conductances: uniform on ±1/√n_from, n_from the terminals a block comes from, and clipped
 * to the range, so that with low = 0 half of them are open (Scellier 2024, hyperparameters
 * published with its code); lateral blocks symmetric; biases zero. Every block draws from a stream
 * of its own.
 */
export function conductances(
  graph: Graph,
  terminals: number,
  { low, high }: ConductanceRange,
  prefix: string,
  rng: Random,
  precision: Precision,
): Tensor[] {
  const weights = graph.blocks.map((block): Tensor => {
    const rows = block.from === 0 ? terminals : graph.sizes[block.from];
    const cols = graph.sizes[block.to];
    const n = graph.sizes[block.from];
    const draw = rng.split(blockName(block));
    const bound = 1 / Math.sqrt(rows);
    const data = vec(precision, rows * cols).map(() =>
      Math.min(Math.max(bound * (2 * draw.uniform() - 1), low), high),
    );
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < cols; j++) {
        if (block.from === block.to && j < i) data[i * cols + j] = data[j * cols + i];
        if (block.mask?.[(i % n) * cols + j] === 0) data[i * cols + j] = 0;
      }
    return { name: `${prefix}.block.${blockName(block)}.weight`, shape: [rows, cols], data };
  });
  const biases = graph.sizes.slice(1).map(
    (n, l): Tensor => ({
      name: `${prefix}.layer.${l + 1}.bias`,
      shape: [n],
      data: vec(precision, n),
    }),
  );
  return [...weights, ...biases];
}
