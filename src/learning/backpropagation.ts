import type { Chip } from "../dynamics/chip.ts";
import { eachCacheful, type Trainer } from "./algorithm.ts";
import type { DigitalCopy } from "./copy.ts";
import { downCost } from "./downhill.ts";

/**
 * The baseline: the copy alone, trained by the gradient of the cost that a chip is nudged along,
 * through all layers,
 *
 *   Δφ = −η ∇ mean Σ (ŷ − y)²,     ŷ = sᶠ_O or the differences of its pairs.
 *
 * The chip stands by: it shows the inputs and keeps its weights. The copy's loss is to be global.
 */
export function backpropagation(
  chip: Chip,
  copy: DigitalCopy,
  { rates }: { readonly rates: readonly number[] },
): Trainer {
  const { memory, inputs: x, size, layout: at } = chip;
  const { team } = memory;
  const target = chip.vector();
  const namedByCopy = memory.ints(chip.capacity);
  const forward = () => {
    x.list();
    copy.forward();
    chip.name(copy.guess, namedByCopy);
  };
  return {
    namedByCopy,
    guess: copy.guess,
    namedByChip: null,
    residual: null,
    settled: null,
    evaluations: { free: 0, nudged: 0 },
    get finite() {
      const first = at.offset.at(-1)!;
      const outputs = at.sizes.at(-1)!;
      for (let r = 0; r < x.rows; r++)
        if (
          !copy.guess.array
            .subarray(r * size + first, r * size + first + outputs)
            .every(Number.isFinite)
        )
          return false;
      return true;
    },
    learn() {
      const k = rates.map((eta) => eta / x.rows);
      eachCacheful(chip, () => {
        forward();
        downCost(chip, target);
        copy.compare(target, k);
      });
      // Members now read what the others compared, and write weights that the others will use.
      copy.listInputs();
      copy.adjust();
      team.barrier();
    },
    settle() {
      eachCacheful(chip, forward);
    },
  };
}
