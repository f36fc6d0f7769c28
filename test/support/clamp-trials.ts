import type { Trial } from "./kernel-stage.ts";
import { railsOf, type Props } from "./kernel-trials.ts";

const activeOf = ({ s, rng, rows }: Props) =>
  rng.uniform() < 0.5 ? s.ints(Array.from({ length: rows }, () => rng.below(2))) : 0;

export function reachTrial(p: Props): Trial {
  const { rows, stride, padded, zeros, reals, rng } = p;
  const all = () => reals(rows * stride);
  const change = rng.uniform() < 0.5 ? all() : 0;
  const kick = rng.uniform() < 0.5 ? all() : 0;
  return {
    args: [
      zeros(rows * stride),
      all(),
      all(),
      change,
      stride,
      rows,
      padded,
      reals(padded),
      reals(padded),
      kick,
      activeOf(p),
    ],
  };
}

export function holdLinearTrial(p: Props): Trial {
  const { s, rows, stride, padded, reals, rng } = p;
  const [low, high] = railsOf(s, rng, padded);
  const plane = padded + p.slack;
  const law = s.reals(
    Array.from({ length: 3 * plane }, (_, k) =>
      k % plane >= padded
        ? 0
        : k < plane
          ? s.real(low, k)
          : k < 2 * plane
            ? s.real(high, k - plane)
            : rng.uniform(),
    ),
  );
  return { args: [reals(rows * stride), stride, rows, padded, law, plane, activeOf(p)] };
}

/**
 * Diodes from a thousandth of the swing to more than all of it, of strengths over 30 decades; where
 * both matter, with turns enough.
 */
export function holdDiodesTrial(p: Props): Trial {
  const { s, rows, stride, padded, reals, rng } = p;
  const plane = padded + p.slack;
  const single = s.bytes === 4;
  const middles: number[] = [];
  const halves: number[] = [];
  const widths: number[] = [];
  const strengths: number[] = [];
  for (let c = 0; c < plane; c++) {
    middles.push(0.5 + 0.1 * rng.normal());
    halves.push(0.4 + 0.2 * rng.uniform());
    widths.push(10 ** (-3 + 3.5 * rng.uniform()));
    strengths.push(Math.log(10) * (-20 + 30 * rng.uniform()));
  }
  const most = Math.max(...strengths.map((x, c) => x - halves[c] / widths[c]));
  const turns = most < (single ? -20 : -40) ? 0 : 7;
  const law = s.reals([
    ...middles,
    ...halves,
    ...widths,
    ...widths.map((v) => 1 / v),
    ...strengths,
  ]);
  const x = reals(rows * stride);
  const before = Array.from({ length: rows * stride }, (_, i) => s.real(x, i));
  // Of states of the size of u, the middle and half the distance, and of exponents times v: ten
  // operations each, of which e and ln have 2 ulp.
  const tolerance = (i: number) => {
    const c = i % stride;
    if (c >= padded) return 0;
    return 16 * s.epsilon * (Math.abs(before[i]) + 1 + widths[c] * (1 + Math.abs(strengths[c])));
  };
  return {
    args: [x, stride, rows, padded, law, plane, turns, activeOf(p)],
    close: { ptr: x, length: rows * stride, tolerance },
  };
}

/**
 * One diode from above or below, or none (padding), of strengths over 22 decades: some leak more
 * than the resistors conduct.
 */
export function holdDiodeTrial(p: Props): Trial {
  const { s, rows, stride, padded, reals, rng } = p;
  const plane = padded + p.slack;
  const each = (draw: () => number) => Array.from({ length: plane }, draw);
  const kinds = each(() => [1, -1, 0][rng.below(3)]);
  const rails = each(() => rng.below(2) + 0.1 * rng.normal());
  const widths = kinds.map((side) => side * 10 ** (-3 + 3.5 * rng.uniform()));
  const strengths = widths.map((v) =>
    v === 0 ? -1000 : Math.log(10) * (-20 + 22 * rng.uniform()),
  );
  const law = s.reals([
    ...rails,
    ...widths,
    ...widths.map((v) => (v === 0 ? 0 : 1 / v)),
    ...strengths,
    ...strengths.map((l) => l + Math.exp(l)),
    ...strengths.map((l, c) => widths[c] * Math.exp(l)),
  ]);
  const x = reals(rows * stride);
  const before = Array.from({ length: rows * stride }, (_, i) => s.real(x, i));
  // As for two diodes, and of what leaks.
  const tolerance = (i: number) => {
    const c = i % stride;
    if (c >= padded) return 0;
    return widths[c] === 0
      ? 0
      : 16 *
          s.epsilon *
          (Math.abs(before[i]) +
            1 +
            Math.abs(widths[c]) * (1 + Math.abs(strengths[c]) + Math.exp(strengths[c])));
  };
  return {
    args: [x, stride, rows, padded, law, plane, activeOf(p)],
    close: { ptr: x, length: rows * stride, tolerance },
  };
}

