import { nudgingOf, usualSchemes, type Nudging, type Scheme } from "../circuit/nudging.ts";
import type { Chip } from "../dynamics/chip.ts";
import { cacheful } from "../dynamics/motion/moves.ts";
import type { Ties } from "../energy/hopfield.ts";
import { InputError } from "../numerics/errors.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import { partOf } from "../numerics/kernels/team.ts";
import type { Vec } from "../numerics/vec.ts";
import type { Equilibrium } from "../solver/outcome.ts";
import { verdict } from "../solver/settle.ts";
import { readingOf } from "./reading.ts";
import type { Solver, Stop } from "../solver/solver.ts";
import type { DigitalCopy } from "./copy.ts";
import { compared } from "./compared.ts";
import { costs } from "./costs.ts";
import { downEnergy } from "./downhill.ts";
import { begin, pulled, startFrom, type Start } from "./enter.ts";

/** How one phase settles. */
export interface Phase {
  readonly solver: Solver;
  readonly stop: Stop;
}

/** What a copy learns to guess, or goes down. */
type CopyTarget = "free" | "nudged" | "energy";

/** Every knob of Algorithm 1; symbols as in the paper. */
export interface LearningOptions {
  /**
   * What settles each phase, and when it stops: after T⁻ and T⁺ steps, or sample by sample within a
   * tolerance.
   */
  readonly free: Phase;
  readonly nudged: Phase;
  /** |β|. */
  readonly beta: number;
  /** What the nudged phases are, and what is formed of their readings; one-sided unless given. */
  readonly scheme?: Scheme;
  readonly lambda: number;
  /** η, one per layer above the input; θ and φ share them unless the copy has its own. */
  readonly rates: readonly number[];
  readonly copyRates?: readonly number[];
  /**
   * The copy learns s⁻ (`free`) or s⁺ (`nudged`), or descends the chip's energy at its own guess
   * (`energy`).
   */
  readonly copyTarget?: CopyTarget;
  /**
   * Without a copy: `learn` settles from where the caller says each sample ended last (see
   * `Learner.persistent`).
   */
  readonly persistent?: boolean;
}

/** Networks at work, on the minibatch that the chip's inputs present. */
export interface Trainer {
  /**
   * One step of learning on the presented samples and their labels; `sign` is that of β and
   * `lambda` the pull to the copy's guess (eq. 10) this time. Every member of a team calls it.
   */
  learn(sign: 1 | -1, lambda?: number): void;
  /** Names the presented samples without learning. Every member of a team calls it. */
  settle(lambda?: number): void;
  /** Whether all that was named last came from finite numbers. */
  readonly finite: boolean;
  /**
   * `[capacity × size]`: s⁻, where the last free phase ended as the readout says: what the copy
   * learns; null where no chip settles.
   */
  readonly settled: Slot<Vec> | null;
  /** The largest natural residual at the end of the last free phase; null where no chip settles. */
  readonly residual: number | null;
  /**
   * Evaluations of F in the last free phase and, after `learn`, in the last nudged one, over all
   * samples.
   */
  readonly evaluations: { readonly free: number; readonly nudged: number };
  /**
   * Per sample, the class that the last free phase (s⁻) and the copy's guess (sᶠ) named; null where
   * no chip settles.
   */
  readonly namedByChip: Slot<Int32Array> | null;
  readonly namedByCopy: Slot<Int32Array>;
  /** [capacity × size]: sᶠ, what the copy guessed last; null without a copy. */
  readonly guess: Slot<Vec> | null;
}

/**
 * A chip and its copy at work: `learn` is Algorithm 1, `settle` Algorithm 3, from the copy's guess
 * or from zero without a copy.
 */
export interface Learner extends Trainer {
  readonly settled: Slot<Vec>;
  readonly residual: number;
  readonly namedByChip: Slot<Int32Array>;
  /** `[capacity × size]` each: the two states that the last lesson compared. */
  readonly compared: { readonly high: Slot<Vec>; readonly low: Slot<Vec> };
  /** How the last free phase ended, over all samples. */
  readonly free: Equilibrium;
  /**
   * [capacity × size] each: where the samples presented next begin their free phase, and where the
   * last ones ended it; null without persistent states.
   */
  readonly persistent: { readonly begin: Slot<Vec>; readonly end: Slot<Vec> } | null;
}

/**
 * Initialized equilibrium propagation (Algorithm 1); without a copy, plain equilibrium propagation
 * (Scellier & Bengio 2017): start at zero, no pull.
 *
 *   s ← sᶠ;  s⁻ = settle(E_λ);  s⁺ = settle(E_λ + β‖s_O − y‖²) from s⁻
 *   Δw_ij = (η/β) mean(s⁺_i s⁺_j − s⁻_i s⁻_j),  Δφ = −η ∇ mean ½(sᶠ − s⁻)²
 *
 * With persistent states the free phase of a sample starts where that of its last visit ended.
 * @throws InputError where the copy is to descend an energy that the chip has not.
 */
