import type { Slot } from "../../../numerics/kernels/arena.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { eachSynapse, type BlockParts } from "./array.ts";

/**
 * Room for what is seen of a block's devices, packed like the weights; null where it is what they
 * hold: without write noise, and without an accumulator that is owed parts of pulses.
 */
export function seenOf({ memory, w, storage, law }: BlockParts): Slot<Vec> | null {
  return law.writeNoise || storage.accumulate ? memory.reals(w.rows * w.stride) : null;
}

/** seen ← w + writeNoise·step·ξ, of a resistor no less than nothing. */
export function writeNoise(parts: BlockParts, n: number, seen: Slot<Vec>): void {
  const {
    w,
    storage: {
      model: { update },
      span,
    },
    law: { least },
  } = parts;
  if (update.law === "ideal") return;
  const rng = random("write noise", parts.key, n);
  const xi = new Float64Array(w.rows * w.cols);
  for (let k = 0; k < xi.length; k++) xi[k] = rng.normal();
  eachSynapse(parts, (d, at) => {
    seen.array[at] = Math.max(
      least,
      w.slot.array[at] + span * update.writeNoise * update.step * xi[d],
    );
  });
}
