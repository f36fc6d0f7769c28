import type { Dynamics } from "../dynamics/dynamics.ts";
import type { Vec } from "../numerics/vec.ts";
import { crossing, cubicAt, firstZero, peak, type Cubic } from "./events.ts";
import { naturalResidual } from "./flow.ts";
import type { Tally } from "./solver.ts";
import type { Tableau } from "./tableaux.ts";

/** One sample's steps with some of its units held at their rails. */
export interface HeldStep {
  /** [size]: the state before the step. */
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
const free = 0;
const atLow = -1;
const atHigh = 1;

export function heldStep(d: Dynamics, { a, b, error, dense }: Tableau, cost: Tally): HeldStep {
  const { state: stateSlack, force: forceSlack } = d.rate instanceof Float32Array ? single : double;
  const n = d.size;
  const row = () => new Float64Array(n);
  const active = new Uint8Array(d.capacity);
  const wide = new Float64Array(d.capacity * n);
  const wideForce = new Float64Array(d.capacity * n);
  const s = row();
  const next = row();
  const force = row();
  const nextForce = row();
  const low = row();
  const high = row();
  const rate = row();
  const slack = row();
  /** Slopes of the stages, the one at the end last. */
  const k = Array.from({ length: b.length + 1 }, row);
  const end = k[b.length];
  const held = new Int8Array(n);
  const due = new Uint8Array(n);
  const candidates: number[] = [];
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
  /** out ← s + h Σ weights_j k_j. */
  const combine = (h: number, weights: readonly number[], out: Float64Array) => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += weights[j] * k[j][i];
      out[i] = s[i] + h * sum;
    }
  };
  const take = (h: number) => {
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
  };
  /**
   * By how much unit i is past its event, in units of its slack: beyond its rail, or held with a
   * force that points inward.
   */
  const past = (i: number, state: Float64Array, f: Float64Array): number => {
    if (low[i] === high[i]) return -Infinity;
    if (held[i] !== free) return (-held[i] * f[i]) / forceSlack;
    return Math.max(low[i] - state[i], state[i] - high[i]) / slack[i];
  };
  const furthest = () =>
    candidates.reduce((top, i) => Math.max(top, past(i, next, nextForce)), -Infinity);
  /**
   * Lists the units that are past their event at the end of the proposed step; whether there are
   * any.
   */
  const list = (): boolean => {
    candidates.length = 0;
    for (let i = 0; i < n; i++) if (past(i, next, nextForce) > 1) candidates.push(i);
    return candidates.length > 0;
  };
  /** Of a unit, past(θ) by what is known at both ends of the step. */
  const course = (i: number, h: number): Cubic => {
    const from = past(i, s, force);
    const to = past(i, next, nextForce);
    if (held[i] !== free) return { from, to, slopeFrom: to - from, slopeTo: to - from };
    const sign = (low[i] - next[i] > next[i] - high[i] ? -h : h) / slack[i];
    return { from, to, slopeFrom: sign * k[0][i], slopeTo: sign * end[i] };
  };
  /**
   * The earliest moment, as a part of the step, at which a unit that ends between its rails seems
   * furthest beyond one.
   */
  const excursion = (h: number): number => {
    let first = 1;
    for (let i = 0; i < n; i++) {
      if (held[i] !== free) continue;
      for (const [rail, sign] of [
        [low[i], -1],
        [high[i], 1],
      ] as const) {
        const c: Cubic = {
          from: sign * (s[i] - rail),
          to: sign * (next[i] - rail),
          slopeFrom: sign * h * k[0][i],
          slopeTo: sign * h * end[i],
        };
        if (c.to > slack[i]) continue;
        const theta = peak(c);
        if (theta < first && cubicAt(c, theta) > slack[i]) first = theta;
      }
    }
    return first;
  };
  /**
   * Proposes the step that ends at the first event before h, given that the candidates are past
   * theirs at h.
   */
  const locate = (h: number): number => {
    const at = (length: number) => {
      take(length);
      return furthest();
    };
    const guess = h * Math.min(...candidates.map((i) => firstZero(course(i, h), 1)));
    const top = furthest();
    let from = 0;
    let before = candidates.reduce((most, i) => Math.max(most, past(i, s, force)), -Infinity);
    // Units that start at their rail may leave it and come back: look for a moment when they were
    // away.
    for (let length = h / 2; before >= -1; length /= 8) {
      if (length < 1e-12 * h) {
        take(0);
        return 0;
      }
      from = length;
      before = at(length);
    }
    return crossing(at, from, before, h, top, guess);
  };
  return {
    s,
    take,
    enter(r, states) {
      sample = r;
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
    untilEvent(h) {
      let until = h;
      const sooner = excursion(h);
      if (sooner < 1) {
        take((until = sooner * h));
        if (!list()) take((until = h));
      }
      due.fill(0);
      if (!list()) return until;
      const length = locate(until);
      const nearest = furthest();
      for (const i of candidates) if (past(i, next, nextForce) >= Math.min(-1, nearest)) due[i] = 1;
      return length;
    },
    interpolate(theta, out) {
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
