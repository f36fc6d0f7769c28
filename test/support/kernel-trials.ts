import { pad4 } from "../../src/dynamics/layout.ts";
import type { Kernels } from "../../src/numerics/kernels/kernels.ts";
import type { Random } from "../../src/numerics/random.ts";
import {
  holdDiodesTrial,
  holdDiodeTrial,
  holdLinearTrial,
  moveTrial,
  reachTrial,
  saturateMovesTrial,
  saturateTrial,
  saturationSlopeTrial,
} from "./clamp-trials.ts";
import { packedAt } from "./kernel-oracles.ts";
import {
  dimTrial,
  pickTrial,
  readTrial,
  resistorTrial,
  switchTrial,
  wordTrial,
} from "./fluctuation-trials.ts";
import { codeTrial, keepTrial, pairTrial, pulseTrial, writeTrial } from "./memory-trials.ts";
import { shapeRng, someReals, type Shape, type Stage, type Trial } from "./kernel-stage.ts";

/** What a trial is set up with: the stage, a shape, and helpers for both. */
export interface Props extends Shape {
  readonly s: Stage;
  readonly rng: Random;
  /** Columns padded to a multiple of four, and a stride at least as wide. */
  readonly padded: number;
  readonly stride: number;
  readonly reals: (length: number) => number;
  readonly zeros: (length: number) => number;
  /** A scale factor. */
  readonly k: number;
}

/** Everything may occur. */
function on(setUp: (p: Props) => Trial): (s: Stage, shape: Shape) => Trial {
  return (s, shape) => {
    const rng = shapeRng(shape);
    const padded = pad4(shape.cols);
    return setUp({
      ...shape,
      s,
      rng,
      padded,
      stride: padded + shape.slack,
      k: [1, -0.1, rng.normal()][rng.below(3)],
      reals: (length) => s.reals(someReals(rng, length, shape.wild)),
      zeros: (length) => s.reals(new Array<number>(length).fill(0)),
    });
  };
}

/** Sums over columns have another order in the kernels, so an infinity would end elsewhere. */
function tame(setUp: (p: Props) => Trial): (s: Stage, shape: Shape) => Trial {
  return (s, shape) => on(setUp)(s, { ...shape, wild: false });
}

/**
 * Row lists of a random matrix [rows × height], and the arguments (index, value, stride, count).
 */
function rowLists(
  s: Stage,
  rng: Random,
  rows: number,
  height: number,
  wild: boolean,
): readonly [index: number, value: number, stride: number, count: number] {
  const stride = height + rng.below(5);
  const dense = rng.below(5) / 4;
  const index: number[] = [];
  const counts: number[] = [];
  for (let r = 0; r < rows; r++) {
    const row = Array.from({ length: height }, (_, i) => i).filter(() => rng.uniform() < dense);
    counts.push(row.length);
    index.push(...row, ...new Array<number>(stride - row.length).fill(-1));
  }
  return [s.ints(index), s.reals(someReals(rng, rows * stride, wild)), stride, s.ints(counts)];
}

/** A part of 0 … n−1, as a member of a team has. */
export function part(rng: Random, n: number): [first: number, last: number] {
  const ends = [rng.below(n + 1), rng.below(n + 1)].sort((a, b) => a - b);
  return rng.uniform() < 0.5 ? [0, n] : [ends[0], ends[1]];
}

/** How often each row was touched, or 0. */
export function touchedOf(s: Stage, rng: Random, rows: number): number {
  return rng.uniform() < 0.5 ? 0 : s.ints(Array.from({ length: rows }, () => rng.below(3)));
}

export function railsOf(s: Stage, rng: Random, n: number): [low: number, high: number] {
  const low = Array.from({ length: n }, () => (rng.uniform() < 0.8 ? 0 : -rng.uniform()));
  return [s.reals(low), s.reals(low.map((l) => (rng.uniform() < 0.8 ? 1 : l + rng.uniform())))];
}

