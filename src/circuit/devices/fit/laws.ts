import { leastSquares } from "./least-squares.ts";

/** A run of pulses up; runs down are mirrored into it, y → −y. */
export interface Run { readonly y: Float64Array; readonly pulses: Int32Array }

export type Family = "constant" | "affine" | "exponential";

/** Pulses of one direction, in y of −1 … 1: Δy = step·(1 − slope·y), or step·max(0, 1 − A e^{γy}). */
export interface Direction {
  readonly step: number; readonly stepError: number;
  readonly slope: number; readonly slopeError: number;
  readonly A: number; readonly AError: number;
  readonly gamma: number; readonly gammaError: number;
  readonly cost: number;
  /** Numbers that were fitted: of the law, and one start for each run. */
  readonly parameters: number;
  readonly fitted: readonly Float64Array[];
}

export const lawParameters: Readonly<Record<Family, number>> = { constant: 1, affine: 2, exponential: 3 };

const none = { slope: 0, slopeError: 0, A: 0, AError: 0, gamma: 0, gammaError: 0 };

/** Fits the pulses of one direction: whole runs from a start of their own, not single steps, whose noise would bias them. */
export function fitDirection(family: Family, runs: readonly Run[]): Direction {
  const k = lawParameters[family], rows = runs.reduce((sum, r) => sum + r.y.length, 0), offsets = runs.map((_, i) => runs.slice(0, i).reduce((sum, r) => sum + r.y.length, 0));
  const residual = (p: Float64Array, out: Float64Array) => {
    for (const [i, run] of runs.entries()) follow(family, p, p[k + i], run, out, offsets[i]);
    for (const [i, run] of runs.entries()) for (let j = 0; j < run.y.length; j++) out[offsets[i] + j] -= run.y[j];
  };
  const touched = (parameter: number): readonly [number, number] => parameter < k ? [0, rows] : [offsets[parameter - k], offsets[parameter - k] + runs[parameter - k].y.length];
  const solutions = starts(family, runs).map((law) => leastSquares(residual, [...law, ...runs.map((r) => r.y[0])], rows, { touched }));
  const { parameters: p, errors: e, cost } = solutions.reduce((best, s) => s.cost < best.cost ? s : best);
  const fitted = runs.map((run, i) => { const out = new Float64Array(run.y.length); follow(family, p, p[k + i], run, out, 0); return out; });
  const step = Math.exp(p[0]), common = { ...none, step, stepError: step * e[0], cost, parameters: k + runs.length, fitted };
  switch (family) {
    case "constant": return common;
    case "affine": return { ...common, slope: p[1], slopeError: e[1] };
    case "exponential": return { ...common, A: p[1], AError: e[1], gamma: Math.exp(p[2]), gammaError: Math.exp(p[2]) * e[2] };
    default: return family satisfies never;
  }
}

/** y after each row's pulses, from `y`, stopped at 1. */
function follow(family: Family, p: Float64Array, start: number, { pulses }: Run, out: Float64Array, offset: number): void {
  const step = Math.exp(p[0]), slope = family === "affine" ? p[1] : 0, A = family === "exponential" ? p[1] : 0, gamma = family === "exponential" ? Math.exp(p[2]) : 0;
  let y = start;
  for (let i = 0; i < pulses.length; i++) {
    for (let n = pulses[i]; n > 0; n--) {
      y += step * (A === 0 ? 1 - slope * y : Math.max(0, 1 - A * Math.exp(gamma * y)));
      if (y > 1) { y = 1; break; }
    }
    out[offset + i] = y;
  }
}

/** Where to begin: straight lines through the single steps, for several γ. */
function starts(family: Family, runs: readonly Run[]): readonly (readonly number[])[] {
  const y: number[] = [], dy: number[] = [];
  for (const run of runs) for (let i = 1; i < run.y.length; i++) if (run.y[i - 1] < 0.98) { y.push(run.y[i - 1]); dy.push((run.y[i] - run.y[i - 1]) / run.pulses[i]); }
  const mean = dy.reduce((a, b) => a + b, 0) / Math.max(1, dy.length), least = Math.max(1e-9, Math.abs(mean) / 20);
  if (family === "constant") return [Math.max(mean, least), 3 * Math.max(mean, least)].map((s) => [Math.log(s)]);
  if (family === "affine") {
    const { a, b } = line(y, dy), step = Math.max(a, least);
    return [[Math.log(step), Math.min(0.999, Math.max(-5, -b / step))], [Math.log(Math.max(mean, least)), 0.5]];
  }
  return [0.3, 1, 3, 6].map((gamma) => {
    const { a, b } = line(y.map((v) => Math.exp(gamma * v)), dy), step = Math.max(a, least);
    return [Math.log(step), -b / step, Math.log(gamma)];
  });
}

/** y ≈ a + b x. */
function line(x: readonly number[], y: readonly number[]): { readonly a: number; readonly b: number } {
  const n = Math.max(1, x.length), mx = x.reduce((s, v) => s + v, 0) / n, my = y.reduce((s, v) => s + v, 0) / n;
  let sxy = 0, sxx = 0;
  for (const [i, v] of x.entries()) { sxy += (v - mx) * (y[i] - my); sxx += (v - mx) ** 2; }
  const b = sxx > 0 ? sxy / sxx : 0;
  return { a: my - b * mx, b };
}
