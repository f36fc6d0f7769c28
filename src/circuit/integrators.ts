import { square } from "../numerics/power.ts";
import type { Circuit } from "./circuit.ts";
import { timeConstant } from "./families/families.ts";

/** The window of the integrators that nodes are read through, in τ; 0 where there are none. */
export function readingWindow(circuit: Circuit): number {
  return (circuit.readout?.average ?? 0) / timeConstant(circuit);
}

/**
 * Variance of the mean over a window of `window` τ, over that of one instant, of noise whose
 * autocorrelation is e^(−|t|/τ): white noise on a node by itself,
 *
 *   2/T (1 − (1 − e^(−T))/T) → 2/T,
 *
 * of an integrator that loses the share `leak` of its charge meanwhile ∬ w w′ e^(−|t − t′|), w ∝
 * e^(−at) with e^(−aT) = 1 − leak.
 */
export function averagedVariance(window: number, leak = 0): number {
  if (window === 0) return 1;
  const t = window;
  // Where a is 1 both terms of the difference are one; nearby it is as smooth.
  const exact = -Math.log1p(-leak) / t;
  const a = Math.abs(exact - 1) < 1e-6 ? 1 + 1e-6 : exact;
  const upTo = (rate: number) => (rate * t < 1e-9 ? t : -Math.expm1(-rate * t) / rate);
  if (t < 1e-3) return 1 - t / 3;
  return ((2 / (1 - a)) * (upTo(2 * a) - upTo(1 + a))) / square(upTo(a));
}
