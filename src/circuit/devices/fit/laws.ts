import { levenbergMarquardt, type Solution } from "./least-squares.ts";
import { square } from "../../../numerics/power.ts";

/** A run of pulses up; runs down are mirrored into it, y → −y. */
export interface PulseRun {
  readonly y: Float64Array;
  readonly pulses: Int32Array;
}

export type LawFamily = "constant" | "affine" | "exponential";

/**
 * Pulses of one direction, in y of −1 … 1: Δy = step·(1 − slope·y), or step·max(0, 1 − A e^{γy}).
 */
export interface Direction {
  readonly step: number;
  readonly stepError: number;
  readonly slope: number;
  readonly slopeError: number;
  readonly A: number;
  readonly AError: number;
  readonly gamma: number;
  readonly gammaError: number;
  /**
   * Sum of squares of what the law leaves, and of what of it could not be foreseen from earlier
   * rows.
   */
  readonly left: number;
  readonly cost: number;
  /**
   * How much of a surprise stays: 0 where all noise is in the readings, 1 where all of it is in the
   * pulses.
   */
  readonly memory: number;
  readonly rows: number;
  /** Numbers that were fitted: of the law, one start for each run, and the memory. */
  readonly parameters: number;
  readonly fitted: readonly Float64Array[];
}

const lawParameters: Readonly<Record<LawFamily, number>> = {
  constant: 1,
  affine: 2,
  exponential: 3,
};

const none = { slope: 0, slopeError: 0, A: 0, AError: 0, gamma: 0, gammaError: 0 };

/**
 * Fits the pulses of one direction: whole runs from a start of their own, not single steps, which
 * the noise of readings would bias. The noise of pulses stays in what follows, so that the rows are
 * no independent witnesses: what is minimised are the surprises v = e − l of the deviations e, l ←
 * l + memory·v, the innovations of a random walk that is read with noise (Muth, 1960), and the
 * memory is the one that makes them least.
 */
export function fitDirection(family: LawFamily, runs: readonly PulseRun[]): Direction {
  const k = lawParameters[family];
  const offsets = runs.map((_, i) => runs.slice(0, i).reduce((sum, r) => sum + r.y.length, 0));
  const rows = offsets.at(-1)! + runs.at(-1)!.y.length;
  const deviations = (p: Float64Array, out: Float64Array) => {
    for (const [i, run] of runs.entries()) follow(family, p, p[k + i], run, out, offsets[i]);
    for (const [i, run] of runs.entries())
      for (let j = 0; j < run.y.length; j++) out[offsets[i] + j] -= run.y[j];
  };
  // Rows at the end of the range, where a walk has come to rest and forgets its past; fixed while a
  // fit goes on.
  const resting = new Uint8Array(rows);
  const ends = runs.map((run, i) => offsets[i] + run.y.length);
  const touched = (parameter: number): readonly [number, number] =>
    parameter < k ? [0, rows] : [offsets[parameter - k], ends[parameter - k]];
  const fit = (start: readonly number[], memory: number): Solution =>
    levenbergMarquardt(
      (p, out) => {
        deviations(p, out);
        surprises(out, resting, offsets, memory, out);
      },
      start,
      rows,
      { touched },
    );

  const first = starts(family, runs).map((law) => fit([...law, ...runs.map((r) => r.y[0])], 0));
  const blind = first.reduce((best, s) => (s.cost < best.cost ? s : best));
  const e = new Float64Array(rows);
  const rest = (at: Solution) => {
    deviations(at.parameters, e);
    for (const [i, run] of runs.entries())
      for (let j = 0; j < run.y.length; j++)
        resting[offsets[i] + j] = e[offsets[i] + j] + run.y[j] >= 1 ? 1 : 0;
  };
  rest(blind);
  // A curve may have swallowed a walk, so that none is seen: one search begins with a memory.
  const searches = [0, 0.3].map((begin) => {
    let found = begin === 0 ? blind : fit(Array.from(blind.parameters), begin);
    let memory = begin;
    for (let pass = 0; pass < 4; pass++) {
      deviations(found.parameters, e);
      const next = bestMemory(e, resting, offsets);
      if (Math.abs(next - memory) < 0.005) break;
      memory = next;
      found = fit(Array.from(found.parameters), memory);
    }
    return { found, memory };
  });
  const { found, memory } =
    searches[0].found.cost <= searches[1].found.cost * (1 + 4 / rows) ? searches[0] : searches[1];
  deviations(found.parameters, e);
  const { parameters: p, errors, cost } = found;
  const step = Math.exp(p[0]);
  const left = e.reduce((sum, v) => sum + v * v, 0);
  const fitted = runs.map((run, i) => e.slice(offsets[i], ends[i]).map((v, j) => v + run.y[j]));
  const common = {
    ...none,
    step,
    stepError: step * errors[0],
    left,
    cost,
    memory,
    rows,
    parameters: k + runs.length + 1,
    fitted,
  };
  switch (family) {
    case "constant":
      return common;
    case "affine":
      return { ...common, slope: p[1], slopeError: errors[1] };
    case "exponential":
      return {
        ...common,
        A: p[1],
        AError: errors[1],
        gamma: Math.exp(p[2]),
        gammaError: Math.exp(p[2]) * errors[2],
      };
    default:
      return family satisfies never;
  }
}