export function learner(chip: Chip, copy: DigitalCopy | null, o: LearningOptions): Learner {
  const { inputs: x, memory } = chip;
  const nudging = nudgingOf(o.scheme ?? usualSchemes["one-sided"]);
  const at = phasesOn(chip, copy, o, nudging);
  const { free, states, cost, named } = at;
  const persistent = o.persistent ? { begin: chip.vector(), end: free } : null;
  const { high, low } = states;
  const copyTarget = at.targets[o.copyTarget ?? "free"];
  const scaled = (divisor: number, rates = o.rates) => rates.map((eta) => eta / divisor / x.rows);
  return {
    namedByChip: named.chip,
    namedByCopy: named.copy,
    settled: free,
    compared: { high, low },
    guess: copy && copy.guess,
    get free() {
      return verdict(
        chip,
        free.array.subarray(0, x.rows * chip.size),
        chip.residuals.array,
        cost.free,
        o.free.stop,
      );
    },
    persistent,
    get finite() {
      return Number.isFinite(this.residual);
    },
    get residual() {
      return worst(chip.residuals.array.subarray(0, x.rows));
    },
    get evaluations() {
      return {
        free: total(cost.free.evaluations.subarray(0, x.rows)),
        nudged: total(cost.nudged.evaluations.subarray(0, x.rows)),
      };
    },
    learn(sign, pull = o.lambda) {
      const lambda = pulled(copy, pull);
      const beta = sign * o.beta;
      const k = scaled(beta * nudging.span);
      const kCopy = scaled(1, o.copyRates);
      eachCacheful(chip, () => {
        at.settleFree(lambda, persistent?.begin ?? "guess");
        at.settleNudged({ lambda, beta });
        chip.contrast(high, low, k);
        copy?.compare(copyTarget, kCopy);
      });
      // Members now read what the others settled, and write weights that the others will use.
      chip.adjust(high, low, k, free);
      copy?.adjust();
      memory.team.barrier();
    },
    settle(pull = o.lambda) {
      eachCacheful(chip, () => {
        at.settleFree(pulled(copy, pull), "guess");
      });
    },
  };
}

/** The states that a lesson compares, and what settles the samples in focus into them. */
function phasesOn(chip: Chip, copy: DigitalCopy | null, o: LearningOptions, nudging: Nudging) {
  const { phases, goesOn } = nudging;
  const { memory } = chip;
  const descends = copy !== null && o.copyTarget === "energy";
  if (descends && !chip.energy)
    throw new InputError(
      `the copy is to descend the energy of ${chip.circuit.name}, whose synapses are not ` +
        "reciprocal: it has none; let the copy learn the free equilibrium",
    );
  const runner = { free: o.free.solver.prepare(chip), nudged: o.nudged.solver.prepare(chip) };
  const read = {
    free: readingOf(chip, o.free, runner.free),
    nudged: readingOf(chip, o.nudged, runner.nudged),
  };
  const free = chip.vector();
  const states = compared(chip, nudging, free);
  const downhill = descends ? chip.vector() : free;
  const cost = { free: costs(chip), nudged: costs(chip) };
  const named = { chip: memory.ints(chip.capacity), copy: memory.ints(chip.capacity) };
  return {
    free,
    states,
    cost,
    named,
    targets: { free, nudged: states.high, energy: downhill } satisfies Readonly<
      Record<CopyTarget, Slot<Vec>>
    >,
    settleFree(lambda: number, from: Start) {
      begin({ chip, copy }, from);
      if (descends) downEnergy(chip, downhill);
      chip.tie({ lambda, beta: 0 });
      runner.free.run(chip.state.array, o.free.stop);
      chip.residual(chip.state.array, chip.residuals.array);
      // The nudged phase moves on from here; what is said of the free one must not.
      cost.free.clear();
      cost.free.add(runner.free.tally);
      cost.free.evaluated(read.free(free, true));
      chip.name(free, named.chip);
      if (copy) chip.name(copy.guess, named.copy);
    },
    /** Every nudged phase, from where the free one ended. */
    settleNudged({ lambda, beta }: Ties) {
      cost.nudged.clear();
      states.begin();
      phases.forEach((phase, k) => {
        if (k > 0 && !goesOn) startFrom({ chip, copy }, free);
        chip.tie({ lambda, beta: phase.beta * beta });
        runner.nudged.run(chip.state.array, o.nudged.stop);
        cost.nudged.add(runner.nudged.tally);
        if (phase.high === 0 && phase.low === 0) return;
        const held = !goesOn && k < phases.length - 1;
        states.take(k, (to) => cost.nudged.evaluated(read.nudged(to, held)));
      });
    },
  };
}

/**
 * Does something with this member's samples, a cacheful from guess to contrast at a time, and waits
 * for the others.
 */
export function eachCacheful({ inputs: x, memory: { team } }: Chip, work: () => void): void {
  const [first, last] = partOf(x.rows, team);
  for (let at = first; at < last; at += cacheful) {
    x.focus(at, Math.min(at + cacheful, last));
    work();
  }
  x.focus(0, x.rows);
  team.barrier();
}

/** How many of the presented samples were named wrongly. */
export function countWrong(named: Slot<Int32Array>, chip: Chip): number {
  const { rows, labels } = chip.inputs;
  let wrong = 0;
  for (let i = 0; i < rows; i++) if (named.array[i] !== labels.array[i]) wrong++;
  return wrong;
}

const total = (counts: Int32Array) => counts.reduce((sum, n) => sum + n, 0);

/** The maximum, NaN if any entry is. */
function worst(residuals: Vec): number {
  let top = 0;
  for (const r of residuals) if (r > top || Number.isNaN(r)) top = r;
  return top;
}
