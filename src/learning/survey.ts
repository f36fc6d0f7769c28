import type { Dataset } from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Trainer } from "./algorithm.ts";
import { allFinite } from "../numerics/vec.ts";
import { consecutive, showImages } from "./enter.ts";

/** What is seen of one chunk of a data set, settled by Algorithm 3. */
export interface Sighting {
  /** Index of the first image of the chunk. */
  readonly first: number;
  readonly labels: Uint8Array;
  /**
   * Class named by the copy (Algorithm 2; meaningless without one) and by the settled chip (null
   * without one).
   */
  readonly copy: Int32Array;
  readonly chip: Int32Array | null;
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
    showImages(chip, data, consecutive(n, first), 2 * (first / chip.capacity) + 1);
    settler.settle();
    see({
      first,
      labels: data.labels.subarray(first, first + n),
      residual: settler.residual,
      finite: {
        copy: settler.guess !== null && allFinite(settler.guess.array.subarray(0, n * chip.size)),
        chip: settler.residual !== null && Number.isFinite(settler.residual),
      },
      copy: settler.namedByCopy.array.subarray(0, n),
      chip: settler.namedByChip?.array.subarray(0, n) ?? null,
    });
  }
}

/**
 * Errors and agreement in percent, and the largest residual, NaN where a state is not finite; null
 * what takes a chip or a copy where there is none, or where its states are not numbers.
 */
export interface Score {
  readonly copy: number | null;
  readonly chip: number | null;
  readonly residual: number | null;
  readonly agreement: number | null;
}

/** Scores copy and chip on a data set. */
export function score(chip: Chip, settler: Settler, data: Dataset): Score {
  let wrongCopy = 0;
  let wrongChip = 0;
  let agree = 0;
  let residual = 0;
  let chipIsNumber = settler.namedByChip !== null;
  let copyIsNumber = settler.guess !== null;
  survey(chip, settler, data, (s) => {
    residual =
      Number.isNaN(s.residual) || Number.isNaN(residual)
        ? NaN
        : Math.max(residual, s.residual ?? 0);
    chipIsNumber &&= s.finite.chip;
    copyIsNumber &&= s.finite.copy;
    s.labels.forEach((label, i) => {
      if (s.chip?.[i] !== label) wrongChip++;
      if (s.copy[i] !== label) wrongCopy++;
      if (s.copy[i] === s.chip?.[i]) agree++;
    });
  });
  const percent = (k: number) => (100 * k) / data.count;
  return {
    copy: copyIsNumber ? percent(wrongCopy) : null,
    chip: chipIsNumber ? percent(wrongChip) : null,
    residual: settler.namedByChip ? residual : null,
    agreement: chipIsNumber && copyIsNumber ? percent(agree) : null,
  };
}
