import { prediction, sideOf } from "../circuit/outputs.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";

// A copy that compares its guess with target = sᶠ − ∂L/∂sᶠ follows the gradient of L: that of ½ Σ
// (sᶠ − target)² in sᶠ is the same. Each function writes such targets for the samples in focus.

/**
 * L = E(sᶠ), eq. 1, whose ρ is flat outside the rails: there only the leak's ½ g s² is felt. The
 * chip is presented its inputs and untied, and its states are the guess clipped to the rails.
 */
export function downEnergy(chip: Chip, to: Slot<Vec>): void {
  const { inputs: x, size, low, high, curvature: g } = chip;
  const guess = chip.guess.array;
  const target = to.array;
  chip.force(chip.state.array, target);
  for (let r = x.first; r < x.last; r++)
    for (let i = 0; i < size; i++) {
      const k = r * size + i;
      const s = guess[k];
      target[k] = s < low[i] || s > high[i] ? s - g[i] * s : s + target[k];
    }
}

/**
 * L = C = Σ (ŷ − y)², ŷ the outputs or the differences of their pairs and y the one-hot of the
 * label, or targets of their own.
 */
export function downCost(chip: Chip, to: Slot<Vec>): void {
  const { inputs: x, size, layout: at, outputs } = chip;
  const guess = chip.guess.array;
  const target = to.array;
  const first = at.offset.at(-1)!;
  for (let r = x.first; r < x.last; r++) {
    target.set(guess.subarray(r * size, (r + 1) * size), r * size);
    for (let i = 0; i < at.sizes.at(-1)!; i++) {
      const { of, sign } = sideOf(outputs, i);
      const k = r * size + first + i;
      const y = x.target(r, of);
      target[k] = outputs.differential
        ? guess[k] + 2 * sign * (y - prediction(outputs, guess, r * size + first, of))
        : 2 * y - guess[k];
    }
  }
}