/** v of e, from nothing at the beginning of each run and at rest; `out` may be `e`. */
function surprises(
  e: Float64Array,
  resting: Uint8Array,
  offsets: readonly number[],
  memory: number,
  out: Float64Array,
): number {
  let level = 0;
  let sum = 0;
  for (let i = 0, run = 0; i < e.length; i++) {
    if (i === offsets[run]) {
      level = 0;
      run++;
    }
    if (resting[i] !== 0) level = 0;
    const v = e[i] - level;
    if (resting[i] === 0) level += memory * v;
    out[i] = v;
    sum += v * v;
  }
  return sum;
}

/** The memory of least surprise, to a hundredth; none where it does not pay. */
function bestMemory(e: Float64Array, resting: Uint8Array, offsets: readonly number[]): number {
  const scratch = new Float64Array(e.length);
  let best = 0;
  let least = surprises(e, resting, offsets, 0, scratch) * (1 - 4 / e.length);
  for (let k = 1; k <= 100; k++) {
    const cost = surprises(e, resting, offsets, k / 100, scratch);
    if (cost < least) {
      least = cost;
      best = k / 100;
    }
  }
  return best;
}

/** y after each row's pulses, from `y`, stopped at 1. */
function follow(
  family: LawFamily,
  p: Float64Array,
  start: number,
  { pulses }: PulseRun,
  out: Float64Array,
  offset: number,
): void {
  const step = Math.exp(p[0]);
  const slope = family === "affine" ? p[1] : 0;
  const A = family === "exponential" ? p[1] : 0;
  const gamma = family === "exponential" ? Math.exp(p[2]) : 0;
  let y = start;
  for (let i = 0; i < pulses.length; i++) {
    for (let n = pulses[i]; n > 0; n--) {
      y += step * (A === 0 ? 1 - slope * y : Math.max(0, 1 - A * Math.exp(gamma * y)));
      if (y > 1) {
        y = 1;
        break;
      }
    }
    out[offset + i] = y;
  }
}

/** Where to begin: straight lines through the single steps, for several γ. */
function starts(family: LawFamily, runs: readonly PulseRun[]): readonly (readonly number[])[] {
  const y: number[] = [];
  const dy: number[] = [];
  for (const run of runs)
    for (let i = 1; i < run.y.length; i++)
      if (run.y[i - 1] < 0.98) {
        y.push(run.y[i - 1]);
        dy.push((run.y[i] - run.y[i - 1]) / run.pulses[i]);
      }
  const mean = dy.reduce((a, b) => a + b, 0) / Math.max(1, dy.length);
  const least = Math.max(1e-9, Math.abs(mean) / 20);
  if (family === "constant")
    return [Math.max(mean, least), 3 * Math.max(mean, least)].map((s) => [Math.log(s)]);
  if (family === "affine") {
    const { a, b } = line(y, dy);
    const step = Math.max(a, least);
    return [
      [Math.log(step), Math.min(0.999, Math.max(-5, -b / step))],
      [Math.log(Math.max(mean, least)), 0.5],
    ];
  }
  return [0.3, 1, 3, 6].map((gamma) => {
    const { a, b } = line(
      y.map((v) => Math.exp(gamma * v)),
      dy,
    );
    const step = Math.max(a, least);
    return [Math.log(step), -b / step, Math.log(gamma)];
  });
}

/** y ≈ a + b x. */
function line(
  x: readonly number[],
  y: readonly number[],
): { readonly a: number; readonly b: number } {
  const n = Math.max(1, x.length);
  const mx = x.reduce((s, v) => s + v, 0) / n;
  const my = y.reduce((s, v) => s + v, 0) / n;
  let sxy = 0;
  let sxx = 0;
  for (const [i, v] of x.entries()) {
    sxy += (v - mx) * (y[i] - my);
    sxx += square(v - mx);
  }
  const b = sxx > 0 ? sxy / sxx : 0;
  return { a: my - b * mx, b };
}
