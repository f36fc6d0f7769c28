/** The middle value; the mean of the middle two of an even number. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** y = factor · x^exponent. */
export interface PowerLaw {
  readonly exponent: number;
  readonly factor: number;
}

/**
 * Least squares on log y = log factor + exponent · log x; needs two different x, and everything
 * positive.
 */
export function powerLaw(points: readonly { readonly x: number; readonly y: number }[]): PowerLaw {
  const u = points.map(({ x }) => Math.log(x));
  const v = points.map(({ y }) => Math.log(y));
  const mean = (a: readonly number[]) => a.reduce((s, q) => s + q, 0) / a.length;
  const mu = mean(u);
  const mv = mean(v);
  const exponent =
    mean(u.map((q, i) => (q - mu) * (v[i] - mv))) / mean(u.map((q) => (q - mu) ** 2));
  return { exponent, factor: Math.exp(mv - exponent * mu) };
}
