import type { Dynamics } from "../../dynamics/dynamics.ts";
import { contentRise } from "../between.ts";
import { naturalResidual } from "../flow.ts";
import { clear, tally, type Observer, type Runner, type Solver, type Tally } from "../solver.ts";
import { requireEnergy } from "./requirements.ts";
import { along, clip, copy } from "./rows.ts";

/** Where a minimiser works: one row of `size` a sample in each array. */
export interface Workspace {
  readonly d: Dynamics;
  /** The iterates, between the rails, and their forces. */
  readonly x: Float64Array;
  readonly f: Float64Array;
  /** The trials, and their forces. */
  readonly y: Float64Array;
  readonly fy: Float64Array;
  /** 1: the sample is on its way; 0: it left. */
  readonly active: Uint8Array;
  /** 1: x is a new iterate; 0: the last trial from this x was turned down. */
  readonly fresh: Uint8Array;
  readonly cost: Tally;
  /** A row-shaped array more. */
  rows(): Float64Array;
  /** out ← F(s) of the samples that `mask` lets through, each counted. */
  force(s: Float64Array, out: Float64Array, mask: Uint8Array): void;
  /** E(x) − E(y) of sample r. */
  fall(r: number): number;
  /** Calls `work` with each sample on its way, and where its row starts and ends. */
  each(work: (r: number, from: number, to: number) => void): void;
}

/** A method of descent: how the next trial is chosen, and whether it is taken. */
export interface Rule {
  /** Forgets the last run; x and f are those of the start. */
  begin(): void;
  /** y ← the next trial of every sample on its way. */
  propose(): void;
  /**
   * Whether y, of force fy, becomes the next iterate of sample r; x and f are still the old ones.
   */
  accept(r: number, from: number, to: number): boolean;
}

/** What a minimiser may take for granted about the energy. */
export interface DescentOptions {
  /**
   * Whether the energy is quadratic (forces linear in the states) but for clamps, as that of every
   * circuit here; true unless given. Then E(x) − E(y) = ½ (F(x) + F(y))·(y − x), less what the
   * clamps take, exactly and for free, and to more digits than a difference of energies has;
   * otherwise the energy is asked for, an evaluation more for each trial.
   */
  readonly quadratic?: boolean;
}

/**
 * A minimiser whose samples try their steps together, one force for all of them, and leave one by
 * one.
 */
export function descent(
  name: string,
  cites: readonly string[],
  { quadratic = true }: DescentOptions,
  rule: (w: Workspace) => Rule,
): Solver {
  return {
    name,
    kind: "minimiser",
    rails: "exact",
    cites,
    prepare(d) {
      requireEnergy(d, name);
      return prepare(d, quadratic, rule);
    },
  };
}

function prepare(d: Dynamics, quadratic: boolean, make: (w: Workspace) => Rule): Runner {
  const { size, capacity } = d;
  const rows = () => new Float64Array(capacity * size);
  const x = rows();
  const f = rows();
  const y = rows();
  const fy = rows();
  const active = new Uint8Array(capacity);
  const fresh = new Uint8Array(capacity);
  const cost = tally(capacity);
  const before = new Float64Array(capacity);
  const after = new Float64Array(capacity);
  const each = (work: (r: number, from: number, to: number) => void) => {
    for (let r = d.first; r < d.last; r++) if (active[r]) work(r, r * size, (r + 1) * size);
  };
  const force = (s: Float64Array, out: Float64Array, mask: Uint8Array) => {
    d.force(s, out, mask);
    for (let r = d.first; r < d.last; r++) cost.evaluations[r] += mask[r];
  };
  const weigh = (s: Float64Array, out: Float64Array) => {
    if (quadratic) return;
    d.energy!(s, out);
    each((r) => cost.evaluations[r]++);
  };
  const left = () => {
    for (let r = d.first; r < d.last; r++) if (active[r]) return true;
    return false;
  };
  const fall = (r: number) =>
    quadratic
      ? 0.5 *
          (along(f, y, x, r * size, (r + 1) * size) + along(fy, y, x, r * size, (r + 1) * size)) -
        contentRise(d, x, y, r)
      : before[r] - after[r];
  /** Lets a sample go that is within the tolerance, or beyond numbers. */
  const leave = (r: number, tolerance: number) => {
    const residual = naturalResidual(d, x, f, r);
    if (residual <= tolerance || Number.isNaN(residual)) active[r] = 0;
  };
  const take = (r: number, from: number, to: number, see?: Observer) => {
    see?.(r, cost.steps[r], 1, (theta, out) => {
      for (let i = from; i < to; i++) out[i - from] = (1 - theta) * x[i] + theta * y[i];
    });
    copy(x, y, from, to);
    copy(f, fy, from, to);
    before[r] = after[r];
    cost.steps[r]++;
  };
  const rule = make({ d, x, f, y, fy, active, fresh, cost, rows, force, fall, each });
  return {
    tally: cost,
    run(s, { steps, tolerance = -1 }, see) {
      const { first, last } = d;
      clear(cost, first, last);
      active.fill(1, first, last);
      fresh.fill(1, first, last);
      each((_, from, to) => clip(x, s, d.low, d.high, from, to));
      force(x, f, active);
      weigh(x, before);
      each((r) => leave(r, tolerance));
      rule.begin();
      for (let t = 0; t < steps && left(); t++) {
        rule.propose();
        force(y, fy, active);
        weigh(y, after);
        each((r, from, to) => {
          const taken = rule.accept(r, from, to);
          fresh[r] = taken ? 1 : 0;
          if (!taken) {
            cost.rejected[r]++;
            return;
          }
          take(r, from, to, see);
          leave(r, tolerance);
        });
      }
      s.set(x.subarray(first * size, last * size), first * size);
      d.project(s);
    },
  };
}
