import { crossing, cubicAt, firstZero, peak, type Cubic } from "./events.ts";

export const free = 0;
export const atLow = -1;
export const atHigh = 1;

/** The step of one sample at work; all arrays [size]. */
export interface Proposal {
  readonly s: Float64Array;
  readonly next: Float64Array;
  readonly force: Float64Array;
  readonly nextForce: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly rate: Float64Array;
  /** What rounding leaves of a unit's state, and of any force, at an event. */
  readonly slack: Float64Array;
  readonly forceSlack: number;
  /** Slopes of the stages, the one at the end last. */
  readonly k: readonly Float64Array[];
  readonly end: Float64Array;
  /** `free`, `atLow` or `atHigh`. */
  readonly held: Int8Array;
}

/** Finds the first event of a proposed step: a unit that meets its rail, or is let go by it. */
export function eventsIn(p: Proposal, take: (h: number) => void) {
  const { s, next, force, nextForce, held } = p;
  const candidates: number[] = [];
  const furthest = () =>
    candidates.reduce((top, i) => Math.max(top, past(p, i, next, nextForce)), -Infinity);
  /**
   * Lists the units that are past their event at the end of the proposed step; whether there are
   * any.
   */
  const list = (): boolean => {
    candidates.length = 0;
    for (let i = 0; i < held.length; i++) if (past(p, i, next, nextForce) > 1) candidates.push(i);
    return candidates.length > 0;
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
    const guess = h * Math.min(...candidates.map((i) => firstZero(course(p, i, h), 1)));
    const top = furthest();
    let from = 0;
    let before = candidates.reduce((most, i) => Math.max(most, past(p, i, s, force)), -Infinity);
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
    /** As `HeldStep.untilEvent`; marks in `due` the units of the event. */
    until(h: number, due: Uint8Array): number {
      let until = h;
      const sooner = excursion(p, h);
      if (sooner < 1) {
        take((until = sooner * h));
        if (!list()) take((until = h));
      }
      due.fill(0);
      if (!list()) return until;
      const length = locate(until);
      const nearest = furthest();
      for (const i of candidates)
        if (past(p, i, next, nextForce) >= Math.min(-1, nearest)) due[i] = 1;
      return length;
    },
  };
}

/**
 * By how much unit i is past its event, in units of its slack: beyond its rail, or held with a
 * force that points inward.
 */
function past(
  { low, high, held, slack, forceSlack }: Proposal,
  i: number,
  state: Float64Array,
  f: Float64Array,
): number {
  if (low[i] === high[i]) return -Infinity;
  if (held[i] !== free) return (-held[i] * f[i]) / forceSlack;
  return Math.max(low[i] - state[i], state[i] - high[i]) / slack[i];
}

/** Of a unit, past(θ) by what is known at both ends of the step. */
function course(p: Proposal, i: number, h: number): Cubic {
  const { s, next, force, nextForce, low, high, held, slack, k, end } = p;
  const from = past(p, i, s, force);
  const to = past(p, i, next, nextForce);
  if (held[i] !== free) return { from, to, slopeFrom: to - from, slopeTo: to - from };
  const sign = (low[i] - next[i] > next[i] - high[i] ? -h : h) / slack[i];
  return { from, to, slopeFrom: sign * k[0][i], slopeTo: sign * end[i] };
}

/**
 * The earliest moment, as a part of the step, at which a unit that ends between its rails seems
 * furthest beyond one.
 */
function excursion({ s, next, low, high, held, slack, k, end }: Proposal, h: number): number {
  let first = 1;
  for (let i = 0; i < held.length; i++) {
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
}
