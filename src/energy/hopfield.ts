/**
 * The energy of a block graph of units with hard-sigmoid output ρ(s) = clip(s, 0, 1), states held
 * between the rails so that ρ(s) = s (paper, eq. 1, 10 and the nudged phase):
 *
 *   E(s) = ½ Σᵢ gᵢ sᵢ² − Σᵢ bᵢ sᵢ − Σ_{i<j} wᵢⱼ sᵢ sⱼ − Σⱼ Σ_{i∈inputs} wᵢⱼ xᵢ sⱼ
 *          + ½ λ Σⱼ (sⱼ − sᶠⱼ)² + β Σ_{o∈outputs} (s_o − y_o)²
 *
 * with leak gᵢ = 1 on the ideal chip. The factor ½ of the λ term is that of the authors' code.
 * Everything linear in the neighbours is the *drive* of a unit, so that −∂E/∂s = drive −
 * curvature·s:
 *
 *   drive = b + x·W + Σ W s + λ sᶠ + 2β y,     curvature = g + λ + 2β.
 */
import type { Random } from "../numerics/random.ts";
import { vec, type Precision, type Tensor, type Vec } from "../numerics/vec.ts";
import { blockName, type Graph } from "./graph.ts";

/**
 * Strength of the two terms that tie the states to something outside: λ to the copy's guess, β to
 * the target.
 */
export interface Ties {
  readonly lambda: number;
  readonly beta: number;
}

/** Diagonal of the Hessian that a unit has by itself: g + λ, and 2β more on an output. */
export function curvature(leak: number, ties: Ties, output: boolean): number {
  return leak + ties.lambda + (output ? 2 * ties.beta : 0);
}

/**
 * Initial parameters: weights Xavier-uniform on ±√(6 / (n_from + n_to)) (Glorot & Bengio 2010),
 * masked; lateral blocks symmetric without self-loops; biases zero. Every block draws from a stream
 * of its own.
 */
export function xavier(graph: Graph, prefix: string, rng: Random, precision: Precision): Tensor[] {
  const weights = graph.blocks.map((block): Tensor => {
    const rows = graph.sizes[block.from];
    const cols = graph.sizes[block.to];
    const draw = rng.split(blockName(block));
    const bound = Math.sqrt(6 / (rows + cols));
    const data = vec(precision, rows * cols).map(() => bound * (2 * draw.uniform() - 1));
    if (block.from === block.to) symmetrise(data, rows);
    if (block.mask) for (let i = 0; i < data.length; i++) data[i] *= block.mask[i];
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

function symmetrise(w: Vec, n: number): void {
  for (let i = 0; i < n; i++) {
    w[i * n + i] = 0;
    for (let j = 0; j < i; j++) w[i * n + j] = w[j * n + i];
  }
}
