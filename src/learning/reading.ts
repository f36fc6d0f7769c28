import { power } from "../numerics/power.ts";
import { readingWindow } from "../circuit/integrators.ts";
import type { Chip } from "../dynamics/chip.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { FixedStep } from "../solver/euler.ts";
import { takesTime, type Runner, type Solver } from "../solver/solver.ts";

/**
 * to ← what is read of the samples in focus when a phase has settled, the evaluations of F that it
 * took of each returned.
 */
type Reading = (to: Slot<Vec>, held?: boolean) => number;

/** Parts of a window that a flow without steps of one length is looked at, τ. */
const glance = 0.25;

/**
 * How a phase is read: at once, or through the circuit's integrators, during whose window the phase
 * goes on. Flows of equal steps go on by fused Euler steps of that length; others, on circuits that
 * are silent, by themselves; a minimiser knows no time, and its equilibrium is its own mean.
 * @param runner of the phase; its tally is another one afterwards.
 */
export function readingOf(
  chip: Chip,
  { solver }: { readonly solver: Solver },
  runner: Runner,
): Reading {
  const window = readingWindow(chip.circuit);
  if (window === 0 || !takesTime[solver.kind] || !chip.average)
    return (to, held) => {
      chip.read(to, held);
      return 0;
    };
  const { leak } = chip.circuit.readout!;
  const mean = chip.vector();
  const asked = isFixed(solver) ? solver.step : glance;
  const steps = Math.max(1, Math.round(window / asked));
  const step = window / steps;
  const keep = power(1 - leak, 1 / steps);
  const follow = isFixed(solver)
    ? () => {
        chip.average!(chip.state.array, step, steps, keep, mean.array);
      }
    : () => {
        followed(chip, runner, { step, steps, keep }, mean.array);
      };
  return (to, held) => {
    follow();
    chip.read(to, held, mean);
    return steps;
  };
}

function isFixed(solver: Solver): solver is FixedStep {
  return "step" in solver;
}

/** Parts of a window, and what an integrator keeps in each. */
interface Parts {
  readonly step: number;
  readonly steps: number;
  readonly keep: number;
}

/** mean ← by trapezoids, of a flow that takes steps of its own. */
function followed(chip: Chip, runner: Runner, { step, steps, keep }: Parts, mean: Vec): void {
  const { state, size, first, last } = chip;
  const from = first * size;
  const to = last * size;
  let whole = 0;
  mean.fill(0, from, to);
  const add = (k: number) => {
    whole += k;
    for (let i = from; i < to; i++) mean[i] += k * state.array[i];
  };
  add(0.5);
  for (let k = 1; k <= steps; k++) {
    runner.run(state.array, { steps: mostSteps, time: step });
    whole *= keep;
    if (keep !== 1) for (let i = from; i < to; i++) mean[i] *= keep;
    add(k === steps ? 0.5 : 1);
  }
  for (let i = from; i < to; i++) mean[i] /= whole;
}

/** Of a part of a window, beyond which a step of its flow has no length any more. */
const mostSteps = 10_000;
