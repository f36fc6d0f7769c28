/**
 * Where g crosses zero upwards in [low, high], with g(low) < 0 < g(high), to |g| ≤ 1 or
 * neighbouring numbers: regula falsi, the weight of an end that stays halved (the "Illinois"
 * variant: Dowell & Jarratt 1971), by halves where that is slow. The last call of g is at the root
 * returned.
 */
export function crossing(
  g: (x: number) => number,
  low: number,
  gLow: number,
  high: number,
  gHigh: number,
  guess: number,
): number {
  let x = guess;
  let side = 0;
  for (let k = 0; ; k++) {
    if (!(x > low && x < high)) x = 0.5 * (low + high);
    const value = g(x);
    // Halving every fourth time ends within four times the digits of a number.
    if (Math.abs(value) <= 1 || x === low || x === high || k > 240) return x;
    if (value < 0) {
      low = x;
      gLow = value;
      if (side < 0) gHigh *= 0.5;
      side = -1;
    } else {
      high = x;
      gHigh = value;
      if (side > 0) gLow *= 0.5;
      side = 1;
    }
    x = k % 4 === 3 ? 0.5 * (low + high) : high - (gHigh * (high - low)) / (gHigh - gLow);
  }
  return x;
}

/** A cubic on [0, 1] from its values and slopes at the ends (Hermite). */
export interface Cubic {
  readonly from: number;
  readonly to: number;
  readonly slopeFrom: number;
  readonly slopeTo: number;
}

export function cubicAt({ from, to, slopeFrom, slopeTo }: Cubic, theta: number): number {
  const rise = to - from;
  return (
    from +
    theta * rise +
    theta * (theta - 1) * ((1 - 2 * theta) * rise + (theta - 1) * slopeFrom + theta * slopeTo)
  );
}

/** Where within (0, 1) the cubic is largest; NaN where it is largest at an end. */
export function peak(c: Cubic): number {
  const { from, to, slopeFrom, slopeTo } = c;
  const rise = to - from;
  // The derivative is slopeFrom + 2qθ + pθ².
  const p = 3 * (slopeFrom + slopeTo - 2 * rise);
  const q = 3 * rise - 2 * slopeFrom - slopeTo;
  const inside = q * q - p * slopeFrom;
  if (inside < 0) return NaN;
  // Of the two roots, the one where the derivative falls: 2q + 2pθ = −2√inside. Written twice, to
  // lose no digits.
  const root = Math.sqrt(inside);
  const theta = q > 0 ? (-q - root) / p : -slopeFrom / (q - root);
  return theta > 0 && theta < 1 && cubicAt(c, theta) > Math.max(from, to) ? theta : NaN;
}

/**
 * Where the cubic first reaches zero, if it is below it at 0 and above it at `until`; to 10⁻³, as a
 * first guess.
 */
export function firstZero(c: Cubic, until: number): number {
  let low = 0;
  let high = until;
  for (let k = 0; k < 10; k++) {
    const middle = 0.5 * (low + high);
    if (cubicAt(c, middle) > 0) high = middle;
    else low = middle;
  }
  return 0.5 * (low + high);
}
