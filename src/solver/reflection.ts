/**
 * One step of dx = drift + noise between two mirrors: where x is after an increment whose noiseless
 * part is `drift` and whose noise is `kick`, of standard deviation σ. At the rail that the drift
 * leads to, the highest point of the path between its two ends is drawn (Lépingle 1995),
 *
 *     P(M > m) = exp(−2m(m − w)/σ²)     for a path that ends at w, so
 *     m = ½ (w + √(w² + spread)),        spread = 2σ²e with e exponential,
 *
 * and the path is pushed back by what it went beyond. That is the exact law of a constant drift at
 * one rail; without noise it is projection, where folding would throw a unit that is held at its
 * rail back by the whole drift. At the other rail the path is folded, with period 2·(high − low).
 */
export function reflect(
  x: number,
  low: number,
  high: number,
  drift: number,
  kick: number,
  spread: number,
): number {
  const width = high - low;
  if (width === 0) return low;
  const up = drift > 0;
  const room = up ? high - x : x - low;
  const w = up ? drift + kick : -drift - kick;
  if (room === Infinity) return fold(x + drift + kick, low, high);
  const top = 0.5 * (w + Math.sqrt(w * w + spread));
  const left = fold(room - w + Math.max(0, top - room), 0, width);
  // Subtraction may round past the rail.
  return up ? Math.max(low, high - left) : Math.min(high, low + left);
}

/** x mirrored at the rails until it lies between them. */
function fold(x: number, low: number, high: number): number {
  if (x >= low && x <= high) return x;
  if (high === Infinity) return 2 * low - x;
  if (low === -Infinity) return 2 * high - x;
  const width = high - low;
  const along = x - low - 2 * width * Math.floor((x - low) / (2 * width));
  return Math.min(Math.max(low + (along > width ? 2 * width - along : along), low), high);
}