export function moveTrial(p: Props): Trial {
  const { s, rows, padded, stride, zeros, reals, rng } = p;
  const state = reals(rows * stride);
  const next = s.reals(
    Array.from({ length: rows * stride }, (_, i) =>
      rng.uniform() < 0.5 ? s.real(state, i) : rng.normal(),
    ),
  );
  const index = s.ints(new Array<number>(rows * stride).fill(-1));
  const value = zeros(rows * stride);
  const count = s.ints(new Array<number>(3 * rows).fill(-1));
  return {
    args: [
      state,
      next,
      stride,
      rows,
      padded,
      ...railsOf(s, rng, padded),
      activeOf(p),
      index,
      value,
      stride,
      count,
      3,
    ],
    lists: { index, value, count, rows, stride, room: padded, countStride: 3 },
  };
}

/** l from a hundredth of a state to a hundred of them. */
const rangeOf = ({ rng }: Props) => 10 ** (4 * rng.uniform() - 2);

export function saturateTrial(p: Props): Trial {
  const { s, rows, cols, stride, zeros, reals } = p;
  const out = zeros(rows * stride);
  const x = reals(rows * stride);
  // tanh within 3 ulp of a rounded argument, times l.
  const tolerance = (i: number) => (i % stride < cols ? 5 * s.epsilon * Math.abs(s.real(x, i)) : 0);
  return {
    args: [out, x, stride, rows, cols, rangeOf(p)],
    close: { ptr: out, length: rows * stride, tolerance },
  };
}

export function saturationSlopeTrial(p: Props): Trial {
  const { s, rows, padded, stride, reals } = p;
  const v = reals(rows * stride);
  const x = reals(rows * stride);
  const before = Array.from({ length: rows * stride }, (_, i) => Math.abs(s.real(v, i)));
  const tolerance = (i: number) => (i % stride < padded ? 8 * s.epsilon * before[i] : 0);
  return {
    args: [v, x, stride, rows, padded, rangeOf(p)],
    close: { ptr: v, length: rows * stride, tolerance },
  };
}

/**
 * Every unit's σ was taken at its old state; those that moved are listed. Where the order of the
 * list is shown, the numbers are exact but for tanh.
 */
export function saturateMovesTrial(p: Props): Trial {
  const { s, rows, padded, stride, rng } = p;
  const l = rangeOf(p);
  const round = s.bytes === 4 ? Math.fround : (x: number) => x;
  const moved = Array.from({ length: rows }, () =>
    Array.from({ length: padded }, (_, i) => i).filter(() => rng.uniform() < 0.5),
  );
  const state = s.reals(Array.from({ length: rows * stride }, () => rng.normal()));
  const seen = s.reals(Array.from({ length: rows * stride }, () => 0));
  // σ of what stands still is right to the bit, as the kernel has made it.
  s.kernels.saturateRows(seen, state, stride, rows, padded, l);
  const now = s.reals(
    Array.from({ length: rows * stride }, (_, i) =>
      moved[Math.floor(i / stride)].includes(i % stride) ? rng.normal() : s.real(state, i),
    ),
  );
  const value = s.reals(new Array<number>(rows * stride).fill(0));
  const index = s.ints(
    moved.flatMap((row) => [...row, ...new Array<number>(stride - row.length).fill(-1)]),
  );
  const count = s.ints(moved.flatMap((row) => [row.length, 7]));
  const span = (value - seen) / s.bytes + rows * stride;
  const tolerance = (i: number) => {
    const first = (now - seen) / s.bytes;
    // Between σ and the lists lie the states, which nothing may change.
    return i >= first && i < first + rows * stride ? 0 : 12 * s.epsilon * Math.min(round(l), 4);
  };
  return {
    args: [now, seen, stride, rows, padded, l, index, value, stride, count, 2],
    close: { ptr: seen, length: span, tolerance },
  };
}
