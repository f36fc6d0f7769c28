import { nudgedByCurrents } from "../../circuit/circuit.ts";
import type { Terminals } from "../../circuit/die.ts";
import type { Chip } from "../../dynamics/chip.ts";
import { pi } from "../../solver/controllers.ts";
import { explicit } from "../../solver/explicit.ts";
import { integrate } from "../../solver/integrate.ts";
import { blockDescent } from "../../solver/minimise/block-descent.ts";
import { handOver } from "../../solver/minimise/hand-over.ts";
import { settle } from "../../solver/settle.ts";
import type { Solver } from "../../solver/solver.ts";
import { dormandPrince } from "../../solver/tableaux.ts";

/** What the states are tied to, in both phases and in the second. */
export interface Legs {
  readonly lambda: number;
  readonly beta: number;
}
export interface PhaseTimes {
  readonly free: number;
  readonly nudged: number;
}

/**
 * Far below what is compared: a millionth of a thousandth of the swing. Clamps that give are
 * stepped implicitly at first order, where that would take millions of steps; a hundredth of what
 * is allowed is as good there.
 */
const flow = ({
  circuit: {
    neuron: { clamp },
  },
}: Chip) =>
  explicit(
    dormandPrince,
    pi(clamp === "ideal" ? { rtol: 1e-9, atol: 1e-10 } : { rtol: 1e-5, atol: 1e-6 }),
  );
const settled = 1e-7;
const exactly = 1e-11;
/** A chip that moves for longer than this (in τ) is not waited for. */
const longest = 500;
const shortest = 5;
const steps = 1_000_000;
/** Points of a phase where ngspice gives none. */
const own = 400;

/** How long each phase takes to settle, in whole τ. */
export function settlingTimes(
  chip: Chip,
  start: () => void,
  { lambda, beta }: Legs,
): PhaseTimes & { readonly notes: readonly string[] } {
  const notes: string[] = [];
  const solver = flow(chip);
  const leg = (name: string) => {
    const {
      samples: [end],
    } = settle(chip, chip.state.array, solver, { steps, tolerance: settled, time: longest });
    if (end.outcome !== "settled")
      notes.push(
        `after ${longest} τ the ${name} phase has not settled (residual ` +
          `${end.residual.toExponential(1)}); what is compared is where it stands then`,
      );
    return Math.max(shortest, Math.ceil(end.tau));
  };
  start();
  const free = leg("free");
  chip.tie({ lambda, beta });
  return { free, nudged: leg("nudged"), notes };
}

/**
 * What sets the currents of the nudge where such nudge: the outputs after `free` τ, or where they
 * settle.
 */
export function errorsAfter(
  chip: Chip,
  start: () => void,
  { lambda, beta }: Legs,
  free?: number,
): Pick<Terminals, "errors"> {
  if (!nudgedByCurrents(chip.circuit) || beta === 0 || (free === undefined && !chip.sweep))
    return {};
  start();
  if (free === undefined)
    settle(chip, chip.state.array, blockDescent(), { steps: 10_000, tolerance: exactly });
  else settle(chip, chip.state.array, flow(chip), { steps, time: free });
  chip.tie({ lambda, beta });
  return { errors: chip.terminals(0).errors };
}

/**
 * Our waveform: states [point][size] at `tau`, counted from the start of the free phase, and both
 * ends.
 */
export interface OurWaveform {
  readonly name: string;
  readonly tau: Float64Array;
  readonly states: readonly Float64Array[];
  readonly free: Float64Array;
  readonly nudged: Float64Array;
  readonly evaluations: number;
  readonly seconds: number;
}

/** Integrates both phases; at the points of ngspice where there are such. */
export function ode(
  chip: Chip,
  start: () => void,
  { lambda, beta }: Legs,
  { free, nudged }: PhaseTimes,
  at: Float64Array | null,
  now: () => number,
): OurWaveform {
  const all =
    at ??
    Float64Array.from({ length: 2 * own }, (_, k) =>
      k < own ? (free * k) / (own - 1) : free + (nudged * (k - own)) / (own - 1),
    );
  // Of two equal times the first belongs to the free phase.
  const last = all.findLastIndex((t) => t <= free);
  const tau = { free: all.slice(0, last + 1), nudged: all.slice(last + 1) };
  const solver = flow(chip);
  const leg = (from: Float64Array, end: number, points: Float64Array) =>
    integrate(chip, from, solver, {
      end,
      saveAt: [...points.map((t) => Math.min(Math.max(t, 0), end)), end],
      steps,
    });
  start();
  const begin = now();
  const first = leg(Float64Array.from(chip.state.array), free, tau.free);
  const middle = first.states.at(-1)!;
  // Currents of the nudge are set by the state of the chip itself.
  chip.state.array.set(middle);
  chip.touch();
  chip.tie({ lambda, beta });
  const second = leg(
    middle,
    nudged,
    tau.nudged.map((t) => t - free),
  );
  const seconds = (now() - begin) / 1000;
  return {
    name: solver.name,
    tau: all,
    states: [...first.states.slice(0, -1), ...second.states.slice(0, -1)],
    free: middle,
    nudged: second.states.at(-1)!,
    seconds,
    evaluations: first.equilibrium.stats.evaluations + second.equilibrium.stats.evaluations,
  };
}

export interface OurEquilibria {
  readonly name: string;
  readonly free: Float64Array;
  readonly nudged: Float64Array;
  readonly evaluations: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}

/** Runs of which the fastest counts: the first ones are still being compiled. */
const rounds = 5;
/** States apart by more than this are different equilibria. */
const elsewhere = 1e-3;

/**
 * Both equilibria by block descent; by a flow that hands over to it where block descent alone ends
 * elsewhere than `ends`, which are null where no flow has settled. Null without an energy.
 */
export function minimise(
  chip: Chip,
  start: () => void,
  legs: Legs,
  ends: Pick<OurWaveform, "free" | "nudged"> | null,
  now: () => number,
): OurEquilibria | null {
  if (!chip.sweep || !chip.energy) return null;
  const alone = fastest(chip, start, legs, blockDescent(), now);
  if (!ends) return { ...alone, notes: [] };
  const { free, nudged } = ends;
  if (apart(chip, alone.free, free) <= elsewhere && apart(chip, alone.nudged, nudged) <= elsewhere)
    return { ...alone, notes: [] };
  const led = fastest(chip, start, legs, handOver(flow(chip), blockDescent()), now);
  const found =
    apart(chip, led.free, free) <= elsewhere && apart(chip, led.nudged, nudged) <= elsewhere;
  return {
    ...led,
    notes: [
      "the chip has several equilibria: block descent alone ends in another one, so a flow " +
        `goes first${found ? "" : ", and even so it ends elsewhere"}`,
    ],
  };
}

function fastest(
  chip: Chip,
  start: () => void,
  { lambda, beta }: Legs,
  solver: Solver,
  now: () => number,
): Omit<OurEquilibria, "notes"> {
  const runs = Array.from({ length: rounds }, () => {
    start();
    const begin = now();
    const s = chip.state.array;
    const first = settle(chip, s, solver, { steps: 10_000, tolerance: exactly });
    const free = Float64Array.from(s.subarray(0, chip.size));
    chip.tie({ lambda, beta });
    const second = settle(chip, s, solver, { steps: 10_000, tolerance: exactly });
    return {
      name: solver.name,
      free,
      nudged: Float64Array.from(s.subarray(0, chip.size)),
      seconds: (now() - begin) / 1000,
      evaluations: first.stats.evaluations + second.stats.evaluations,
    };
  });
  return runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

function apart({ size }: Chip, a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let i = 0; i < size; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}
