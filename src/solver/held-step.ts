import type { Dynamics } from "../dynamics/dynamics.ts";
import type { Vec } from "../numerics/vec.ts";
import { cubicAt } from "./events.ts";
import { naturalResidual } from "./flow.ts";
import { atHigh, atLow, eventsIn, free, type Proposal } from "./held-events.ts";
import type { Tally } from "./solver.ts";
import type { Tableau } from "./tableaux.ts";

/** One sample's steps with some of its units held at their rails. */
interface HeldStep {
  /** `[size]`: the state before the step. */
  readonly s: Float64Array;
  /** Takes sample r out of `states`, and holds units on rails whose force points outward. */
  enter(r: number, states: Vec): void;
  /** The natural residual of `s`. */
  residual(): number;
  /** Proposes a step of length h. */
  take(h: number): void;
  /** Of the proposed step: max |error| / (atol + rtol·|s|). */
  error(rtol: number, atol: number): number;
  /**
   * Shortens the proposed step of length h to the first event in it, if there is one; returns its
   * length.
   */
  untilEvent(h: number): number;
  /** The state within the proposed step. */
  interpolate(theta: number, out: Float64Array): void;
  /** Takes the proposed step, and lets the units of the event go or holds them. */
  accept(): void;
}

/**
 * What rounding leaves of a state at its rail, relative to the rail, and of a force at its zero,
 * where forces are in double and in single precision.
 */
const double = { state: 1e-14, force: 1e-12 };
const single = { state: 1e-8, force: 1e-6 };
export function heldStep(d: Dynamics, tableau: Tableau, cost: Tally): HeldStep {
  const { error, dense } = tableau;
  const { state: stateSlack, force: forceSlack } = d.rate instanceof Float32Array ? single : double;
  const n = d.size;
  const p = proposal(n, tableau.b.length, forceSlack);
  const { s, next, force, nextForce, low, high, rate, slack, k, end, held } = p;
  const { take, combine, enter, evaluate, length } = stages(d, tableau, cost, p);
  const events = eventsIn(p, take);
  const due = new Uint8Array(n);
  return {
    s,
    take,
    enter(r, states) {
      enter(r);
      held.fill(free);
      due.fill(0);
      for (let i = 0; i < n; i++) {
        low[i] = d.low[i];
        high[i] = d.high[i];
        rate[i] = d.rate[i];
        slack[i] =
          stateSlack *
          Math.max(1, ...[Math.abs(low[i]), Math.abs(high[i])].filter(Number.isFinite));
        s[i] = Math.min(Math.max(states[r * n + i], low[i]), high[i]);
      }
      evaluate(s, force);
      for (let i = 0; i < n; i++)
        held[i] =
          s[i] === low[i] && force[i] <= 0
            ? atLow
            : s[i] === high[i] && force[i] >= 0
              ? atHigh
              : free;
    },
    residual: () => naturalResidual({ low, high }, s, force, 0),
    error(rtol, atol) {
      const taken = length();
      let top = 0;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < error!.length; j++) sum += error![j] * k[j][i];
        const e =
          Math.abs(taken * sum) / (atol + rtol * Math.max(Math.abs(s[i]), Math.abs(next[i])));
        if (!(e <= top)) top = Number.isNaN(top) ? top : e;
      }
      return top;
    },
    untilEvent: (h) => events.until(h, due),
    interpolate(theta, out) {
      const taken = length();
      if (dense) combine(taken, dense(theta), out);
      for (let i = 0; i < n; i++) {
        if (!dense)
          out[i] = cubicAt(
            { from: s[i], to: next[i], slopeFrom: taken * k[0][i], slopeTo: taken * end[i] },
            theta,
          );
        out[i] = Math.min(Math.max(out[i], low[i]), high[i]);
      }
    },
    accept() {
      for (let i = 0; i < n; i++) {
        s[i] = Math.min(Math.max(next[i], low[i]), high[i]);
        force[i] = nextForce[i];
        if (due[i] === 0) continue;
        const beyondLow = low[i] - next[i] > next[i] - high[i];
        held[i] = held[i] !== free ? free : beyondLow ? atLow : atHigh;
        if (held[i] !== free) s[i] = beyondLow ? low[i] : high[i];
      }
    },
  };
}

function proposal(n: number, stageCount: number, forceSlack: number): Proposal {
  const row = () => new Float64Array(n);
  const k = Array.from({ length: stageCount + 1 }, row);
  return {
    s: row(),
    next: row(),
    force: row(),
    nextForce: row(),
    low: row(),
    high: row(),
    rate: row(),
    slack: row(),
    forceSlack,
    k,
    end: k[stageCount],
    held: new Int8Array(n),
  };
}

/** The stages of a Runge–Kutta step of one sample, in which held units stand still. */
function stages(d: Dynamics, { a, b }: Tableau, cost: Tally, p: Proposal) {
  const { s, next, force, nextForce, rate, k, end, held } = p;
  const n = d.size;
  const active = new Uint8Array(d.capacity);
  const wide = new Float64Array(d.capacity * n);
  const wideForce = new Float64Array(d.capacity * n);
  let sample = 0;
  let taken = 0;

  const evaluate = (at: Float64Array, out: Float64Array) => {
    wide.set(at, sample * n);
    active[sample] = 1;
    d.force(wide, wideForce, active);
    active[sample] = 0;
    cost.evaluations[sample]++;
    for (let i = 0; i < n; i++) out[i] = wideForce[sample * n + i];
  };
  const slopes = (f: Float64Array, out: Float64Array) => {
    for (let i = 0; i < n; i++) out[i] = held[i] === free ? rate[i] * f[i] : 0;
  };
  const combine = (h: number, weights: readonly number[], out: Float64Array) => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += weights[j] * k[j][i];
      out[i] = s[i] + h * sum;
    }
  };
  return {
    /** Of which sample the steps are. */
    enter(r: number): void {
      sample = r;
    },
    evaluate,
    /** out ← s + h Σ weights_j k_j. */
    combine,
    /** Of the step that was proposed last. */
    length: () => taken,
    take(h: number): void {
      taken = h;
      slopes(force, k[0]);
      for (let j = 0; j < a.length; j++) {
        combine(h, a[j], next);
        evaluate(next, nextForce);
        slopes(nextForce, k[j + 1]);
      }
      combine(h, b, next);
      evaluate(next, nextForce);
      slopes(nextForce, end);
    },
  };
}