/**
 * Bound of the rounding of two sums of the same n terms in different orders: n·ε·Σ|terms|, a term
 * itself having up to four roundings.
 */
function sumTolerance(n: number, epsilon: number, term: (i: number) => number, first = 0): number {
  let sum = first;
  for (let i = 0; i < n; i++) sum += term(i);
  return (n + 4) * epsilon * sum;
}

/**
 * A layer to be minimised: all arguments that both kernels share. Curvatures of either sign and
 * none, drives at the tie of the rails too.
 */
function minimised({ s, rows, padded, stride, zeros, reals, rng, wild }: Props): Trial {
  const index = s.ints(new Array<number>(rows * stride).fill(-1));
  const value = zeros(rows * stride);
  const count = s.ints(new Array<number>(3 * rows).fill(-1));
  const state = reals(rows * stride);
  const curvature = s.reals(
    someReals(rng, padded, wild).map((c) => (rng.uniform() < 0.5 ? Math.abs(c) : c)),
  );
  const active = rng.uniform() < 0.5 ? s.ints(Array.from({ length: rows }, () => rng.below(2))) : 0;
  const [low, high] = railsOf(s, rng, padded);
  const tie = (c: number) => 0.5 * s.real(curvature, c) * (s.real(low, c) + s.real(high, c));
  const drive = s.reals(
    someReals(rng, rows * stride, wild).map((d, i) =>
      i % stride < padded && rng.uniform() < 0.2 ? tie(i % stride) : d,
    ),
  );
  return {
    args: [
      state,
      drive,
      stride,
      rows,
      padded,
      curvature,
      low,
      high,
      active,
      index,
      value,
      stride,
      count,
      3,
    ],
    lists: { index, value, count, rows, stride, room: padded, countStride: 3 },
  };
}

