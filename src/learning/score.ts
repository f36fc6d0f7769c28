import type { Dataset, Reals, Targets } from "../data/dataset.ts";
import { unscaled } from "../data/scaling.ts";
import type { Chip } from "../dynamics/chip.ts";
import { survey, type Settler, type Sighting } from "./survey.ts";
import { square } from "../numerics/power.ts";

/** How well classes are named, percent of the samples. */
export interface ClassScore {
  readonly kind: "classes";
  /** Samples named wrongly. */
  readonly error: number;
  /** The mean, over the classes that occur, of the samples of a class named wrongly. */
  readonly balanced: number;
}

/** How well one real target is met. */
export interface Fit {
  readonly name: string;
  /** √ mean (ŷ − y)², in the user's unit. */
  readonly rmse: number;
  /**
   * R² = 1 − Σ (ŷ − y)² / Σ (y − ȳ)², with ȳ the mean over the same samples; null where y is the
   * same everywhere.
   */
  readonly r2: number | null;
}

/** How well real targets are met, one after another. */
export interface RealScore {
  readonly kind: "reals";
  readonly fits: readonly Fit[];
}

/** How well one network does what it was taught. */
export type NetworkScore = ClassScore | RealScore;

/** The copy and the settled chip on a data set: null where there is none, or no numbers. */
export interface PairScore {
  /** Of the copy's guess. */
  readonly copy: NetworkScore | null;
  /** Of the settled chip. */
  readonly chip: NetworkScore | null;
}

/**
 * Scores and agreement, and the largest residual, NaN where a state is not finite; null what takes
 * a chip or a copy where there is none, or where its states are not numbers.
 */
export interface Score extends PairScore {
  readonly residual: number | null;
  /** Percent of the samples that both name alike; null where targets are reals. */
  readonly agreement: number | null;
}

/**
 * One number for how wrong a network is, percent: of samples named wrongly, or of the variance of
 * real targets that is left unexplained, 100 (1 − R²), their mean. Guessing the commonest class, or
 * the mean, is what a network does that learned nothing.
 */
export function errorOf(score: NetworkScore | null): number | null {
  if (score === null) return null;
  switch (score.kind) {
    case "classes":
      return score.error;
    case "reals": {
      const r2 = meanR2(score);
      return r2 === null ? null : 100 * (1 - r2);
    }
    default:
      return score satisfies never;
  }
}

/** The mean R² of the targets that have one; null where none has. */
export function meanR2({ fits }: RealScore): number | null {
  const r2 = fits.flatMap((f) => (f.r2 === null ? [] : [f.r2]));
  return r2.length === 0 ? null : r2.reduce((a, b) => a + b) / r2.length;
}

/** Scores copy and chip on a data set. */
export function score(chip: Chip, settler: Settler, data: Dataset): Score {
  const tallies = { copy: tallyOf(data), chip: tallyOf(data) };
  let agree = 0;
  let residual = 0;
  let chipIsNumber = settler.settled !== null;
  let copyIsNumber = settler.guess !== null;
  survey(chip, settler, data, (s) => {
    residual =
      Number.isNaN(s.residual) || Number.isNaN(residual)
        ? NaN
        : Math.max(residual, s.residual ?? 0);
    chipIsNumber &&= s.finite.chip;
    copyIsNumber &&= s.finite.copy;
    tallies.copy.add(s, "copy");
    tallies.chip.add(s, "chip");
    for (let i = 0; i < s.count; i++) if (s.copy[i] === s.chip?.[i]) agree++;
  });
  const names = data.targets.kind === "classes";
  return {
    copy: copyIsNumber ? tallies.copy.score() : null,
    chip: chipIsNumber ? tallies.chip.score() : null,
    residual: settler.settled ? residual : null,
    agreement: names && chipIsNumber && copyIsNumber ? (100 * agree) / data.count : null,
  };
}

/** Counts, chunk by chunk, how well a network does. */
interface Tally {
  add(s: Sighting, who: "copy" | "chip"): void;
  score(): NetworkScore;
}

function tallyOf({ targets, count }: Pick<Dataset, "targets" | "count">): Tally {
  switch (targets.kind) {
    case "classes":
      return classTally(targets, count);
    case "reals":
      return realTally(targets, count);
    default:
      return targets satisfies never;
  }
}

function classTally({ names, labels }: Targets & { kind: "classes" }, count: number): Tally {
  const all = new Float64Array(names.length);
  const wrong = new Float64Array(names.length);
  return {
    add(s, who) {
      const named = s[who];
      for (let i = 0; i < s.count; i++) {
        const label = labels[s.first + i];
        all[label]++;
        if (named?.[i] !== label) wrong[label]++;
      }
    },
    score() {
      const shares = Array.from(all, (n, k) => (n > 0 ? [wrong[k] / n] : [])).flat();
      return {
        kind: "classes",
        error: (100 * sum(wrong)) / count,
        balanced: (100 * sum(shares)) / shares.length,
      };
    },
  };
}

function realTally({ names, values, scaling }: Reals, count: number): Tally {
  const n = names.length;
  const squares = new Float64Array(n);
  return {
    add(s, who) {
      for (let i = 0; i < s.count; i++)
        for (let k = 0; k < n; k++) {
          const y = unscaled(scaling, k, s.outputs[who](i, k));
          squares[k] += square(y - values[(s.first + i) * n + k]);
        }
    },
    score: () => ({
      kind: "reals",
      fits: names.map((name, k) => {
        const spread = count * varianceOf(values, n, k, count);
        return {
          name,
          rmse: Math.sqrt(squares[k] / count),
          r2: spread > 0 ? 1 - squares[k] / spread : null,
        };
      }),
    }),
  };
}

/** The variance of the k-th of n interleaved targets. */
export function varianceOf(values: Float64Array, n: number, k: number, count: number): number {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[i * n + k] / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += square(values[i * n + k] - mean);
  return squares / count;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}
