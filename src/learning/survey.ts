import type { Dataset } from "../data/dataset.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Equilibrium } from "../solver/outcome.ts";
import { settleFromGuess } from "./algorithm.ts";
import type { DigitalCopy } from "./copy.ts";

/** What is seen of one chunk of a data set, settled by Algorithm 3. */
export interface Sighting {
  /** Index of the first image of the chunk. */
  readonly first: number;
  readonly labels: Uint8Array;
  /** Class named by the copy (Algorithm 2; null without one) and by the settled chip. */
  readonly copy: Int32Array | null;
  readonly chip: Int32Array;
  readonly free: Equilibrium;
}

/** Presents a data set chunk by chunk, without learning. */
export function survey(chip: Chip, copy: DigitalCopy | null, data: Dataset, lambda: number, settleFree: (s: Chip["state"]["array"]) => Equilibrium, see: (s: Sighting) => void): void {
  for (let first = 0; first < data.count; first += chip.capacity) {
    const n = Math.min(chip.capacity, data.count - first);
    const order = Uint32Array.from({ length: n }, (_, i) => first + i);
    chip.inputs.showBytes(data.pixels, order, data.scale);
    const free = settleFromGuess(chip, copy, lambda, settleFree);
    see({ first, labels: data.labels.subarray(first, first + n), copy: copy && chip.named(copy.guess), chip: chip.named(), free });
  }
}

/** Errors in percent, the largest residual, and how often copy and chip agree. */
export interface Score { readonly copy: number | null; readonly chip: number; readonly residual: number; readonly agreement: number | null }

/** Scores copy and chip on a data set. */
export function score(chip: Chip, copy: DigitalCopy | null, data: Dataset, lambda: number, settleFree: (s: Chip["state"]["array"]) => Equilibrium): Score {
  let wrongCopy = 0, wrongChip = 0, agree = 0, residual = 0;
  survey(chip, copy, data, lambda, settleFree, (s) => {
    residual = Number.isNaN(s.free.residual) || Number.isNaN(residual) ? NaN : Math.max(residual, s.free.residual);
    s.labels.forEach((label, i) => {
      if (s.chip[i] !== label) wrongChip++;
      if (s.copy && s.copy[i] !== label) wrongCopy++;
      if (s.copy && s.copy[i] === s.chip[i]) agree++;
    });
  });
  const percent = (k: number) => (100 * k) / data.count;
  return { copy: copy && percent(wrongCopy), chip: percent(wrongChip), residual, agreement: copy && percent(agree) };
}
