import { square } from "./power.ts";
/** Wilson's interval of a share. */
export interface Interval {
  /** Its lower end. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** Of a standard normal, between which and its negative 95 % lie. */
const z = 1.959963984540054;

/**
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), p = `hits` / `all`: covers the probability
 * of a hit in 95 of 100 samples (Wilson 1927).
 */
export function wilson(hits: number, all: number): Interval {
  const p = hits / all;
  const centre = p + square(z) / (2 * all);
  const half = z * Math.sqrt((p * (1 - p)) / all + square(z) / (4 * square(all)));
  const scale = 1 + square(z) / all;
  return {
    low: Math.max(0, (centre - half) / scale),
    high: Math.min(1, (centre + half) / scale),
  };
}
