import type { Dynamics } from "../dynamics/dynamics.ts";
import { addressable, refuseTooLarge } from "../numerics/demand.ts";
import { InputError } from "../numerics/errors.ts";
import { vec, type Vec } from "../numerics/vec.ts";
import type { Equilibrium } from "./outcome.ts";
import { verdict } from "./settle.ts";
import type { Solver } from "./solver.ts";

/** States against time, as an oscilloscope shows them. */
export interface Waveform {
  readonly tau: Float64Array;
  readonly seconds: Float64Array;
  /** [batch × size] at each time; NaN where a sample's run ended before. */
  readonly states: readonly Float64Array[];
  /** How it ended: the outcome, and what it cost. */
  readonly equilibrium: Equilibrium;
}

/** How far a waveform goes, where it is sampled, and how many steps it may take. */
export interface IntegrateOptions {
  /** In τ. */
  readonly end: number;
  /** At which times, in τ and rising; or how many, evenly from 0 to the end. */
  readonly saveAt?: readonly number[] | number;
  readonly steps?: number;
}

/**
 * Follows a flow from `s0` [batch × size], which is left as it is, by the solver's own dense
 * output.
 */
export function integrate(
  d: Dynamics,
  s0: Vec,
  flow: Solver,
  { end, saveAt = 201, steps = 100_000 }: IntegrateOptions,
): Waveform {
  if (flow.kind !== "flow")
    throw new InputError(
      `integrate: ${flow.name} is a minimiser: it knows no time, only where the states ` +
        "settle; give a flow, such as explicit(bogackiShampine, pi({ rtol, atol })), or call " +
        "settle",
    );
  if (!(end > 0 && end < Infinity))
    throw new InputError(`integrate: the end is ${end} τ, expected a positive number`);
  const { size } = d;
  const points = typeof saveAt === "number" ? saveAt : saveAt.length;
  refuseTooLarge(
    {
      of: `integrate: ${points} times of ${d.last} sample(s) of ${size} units`,
      bytes: 8 * points * (2 + d.last * size),
      less: "save at fewer times, or fewer samples at once",
    },
    { bytes: addressable.alone },
  );
  const tau = times(saveAt, end);
  const s = Float64Array.from(s0.subarray(0, d.last * size));
  const row = new Float64Array(size);
  const states = Array.from(tau, () => new Float64Array(d.last * size).fill(NaN));
  const next = new Int32Array(d.last);
  const residuals = vec("f64", d.capacity);
  d.project(s);
  for (let r = d.first; r < d.last; r++)
    for (; tau[next[r]] === 0; next[r]++)
      states[next[r]].set(s.subarray(r * size, (r + 1) * size), r * size);
  const runner = flow.prepare(d);
  const stop = { steps, time: end };
  runner.run(s, stop, (r, t, h, interpolate) => {
    // The end is a sum of steps, and may miss itself by rounding.
    const reached = (t + h) * (1 + 1e-12);
    for (; next[r] < tau.length && tau[next[r]] <= reached; next[r]++) {
      interpolate(Math.min((tau[next[r]] - t) / h, 1), row);
      states[next[r]].set(row, r * size);
    }
  });
  d.residual(s, residuals);
  return {
    tau,
    seconds: tau.map((t) => t * d.tauSeconds),
    states,
    equilibrium: verdict(d, s, residuals, runner.tally, stop),
  };
}

function times(saveAt: readonly number[] | number, end: number): Float64Array {
  if (typeof saveAt === "number") {
    if (Number.isInteger(saveAt) && saveAt >= 2)
      return Float64Array.from({ length: saveAt }, (_, k) => (end * k) / (saveAt - 1));
    throw new InputError(
      `integrate: saveAt is ${saveAt}, expected a whole number ≥ 2 of times, or the times ` +
        "themselves",
    );
  }
  saveAt.forEach((t, k) => {
    if (!(t >= 0 && t <= end && (k === 0 || t >= saveAt[k - 1])))
      throw new InputError(
        `integrate: saveAt[${k}] is ${t} τ, expected rising times between 0 and the end, ${end} τ`,
      );
  });
  return Float64Array.from(saveAt);
}
