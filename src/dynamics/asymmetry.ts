import type { Components } from "../circuit/die.ts";
import { square } from "../numerics/power.ts";

/**
 * How far what units send is from what they receive, ‖W − Wᵀ‖ / ‖W + Wᵀ‖ in Frobenius' norm over
 * all pairs of units, as a die conducts: gains of synapses and outputs included, inputs left out.
 * 0, exactly, where the synapses are reciprocal and so have an energy, and without any between
 * units; 1 where each leads one way only. Gains with a spread σ of their own in each direction make
 * it σ / √(2 + σ²).
 *
 * The leaks are the diagonal of J = W − diag(g), so that ‖J − Jᵀ‖ = ‖W − Wᵀ‖.
 */
export function asymmetry({ sizes, blocks }: Pick<Components, "sizes" | "blocks">): number {
  let apart = 0;
  let together = 0;
  // Each pair of units once.
  for (const { from, to, forward, backward } of blocks) {
    if (from === 0) continue;
    // What has no other direction is a resistor, the same seen from both sides.
    const lateral = from === to;
    const back = lateral ? forward : backward;
    const rows = sizes[from];
    const cols = sizes[to];
    for (let i = 0; i < rows; i++)
      for (let j = lateral ? i + 1 : 0; j < cols; j++) {
        const up = forward[i * cols + j];
        const down = back ? back[j * rows + i] : up;
        apart += square(up - down);
        together += square(up + down);
      }
  }
  // Entries that cancel, as of w_ji = −w_ij, leave nothing to compare with: infinitely asymmetric.
  return apart === 0 ? 0 : Math.sqrt(apart / together);
}
