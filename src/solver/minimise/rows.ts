import type { Dynamics } from "../../dynamics/dynamics.ts";
import type { Vec } from "../../numerics/vec.ts";
import { square } from "../../numerics/power.ts";

/** Σ aᵢ bᵢ over i = from … to−1, as in all functions here. */
export function dot(a: Vec, b: Vec, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += a[i] * b[i];
  return sum;
}

/** b·(y − x). */
export function along(b: Vec, y: Vec, x: Vec, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += b[i] * (y[i] - x[i]);
  return sum;
}

/** ‖y − x‖. */
export function differenceNorm(y: Vec, x: Vec, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += square(y[i] - x[i]);
  return Math.sqrt(sum);
}

/**
 * The largest curvature of a unit by itself, a lower bound of the Hessian's largest eigenvalue; 1
 * where none is positive.
 */
export function steepest({ curvature }: Pick<Dynamics, "curvature">): number {
  let top = 0;
  for (const c of curvature) top = Math.max(top, c);
  return top || 1;
}

/** y ← x. */
export function copy(y: Vec, x: Vec, from: number, to: number): void {
  for (let i = from; i < to; i++) y[i] = x[i];
}

/** y ← clip(x), with rails [size]; `from` is the first unit of a row. */
export function clip(y: Vec, x: Vec, low: Vec, high: Vec, from: number, to: number): void {
  for (let i = from; i < to; i++) y[i] = Math.min(Math.max(x[i], low[i - from]), high[i - from]);
}
