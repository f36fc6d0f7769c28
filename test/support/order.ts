/**
 * The observed order of convergence: the slope of log(error) against log(h), by least squares.
 * `h` are step sizes or nudging strengths.
 */
export function orderOf(h: readonly number[], error: readonly number[]): number {
  const x = h.map(Math.log);
  const y = error.map(Math.log);
  const n = x.length;
  const mx = x.reduce((a, b) => a + b) / n;
  const my = y.reduce((a, b) => a + b) / n;
  let xy = 0;
  let xx = 0;
  for (let i = 0; i < n; i++) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) ** 2;
  }
  return xy / xx;
}
