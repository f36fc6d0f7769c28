import type { Dynamics } from "../../dynamics/dynamics.ts";
import { InputError } from "../../numerics/errors.ts";
import { random, type Random } from "../../numerics/random.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import { settle } from "../settle.ts";
import type { Solver } from "../solver.ts";

/** From how many starts equilibria are looked for, and when two are one. */
export interface ProbeOptions {
  /**
   * How many starts, at least 2: as given, zero, all units on the upper rail, then corners and
   * uniform states in turn.
   */
  readonly starts?: number;
  readonly seed?: number;
  /** Natural residual and steps of each run. */
  readonly tolerance?: number;
  readonly steps?: number;
  /** States nearer than this, unit by unit, are one equilibrium. */
  readonly separation?: number;
  /** Is told after each start. */
  readonly told?: () => void;
}

/** The equilibria that one sample was seen to have. */
export interface Basins {
  readonly equilibria: readonly Basin[];
  /** Starts from which it did not settle. */
  readonly unsettled: number;
}

/** One equilibrium, and the starts that lead there. */
export interface Basin {
  /** [size]. */
  readonly state: Float64Array;
  /** Where an energy exists. */
  readonly energy?: number;
  /** Starts that ended here. */
  readonly starts: readonly string[];
}

/**
 * Settles every sample in focus from several starts and counts the distinct equilibria, most
 * visited first. More than one proves multistability; one proves nothing (`certificate` does). `s`
 * is the first start, and is left as it was.
 */
export function probeBasins(
  d: Dynamics,
  s: Vec,
  solver: Solver,
  {
    starts = 8,
    seed = 1,
    tolerance = 1e-6,
    steps = 5000,
    separation = 1e-3,
    told,
  }: ProbeOptions = {},
): readonly Basins[] {
  if (!(starts >= 2))
    throw new InputError(
      `probeBasins: starts is ${starts}, expected at least 2: one start finds one equilibrium`,
    );
  const begin = s.slice();
  const energies = vec("f64", d.capacity);
  const samples = d.last - d.first;
  const found = Array.from({ length: samples }, (): (Basin & { starts: string[] })[] => []);
  const unsettled = new Int32Array(samples);
  for (let k = 0; k < starts; k++) {
    const name = place(d, s, begin, k, random(seed, "basins", k));
    d.project(s);
    const ended = settle(d, s, solver, { steps, tolerance });
    d.energy?.(s, energies);
    ended.samples.forEach(({ outcome }, i) => {
      if (outcome !== "settled") {
        unsettled[i]++;
        return;
      }
      const r = d.first + i;
      const state = Float64Array.from(s.subarray(r * d.size, (r + 1) * d.size));
      const known = found[i].find((b) =>
        b.state.every((x, j) => Math.abs(x - state[j]) <= separation),
      );
      if (known) known.starts.push(name);
      else found[i].push({ state, starts: [name], ...(d.energy ? { energy: energies[r] } : {}) });
    });
    told?.();
  }
  s.set(begin);
  d.project(s);
  return found.map((equilibria, i) => ({
    equilibria: equilibria.sort((a, b) => b.starts.length - a.starts.length),
    unsettled: unsettled[i],
  }));
}

/** Writes start number k into s and names it; where there are no rails, ±1 stands for them. */
function place(d: Dynamics, s: Vec, given: Vec, k: number, rng: Random): string {
  const low = (j: number) => Math.max(d.low[j], -1);
  const high = (j: number) => Math.min(d.high[j], 1);
  const fill = (name: string, of: (j: number) => number): string => {
    for (let i = d.first * d.size; i < d.last * d.size; i++) s[i] = of(i % d.size);
    return name;
  };
  if (k === 0) {
    s.set(given);
    return "given";
  }
  if (k === 1) return fill("zero", () => 0);
  if (k === 2) return fill("upper rail", high);
  if (k % 2 === 1) return fill(`corner ${k}`, (j) => (rng.uniform() < 0.5 ? low(j) : high(j)));
  return fill(`uniform ${k}`, (j) => low(j) + (high(j) - low(j)) * rng.uniform());
}