/** Sets up a call of every kernel, for a shape. The compiler asks for those that are missing. */
export const trials: Readonly<Record<keyof Kernels, (s: Stage, shape: Shape) => Trial>> = {
  listNonzeros: on(({ s, rows, cols, stride, zeros, reals, k }) => {
    const index = s.ints(new Array<number>(rows * stride).fill(-1));
    const value = zeros(rows * stride);
    const count = s.ints(new Array<number>(2 * rows).fill(-1));
    return {
      args: [reals(rows * stride), stride, rows, cols, k, index, value, stride, count, 2],
      lists: { index, value, count, rows, stride, room: cols, countStride: 2 },
    };
  }),
  listBytes: on(({ s, rows, cols, stride, zeros, rng, k }) => {
    const index = s.ints(new Array<number>(rows * stride).fill(-1));
    const value = zeros(rows * stride);
    const count = s.ints(new Array<number>(rows).fill(-1));
    const src = s.octets(
      Array.from({ length: rows * cols }, () => (rng.uniform() < 0.5 ? 0 : rng.below(256))),
    );
    return {
      args: [src, rows, cols, k, index, value, stride, count],
      lists: { index, value, count, rows, stride, room: cols, countStride: 1 },
    };
  }),
  transposeLists: on(({ s, rows, cols, zeros, rng, wild }) => {
    const [index, value, stride, count] = rowLists(s, rng, rows, cols, wild);
    const [first, last] = part(rng, cols);
    const toStride = rows + 2;
    return {
      args: [
        index,
        value,
        stride,
        count,
        rows,
        first,
        last,
        s.ints(new Array<number>(cols * toStride).fill(-1)),
        zeros(cols * toStride),
        toStride,
        s.ints(new Array<number>(cols).fill(7)),
      ],
    };
  }),
  appendColumns: on(({ s, rows, cols, stride, zeros, reals, rng, k }) => {
    const before = 3;
    const room = before + rows + 1;
    const [first, last] = part(rng, cols);
    const index = s.ints(new Array<number>(cols * room).fill(-1));
    const value = zeros(cols * room);
    const count = s.ints(Array.from({ length: cols }, () => rng.below(before + 1)));
    return {
      args: [
        reals(rows * stride),
        stride,
        rows,
        first,
        last,
        k,
        rng.below(100),
        index,
        value,
        room,
        count,
      ],
      lists: { index, value, count, rows: cols, stride: room, room, countStride: 1 },
    };
  }),
  packRows: on(({ rows, padded, stride, reals, rng }) => {
    const toRows = rows + rng.below(4);
    return {
      args: [
        reals(rows * stride),
        stride,
        rows,
        padded,
        reals(toRows * padded),
        toRows,
        rng.below(toRows - rows + 1),
      ],
    };
  }),
  addSparse: on(({ s, rows, cols, padded, stride, reals, rng, wild }) => {
    const height = 1 + rng.below(2 * cols);
    const [index, value, listStride, count] = rowLists(s, rng, rows, height, wild);
    const [first, last] = part(rng, rows);
    const outPacked = rng.uniform() < 0.5 ? rows : 0;
    const packed = rng.uniform() < 0.5 ? height : 0;
    return {
      args: [
        reals(rows * stride),
        stride,
        outPacked,
        first,
        last,
        index,
        value,
        listStride,
        count,
        1,
        reals(height * stride),
        stride,
        packed,
        padded,
        rng.below(2),
      ],
    };
  }),
  stepLayer: on(({ s, rows, padded, stride, zeros, reals, rng }) => {
    const index = s.ints(new Array<number>(rows * stride).fill(-1));
    const value = zeros(rows * stride);
    const count = s.ints(new Array<number>(3 * rows).fill(-1));
    const state = reals(rows * stride);
    const drive = reals(rows * stride);
    const change = reals(rows * stride);
    const kick = rng.uniform() < 0.5 ? reals(rows * stride) : 0;
    const active =
      rng.uniform() < 0.5 ? s.ints(Array.from({ length: rows }, () => rng.below(2))) : 0;
    const four = [reals(padded), reals(padded), ...railsOf(s, rng, padded)];
    const lanes = 16 / s.bytes;
    const constants = s.reals(
      Array.from({ length: 4 * padded }, (_, i) =>
        s.real(four[Math.floor(i / lanes) % 4], Math.floor(i / (4 * lanes)) * lanes + (i % lanes)),
      ),
    );
    return {
      args: [
        state,
        drive,
        change,
        stride,
        rows,
        padded,
        constants,
        kick,
        active,
        index,
        value,
        stride,
        count,
        3,
      ],
      lists: { index, value, count, rows, stride, room: padded, countStride: 3 },
    };
  }),
  minimiseLayer: on(minimised),
  minimiseUnits: on((props) => {
    const { args, lists } = minimised(props);
    const { cols, padded, reals } = props;
    return { args: [...args, reals(cols * padded), cols], lists };
  }),
  realise: on(({ s, rows, padded, reals, rng }) => ({
    args: [
      reals(rows * padded),
      reals(rows * padded),
      reals(rows * padded),
      rows,
      padded,
      ...part(rng, rows),
      touchedOf(s, rng, rows),
    ],
  })),
  realiseMirror: on(({ rows, cols, padded, reals, rng }) => ({
    args: [
      reals(cols * pad4(rows)),
      pad4(rows),
      reals(rows * padded),
      reals(rows * padded),
      rows,
      cols,
      padded,
      ...part(rng, rows),
    ],
  })),
  gaussianRows: on(({ s, rows, padded, stride, zeros, rng }) => {
    const amplitude = s.reals(
      Array.from({ length: padded }, () => (rng.uniform() < 0.1 ? 0 : rng.uniform())),
    );
    const out = zeros(rows * stride);
    const word = () => rng.below(2 ** 32);
    // Seven roundings of single precision reach R sin x: logarithm (2 ulp), root, angle, series (1
    // ulp each, two additions), product, amplitude. R is below √(2 ln 2²⁴) = 5.77.
    const tolerance = (i: number) =>
      i % stride < padded ? 12 * 2 ** -24 * 5.77 * s.real(amplitude, i % stride) : 0;
    return {
      args: [out, stride, rng.below(1000), rows, padded, amplitude, word(), word(), word()],
      close: { ptr: out, length: rows * stride, tolerance },
    };
  }),
  reachRows: on(reachTrial),
  holdLinear: on(holdLinearTrial),
  holdDiodes: tame(holdDiodesTrial),
  holdDiode: tame(holdDiodeTrial),
  moveRows: on(moveTrial),
  saturateRows: tame(saturateTrial),
  timesSaturationSlope: tame(saturationSlopeTrial),
  saturateMoves: tame(saturateMovesTrial),
  gapRows: on(({ rows, padded, stride, reals }) => ({
    args: [reals(rows), reals(rows * stride), reals(rows * stride), stride, rows, padded],
  })),
  pulseDevices: tame(pulseTrial),
  pulsePairs: tame(pairTrial),
  keepCodes: on(keepTrial),
  writeDevices: tame(writeTrial),
  readDevices: on(readTrial),
  drawWords: on(wordTrial),
  dimSynapses: on(dimTrial),
  pickSwitches: on(pickTrial),
  applySwitches: tame(switchTrial),
  switchResistors: tame(resistorTrial),
  writeCodes: on(codeTrial),
  forceRows: on(({ rows, padded, stride, reals }) => ({
    args: [
      reals(rows * stride),
      reals(rows * stride),
      reals(rows * stride),
      stride,
      rows,
      padded,
      reals(padded),
    ],
  })),
  residualRows: on(({ s, rows, padded, stride, reals, rng }) => ({
    args: [
      reals(rows),
      reals(rows * stride),
      reals(rows * stride),
      stride,
      rows,
      padded,
      reals(padded),
      ...railsOf(s, rng, padded),
    ],
  })),
  energyRows: tame(({ s, rows, padded, stride, reals }) => {
    const energy = reals(rows);
    const state = reals(rows * stride);
    const drive = reals(rows * stride);
    const still = reals(rows * stride);
    const curvature = reals(padded);
    const terms = (r: number, c: number) => {
      const [x, d, b] = [state, drive, still].map((ptr) => Math.abs(s.real(ptr, r * stride + c)));
      return 0.5 * x * (Math.abs(s.real(curvature, c)) * x + d + b);
    };
    return {
      args: [energy, state, drive, still, stride, rows, padded, curvature],
      close: {
        ptr: energy,
        length: rows,
        tolerance: (r) => sumTolerance(padded, s.epsilon, (c) => terms(r, c)),
      },
    };
  }),
  scale: on(({ rows, padded, stride, reals, k }) => ({
    args: [reals(rows * stride), stride, rows, padded, k],
  })),
  copyReals: on(({ rows, cols, reals }) => ({
    args: [reals(rows * cols), reals(rows * cols), rows * cols],
  })),
  fillRows: on(({ rows, cols, stride, reals }) => ({
    args: [reals(rows * stride), stride, rows, cols, reals(cols)],
  })),
  quantiseRows: on(({ rows, padded, stride, reals, rng }) => {
    const low = [0, -0.3][rng.below(2)];
    const top = 2 ** (1 + rng.below(12)) - 1;
    const out = reals(rows * stride);
    return {
      args: [
        out,
        rng.below(2) === 0 ? out : reals(rows * stride),
        stride,
        rows,
        padded,
        low,
        [1, 1.7][rng.below(2)],
        top,
      ],
    };
  }),
  addPackedSums: on(({ rows, padded, reals }) => ({
    args: [reals(padded), reals(padded), reals(rows * padded), rows, padded],
  })),
  clipRows: on(({ s, rows, padded, stride, reals, rng }) => ({
    args: [
      reals(rows * stride),
      reals(rows * stride),
      stride,
      rows,
      padded,
      ...railsOf(s, rng, padded),
    ],
  })),
  addScaled: on(({ rows, padded, stride, reals, k }) => ({
    args: [reals(rows * stride), stride, reals(rows * (stride + 4)), stride + 4, rows, padded, k],
  })),
  scaledDifference: on(({ rows, padded, stride, reals, k }) => ({
    args: [
      reals(rows * stride),
      reals(rows * stride),
      reals(rows * stride),
      stride,
      rows,
      padded,
      k,
    ],
  })),
  multiplyPacked: on(({ rows, padded, reals, rng }) => ({
    args: [reals(rows * padded), reals(rows * padded), rows, padded, ...part(rng, rows)],
  })),
  addPacked: on(({ rows, padded, reals, rng }) => ({
    args: [reals(rows * padded), reals(rows * padded), rows, padded, ...part(rng, rows)],
  })),
  addRowSums: on(({ rows, padded, stride, reals }) => ({
    args: [reals(padded), reals(rows * stride), stride, rows, padded],
  })),
  transpose: on(({ rows, cols, padded, reals, rng }) => ({
    args: [
      reals(rows * padded),
      padded,
      rows,
      cols,
      reals(cols * pad4(rows)),
      pad4(rows),
      ...part(rng, rows),
    ],
  })),
  addDots: tame(({ s, rows, cols, padded, stride, reals, rng }) => {
    const height = 1 + rng.below(2 * cols);
    const outStride = height + 1;
    const out = reals(rows * outStride);
    const a = reals(rows * stride);
    const matrix = reals(height * padded);
    const before = Array.from({ length: rows * outStride }, (_, i) => Math.abs(s.real(out, i)));
    const tolerance = (i: number) => {
      const r = Math.floor(i / outStride);
      const h = i % outStride;
      if (h === height) return 0;
      return sumTolerance(
        padded,
        s.epsilon,
        (j) =>
          Math.abs(
            s.real(a, r * stride + j) * s.real(matrix, packedAt(h, j, height, padded, s.bytes)),
          ),
        before[i],
      );
    };
    return {
      args: [out, outStride, a, stride, rows, matrix, padded, height],
      close: { ptr: out, length: rows * outStride, tolerance },
    };
  }),
  activate: on(({ s, rows, cols, padded, stride, reals, rng }) => {
    const kind = rng.below(4);
    const out = reals(rows * stride);
    const u = reals(rows * stride);
    const width = kind === 2 ? cols : padded;
    const args = [out, u, stride, rows, width, kind, ...railsOf(s, rng, padded)];
    if (kind !== 2) return { args };
    // Either exponential is within 1 ulp and two roundings follow, 2·2⁻⁵² each; then one to the
    // precision.
    const tolerance = (i: number) =>
      i % stride < width ? (4 * 2 ** -52 + s.epsilon) / (1 + Math.exp(-s.real(u, i))) : 0;
    return { args, close: { ptr: out, length: rows * stride, tolerance } };
  }),
  timesSlope: on(({ s, rows, padded, stride, reals, rng }) => ({
    args: [
      reals(rows * stride),
      reals(rows * stride),
      reals(rows * stride),
      stride,
      rows,
      padded,
      rng.below(3),
      ...railsOf(s, rng, padded),
    ],
  })),
  squaresDifference: on(({ rows, padded, stride, reals, k }) => ({
    args: [reals(padded), reals(rows * stride), reals(rows * stride), stride, rows, padded, k],
  })),
  restrain: on(({ s, rows, padded, reals, rng }) => {
    const either = (n: number) => (rng.uniform() < 0.5 ? reals(n) : 0);
    return {
      args: [
        reals(rows * padded),
        rows,
        padded,
        ...part(rng, rows),
        either(rows),
        reals(padded),
        ...railsOf(s, rng, padded),
        either(rows * padded),
      ],
    };
  }),
  largest: on(({ s, rows, cols, stride, reals }) => ({
    args: [reals(rows * stride), stride, rows, cols, s.ints(new Array<number>(rows).fill(-1))],
  })),
};
