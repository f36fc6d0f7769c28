import type { Chip } from "../dynamics/chip.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { Solver } from "../solver/euler.ts";
import { settler } from "../solver/settle.ts";
import type { Equilibrium } from "../solver/outcome.ts";
import type { DigitalCopy } from "./copy.ts";

/** Every knob of Algorithm 1; symbols as in the paper. */
export interface LearningOptions {
  readonly solver: Solver;
  /** T⁻ and T⁺. */
  readonly freeSteps: number;
  readonly nudgedSteps: number;
  /** |β|. */
  readonly beta: number;
  /** Both signs of β, and half the difference of the two contrasts: second order in β. */
  readonly centred?: boolean;
  readonly lambda: number;
  /** η, one per layer above the input; θ and φ share them. */
  readonly rates: readonly number[];
  /** The copy learns s⁻ (`free`) or s⁺ (`nudged`). */
  readonly copyTarget?: "free" | "nudged";
}

/** What one minibatch showed. */
export interface Lesson {
  readonly free: Equilibrium;
  /** Samples whose class the settled chip, and the copy's guess, got wrong before learning. */
  readonly wrongChip: number;
  readonly wrongCopy: number;
}

/** Learns from the presented minibatch and its labels; `sign` is that of β this time. */
export type Learner = (labels: ArrayLike<number>, sign: 1 | -1) => Lesson;

/**
 * Initialized equilibrium propagation (Algorithm 1); without a copy, plain equilibrium propagation
 * (Scellier & Bengio 2017): start at zero, no pull.
 *
 *   s ← sᶠ;  s⁻ = settle(E_λ);  s⁺ = settle(E_λ + β‖s_O − y‖²) from s⁻
 *   Δw_ij = (η/β) mean(s⁺_i s⁺_j − s⁻_i s⁻_j),  Δφ = −η ∇ mean ½(sᶠ − s⁻)²
 */
export function learner(chip: Chip, copy: DigitalCopy | null, o: LearningOptions): Learner {
  const settleFree = settler(chip, o.solver, { steps: o.freeSteps });
  const nudge = o.solver.prepare(chip);
  const free = chip.vector(), nudged = chip.vector();
  const lambda = copy ? o.lambda : 0;
  const keep = (to: Slot<Vec>) => { to.array.set(chip.state.array); };
  const settleNudged = (beta: number) => {
    chip.tie({ lambda, beta });
    nudge(chip.state.array, o.nudgedSteps);
  };
  return (labels, sign) => {
    const n = chip.inputs.rows, scale = (beta: number) => o.rates.map((eta) => eta / beta / n);
    const equilibrium = settleFromGuess(chip, copy, lambda, settleFree);
    const wrongChip = countWrong(chip.named(), labels), wrongCopy = copy ? countWrong(chip.named(copy.guess), labels) : 0;
    keep(free);
    chip.target(labels);
    const beta = sign * o.beta;
    settleNudged(beta);
    if (o.centred) {
      keep(nudged);
      chip.start(free);
      settleNudged(-beta);
      chip.adjust(nudged, chip.state, scale(2 * beta));
    } else {
      chip.adjust(chip.state, free, scale(beta));
    }
    copy?.learn(o.copyTarget === "nudged" ? (o.centred ? nudged : chip.state) : free, scale(1));
    return { free: equilibrium, wrongChip, wrongCopy };
  };
}

/** Algorithm 3, on the presented inputs: from the copy's guess (from zero without a copy) to the free equilibrium. */
export function settleFromGuess(chip: Chip, copy: DigitalCopy | null, lambda: number, settleFree: (s: Vec) => Equilibrium): Equilibrium {
  chip.present();
  copy?.forward();
  chip.start(copy?.guess);
  chip.tie({ lambda, beta: 0 });
  return settleFree(chip.state.array);
}

function countWrong(named: ArrayLike<number>, labels: ArrayLike<number>): number {
  let wrong = 0;
  for (let i = 0; i < named.length; i++) if (named[i] !== labels[i]) wrong++;
  return wrong;
}
