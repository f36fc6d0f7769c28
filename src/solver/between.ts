import type { Dynamics } from "../dynamics/dynamics.ts";
import type { SoftClamps } from "../energy/clamps.ts";
import { InputError } from "../numerics/errors.ts";

/** What holds a unit. */
export interface Confinement {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly clamps?: SoftClamps | undefined;
}

/**
 * Where a step of unit i ends that leads to u without its rails and takes `a` times its force:
 * clip(u), or R(u; a).
 */
export function between(
  { low, high, clamps }: Confinement,
  u: number,
  a: number,
  i: number,
): number {
  return clamps ? clamps.hold(u, a, i) : Math.min(Math.max(u, low[i]), high[i]);
}

/** Takes from a force F, [capacity × size], what clamps draw at s from sample r. */
export function lessCurrents(
  { clamps, size }: Dynamics,
  s: ArrayLike<number>,
  f: { [k: number]: number },
  r: number,
): void {
  if (!clamps) return;
  for (let i = 0, k = r * size; i < size; i++, k++) f[k] -= clamps.current(s[k], i);
}

/**
 * By how much the co-content of the clamps of sample r rises from x to y, both [capacity × size].
 */
export function contentRise(
  { clamps, size }: Dynamics,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  r: number,
): number {
  let sum = 0;
  if (clamps) for (let i = 0, k = r * size; i < size; i++, k++) sum += clamps.work(x[k], y[k], i);
  return sum;
}

/** @throws InputError where the rails give, for solvers that know walls only. */
export function requireWalls({ clamps }: Dynamics, name: string, instead: string): void {
  if (clamps)
    throw new InputError(
      `${name}: the rails of this circuit are clamps that give (neuron.clamp), and this ` +
        `solver knows walls only; use ${instead}, or clamp: ideal`,
    );
}
