/**
 * The p-quantile of sorted numbers, linear between the two nearest of them: x₍ₕ₎ at
 * h = (n − 1) p + 1 (Hyndman & Fan 1996, definition 7); NaN of none.
 */
export function quantile(sorted: readonly number[], p: number): number {
  const h = (sorted.length - 1) * p;
  const low = Math.floor(h);
  const below = sorted[low] ?? NaN;
  const above = sorted[Math.ceil(h)] ?? NaN;
  return below + (h - low) * (above - below);
}

/** Numbers in ascending order. */
export function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

/** A bin of a histogram, from `low` up to but for the last one not including `high`. */
interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/**
 * Bins of equal width over all numbers, as many as Freedman & Diaconis (1981) say,
 * 2 (x₀.₇₅ − x₀.₂₅) n^(−1/3) wide, 40 at most; one where all are equal, none of none.
 */
export function histogram(values: readonly number[]): readonly Bin[] {
  const sorted = ascending(values);
  const n = sorted.length;
  if (n === 0) return [];
  const [least, greatest] = [sorted[0], sorted[n - 1]];
  const wide = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(n);
  const range = greatest - least;
  const bins = range === 0 ? 1 : Math.min(40, wide > 0 ? Math.ceil(range / wide) : 40);
  const width = range === 0 ? Math.max(1e-9, Math.abs(least) * 1e-3) : range / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const x of sorted) counts[Math.min(bins - 1, Math.floor((x - least) / width))]++;
  return counts.map((count, i) => ({
    low: least + i * width,
    high: least + (i + 1) * width,
    count,
  }));
}
