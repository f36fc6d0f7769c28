/**
 * A step of length h of a node by itself, ds = −a s dt + noise, as a method takes it: with x = a h
 *
 *   s ← (1 − lost) s + gain · what the noise integrates over the step.
 */
export interface LinearStep {
  lost(x: number): number;
  gain(x: number): number;
}

/** s ← s + h f + noise. */
export const linearEuler: LinearStep = { lost: (x) => x, gain: () => 1 };

/** The mean of the forces at both ends of an Euler step, which is as noisy. */
export const linearHeun: LinearStep = { lost: (x) => x * (1 - x / 2), gain: (x) => 1 - x / 2 };

/** 1 − k² of the step's k where repeated it has a stationary law, otherwise 0. */
const forgotten = ({ lost, gain }: LinearStep, x: number): number =>
  x > 0 && gain(x) > 0 ? Math.max(0, lost(x) * (2 - lost(x))) : 0;

/**
 * By what a step multiplies white noise so that its stationary variance is that of the node itself,
 * 1 / 2a of unit noise, at every length,
 *
 *   f² = (1 − k²) / (2 x gain²);
 *
 * 1 where steps have no stationary law (a ≤ 0, or a step that is not stable).
 */
export function whiteFactor(step: LinearStep, x: number): number {
  const free = forgotten(step, x);
  return free > 0 ? Math.sqrt(free / (2 * x)) / step.gain(x) : 1;
}

/**
 * The same of an Ornstein–Uhlenbeck process of rate y / h and unit variance, integrated exactly
 * over each step (∫ of variance w h², covariance c h with where it ends): a node has
 * 1 / a(a + y/h), and steps have
 *
 *   gain² (w + 2 k c² / (1 − k e^(−y))) / (1 − k²).
 */
export function colouredFactor(step: LinearStep, x: number, y: number): number {
  const free = forgotten(step, x);
  if (free === 0) return 1;
  const lost = step.lost(x);
  const c = -Math.expm1(-y) / y;
  // 2 (y − c y) / y², whose terms cancel where y is small.
  const w = y < 0.01 ? 1 - y / 3 + (y * y) / 12 : (2 * (1 - c)) / y;
  const spread = w + (2 * (1 - lost) * c * c) / (lost + (1 - lost) * c * y);
  return Math.sqrt(free / (x * (x + y) * spread)) / step.gain(x);
}
