import type { Trial } from "./kernel-stage.ts";
import { railsOf, type Props } from "./kernel-trials.ts";

const activeOf = ({ s, rng, rows }: Props) => (rng.uniform() < 0.5 ? s.ints(Array.from({ length: rows }, () => rng.below(2))) : 0);

export function reachTrial(p: Props): Trial {
  const { rows, stride, padded, zeros, reals, rng } = p, all = () => reals(rows * stride);
  const change = rng.uniform() < 0.5 ? all() : 0, kick = rng.uniform() < 0.5 ? all() : 0;
  return { args: [zeros(rows * stride), all(), all(), change, stride, rows, padded, reals(padded), reals(padded), kick, activeOf(p)] };
}

export function holdLinearTrial(p: Props): Trial {
  const { s, rows, stride, padded, reals, rng } = p, [low, high] = railsOf(s, rng, padded), plane = padded + p.slack;
  const law = s.reals(Array.from({ length: 3 * plane }, (_, k) => (k % plane >= padded ? 0 : k < plane ? s.real(low, k) : k < 2 * plane ? s.real(high, k - plane) : rng.uniform())));
  return { args: [reals(rows * stride), stride, rows, padded, law, plane, activeOf(p)] };
}

/** Diodes from a thousandth of the swing to more than all of it, of strengths over 30 decades; where both matter, with turns enough. */
export function holdDiodesTrial(p: Props): Trial {
  const { s, rows, stride, padded, reals, rng } = p, plane = padded + p.slack, single = s.bytes === 4, middles: number[] = [], halves: number[] = [], widths: number[] = [], strengths: number[] = [];
  for (let c = 0; c < plane; c++) {
    middles.push(0.5 + 0.1 * rng.normal());
    halves.push(0.4 + 0.2 * rng.uniform());
    widths.push(10 ** (-3 + 3.5 * rng.uniform()));
    strengths.push(Math.log(10) * (-20 + 30 * rng.uniform()));
  }
  const most = Math.max(...strengths.map((x, c) => x - halves[c] / widths[c])), turns = most < (single ? -20 : -40) ? 0 : 7;
  const law = s.reals([...middles, ...halves, ...widths, ...widths.map((v) => 1 / v), ...strengths]), x = reals(rows * stride);
  const before = Array.from({ length: rows * stride }, (_, i) => s.real(x, i));
  // Of states of the size of u, the middle and half the distance, and of exponents times v: ten operations each, of which e and ln have 2 ulp.
  const tolerance = (i: number) => {
    const c = i % stride;
    if (c >= padded) return 0;
    return 16 * s.epsilon * (Math.abs(before[i]) + 1 + widths[c] * (1 + Math.abs(strengths[c])));
  };
  return { args: [x, stride, rows, padded, law, plane, turns, activeOf(p)], close: { ptr: x, length: rows * stride, tolerance } };
}

export function moveTrial(p: Props): Trial {
  const { s, rows, padded, stride, zeros, reals, rng } = p, state = reals(rows * stride);
  const next = s.reals(Array.from({ length: rows * stride }, (_, i) => (rng.uniform() < 0.5 ? s.real(state, i) : rng.normal())));
  const index = s.ints(new Array<number>(rows * stride).fill(-1)), value = zeros(rows * stride), count = s.ints(new Array<number>(3 * rows).fill(-1));
  return { args: [state, next, stride, rows, padded, ...railsOf(s, rng, padded), activeOf(p), index, value, stride, count, 3], lists: { index, value, count, rows, stride, room: padded, countStride: 3 } };
}
