/**
 * Smooth problems with known answers, most of them of DETEST (Hull, Enright, Fellen & Sedgwick
 * 1972), from t = 0 to 20, without rails. Time is a state where the original depends on it.
 */
import type { Dynamics } from "../../src/dynamics/dynamics.ts";
import { problem } from "./problems.ts";

type Slope = (y: Float64Array) => number[];

export interface Known {
  readonly name: string;
  readonly dynamics: () => Dynamics;
  readonly start: readonly number[];
  readonly exact: (t: number) => number[];
}

function known(
  name: string,
  start: readonly number[],
  slope: Slope,
  exact: (t: number) => number[],
): Known {
  const dynamics = () =>
    problem({
      size: start.length,
      low: -Infinity,
      high: Infinity,
      curvature: 0,
      force(y, out) {
        out.set(slope(y));
      },
      jacobian(y, v, out) {
        // Central differences: 1e-6 apart they are good to 1e-10, more than a spectral radius asks
        // for.
        const d = 1e-6;
        const ahead = slope(y.map((x, i) => x + d * v[i]));
        const behind = slope(y.map((x, i) => x - d * v[i]));
        out.set(ahead.map((a, i) => (a - behind[i]) / (2 * d)));
      },
    });
  return { name, dynamics, start, exact };
}

/** The root of a rising or falling `f` between a and b. */
function root(f: (x: number) => number, a: number, b: number): number {
  for (let k = 0; k < 200; k++) {
    const middle = (a + b) / 2;
    if (f(middle) > 0 === f(a) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

const eccentricity = 0.1;
/** Kepler's ellipse: E − e sin E = t. */
function orbit(t: number): number[] {
  const e = eccentricity;
  const E = root((x) => x - e * Math.sin(x) - t, t - 1, t + 1);
  const b = Math.sqrt(1 - e * e);
  const speed = 1 / (1 - e * Math.cos(E));
  return [Math.cos(E) - e, b * Math.sin(E), -Math.sin(E) * speed, b * Math.cos(E) * speed];
}

/** 4 e^(π/2 − φ) in polar coordinates of (t, y). */
const spiral = (t: number) =>
  root(
    (y) => 0.5 * Math.log(t * t + y * y) + Math.atan2(y, t) - Math.log(4) - Math.PI / 2,
    -0.9 * t,
    100,
  );

/** y₁ → y₂ → … → y₁₀ at rate 1: Poisson's law. */
function decayChain(t: number): number[] {
  const terms = Array.from({ length: 9 }, (_, i) => {
    let term = Math.exp(-t);
    for (let k = 1; k <= i; k++) term *= t / k;
    return term;
  });
  return [...terms, 1 - terms.reduce((a, b) => a + b)];
}

export const kepler = known(
  "D1, an orbit",
  orbit(0),
  ([x, y, u, v]) => {
    const cube = Math.hypot(x, y) ** 3;
    return [u, v, -x / cube, -y / cube];
  },
  orbit,
);

export const detest: readonly Known[] = [
  known(
    "A1, decay",
    [1],
    ([y]) => [-y],
    (t) => [Math.exp(-t)],
  ),
  known(
    "A2, a Riccati equation",
    [1],
    ([y]) => [-0.5 * y ** 3],
    (t) => [1 / Math.sqrt(1 + t)],
  ),
  known(
    "A3, an oscillation",
    [1, 0],
    ([y, t]) => [y * Math.cos(t), 1],
    (t) => [Math.exp(Math.sin(t)), t],
  ),
  known(
    "A4, the logistic curve",
    [1],
    ([y]) => [(y / 4) * (1 - y / 20)],
    (t) => [20 / (1 + 19 * Math.exp(-t / 4))],
  ),
  known(
    "A5, a spiral",
    [4, 0],
    ([y, t]) => [(y - t) / (y + t), 1],
    (t) => [spiral(t), t],
  ),
  known(
    "B2, a linear reaction",
    [2, 0, 1],
    ([x, y, z]) => [y - x, x - 2 * y + z, y - z],
    (t) => [
      1 + 0.5 * Math.exp(-t) + 0.5 * Math.exp(-3 * t),
      1 - Math.exp(-3 * t),
      1 - 0.5 * Math.exp(-t) + 0.5 * Math.exp(-3 * t),
    ],
  ),
  known(
    "C1, a decay chain",
    [1, ...new Array<number>(9).fill(0)],
    (y) => Array.from(y, (v, i) => (i === 0 ? 0 : y[i - 1]) - (i === 9 ? 0 : v)),
    decayChain,
  ),
  kepler,
];

/** The largest of |aᵢ − bᵢ| / (1 + |bᵢ|): what equal absolute and relative tolerances weigh. */
export function discrepancy(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs(a[i] - b[i]) / (1 + Math.abs(b[i]));
    if (!(gap <= top)) top = Number.isNaN(top) ? top : gap;
  }
  return top;
}
