import { prediction } from "../circuit/outputs.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Trainer } from "./algorithm.ts";
import { allFinite, type Vec } from "../numerics/vec.ts";
import { consecutive, showSamples } from "./enter.ts";

/** What is seen of one chunk of a data set, settled by Algorithm 3. */
export interface Sighting {
  /** Index of the first sample of the chunk, and how many there are. */
  readonly first: number;
  readonly count: number;
  /**
   * Class named by the copy (Algorithm 2; meaningless without one) and by the settled chip (null
   * without one); meaningless where targets are reals.
   */
  readonly copy: Int32Array;
  readonly chip: Int32Array | null;
  /** ŷ_k of sample r of the chunk, by the copy and by the settled chip; NaN without one. */
  readonly outputs: Readonly<Record<"copy" | "chip", (r: number, k: number) => number>>;
  /** Largest natural residual of the chunk; null without a chip. */
  readonly residual: number | null;
  /**
   * Whether all that each named came from finite numbers: a class named by anything else means
   * nothing.
   */
  readonly finite: { readonly copy: boolean; readonly chip: boolean };
}

/** What settles the presented samples: a trainer, or a whole team of them. */
export interface Settler
  extends Pick<Trainer, "residual" | "settled" | "guess" | "namedByChip" | "namedByCopy"> {
  settle(): void;
}

/** Presents a data set chunk by chunk, without learning. */
export function survey(
  chip: Chip,
  settler: Settler,
  data: Dataset,
  see: (s: Sighting) => void,
): void {
  for (let first = 0; first < data.count; first += chip.capacity) {
    const n = Math.min(chip.capacity, data.count - first);
    showSamples(chip, data, consecutive(n, first), 2 * (first / chip.capacity) + 1);
    settler.settle();
    see({
      first,
      count: n,
      residual: settler.residual,
      finite: {
        copy: settler.guess !== null && allFinite(settler.guess.array.subarray(0, n * chip.size)),
        chip: settler.residual !== null && Number.isFinite(settler.residual),
      },
      copy: settler.namedByCopy.array.subarray(0, n),
      chip: settler.namedByChip?.array.subarray(0, n) ?? null,
      outputs: { copy: outputsIn(chip, settler.guess), chip: outputsIn(chip, settler.settled) },
    });
  }
}

/** ŷ_k of sample r in state-shaped vectors. */
export function outputsIn(
  { outputs, size, layout }: Pick<Chip, "outputs" | "size" | "layout">,
  states: Slot<Vec> | null,
): (r: number, k: number) => number {
  const first = layout.offset.at(-1)!;
  return states === null
    ? () => NaN
    : (r, k) => prediction(outputs, states.array, r * size + first, k);
}
