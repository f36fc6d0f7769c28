import type { Dynamics } from "../dynamics/dynamics.ts";
import { vec, type Vec } from "../numerics/vec.ts";
import { outcomes, type Equilibrium, type Outcome, type Sample } from "./outcome.ts";
import { takesTime, type Solver, type Stop, type Tally } from "./solver.ts";

/** Settles the samples in focus in place and says how each ended. */
export function settle(d: Dynamics, s: Vec, solver: Solver, stop: Stop): Equilibrium {
  const runner = solver.prepare(d);
  const residuals = vec("f64", d.capacity);
  runner.run(s, stop);
  d.residual(s, residuals);
  return verdict(d, s, residuals, runner.tally, stop);
}

/**
 * What residuals and costs say of the states of the samples in focus after a run; without a
 * tolerance nothing counts as settled: it is the time or the steps that ended it.
 */
export function verdict(
  d: Pick<Dynamics, "first" | "last" | "tauSeconds">,
  state: Vec,
  residuals: Vec,
  cost: Tally,
  { tolerance, time = Infinity }: Pick<Stop, "tolerance" | "time">,
): Equilibrium {
  const samples = Array.from({ length: d.last - d.first }, (_, i): Sample => {
    const r = d.first + i;
    const residual = residuals[r];
    const tau = cost.time[r];
    const outcome: Outcome = !Number.isFinite(residual)
      ? "non-finite"
      : tolerance !== undefined && residual <= tolerance
        ? "settled"
        : tau >= time * (1 - 1e-12)
          ? "end-time"
          : "max-steps";
    return {
      outcome,
      residual,
      steps: cost.steps[r],
      rejected: cost.rejected[r],
      evaluations: cost.evaluations[r],
      tau,
    };
  });
  return summary(state, d.tauSeconds, samples);
}

/** An equilibrium from how its samples ended. */
export function summary(state: Vec, tauSeconds: number, samples: readonly Sample[]): Equilibrium {
  const mean = (of: (s: Sample) => number) =>
    samples.reduce((sum, s) => sum + of(s), 0) / samples.length;
  const tau = mean((s) => s.tau);
  return {
    state,
    samples,
    outcome: outcomes[Math.max(...samples.map((s) => outcomes.indexOf(s.outcome)))],
    residual: samples.reduce(
      (top, s) => (Number.isNaN(s.residual) || Number.isNaN(top) ? NaN : Math.max(top, s.residual)),
      0,
    ),
    time: { tau, seconds: tau * tauSeconds },
    stats: {
      steps: mean((s) => s.steps),
      rejected: mean((s) => s.rejected),
      evaluations: mean((s) => s.evaluations),
    },
  };
}

/**
 * What is seen along a settling run, after 0, 1, 2, … steps: means over the samples of each one's
 * energy and natural residual.
 */
export interface Trace {
  readonly time: number[];
  readonly energy: number[];
  readonly residual: number[];
}

/**
 * Settles step by step and records what is seen; without an energy (non-reciprocal synapses)
 * `energy` stays empty.
 */
export function trace(d: Dynamics, s: Vec, solver: Solver, steps: number): Trace {
  const runner = solver.prepare(d);
  const energies = vec("f64", d.capacity);
  const residuals = vec("f64", d.capacity);
  const seen: Trace = { time: [], energy: [], residual: [] };
  let time = 0;
  for (let t = 0; t <= steps; t++) {
    if (t > 0) {
      runner.run(s, { steps: 1 });
      time += takesTime[solver.kind] ? mean(runner.tally.time, d) : 1;
    }
    d.residual(s, residuals);
    seen.time.push(time);
    seen.residual.push(mean(residuals, d));
    if (!d.energy) continue;
    d.energy(s, energies);
    seen.energy.push(mean(energies, d));
  }
  return seen;
}

function mean(values: Vec, { first, last }: Pick<Dynamics, "first" | "last">): number {
  let sum = 0;
  for (let r = first; r < last; r++) sum += values[r];
  return sum / (last - first);
}
