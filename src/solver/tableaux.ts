import { bogacki1989, dormand1980, hairer1993, oconnor2019 } from "./cites.ts";
import { square } from "../numerics/power.ts";
/**
 * An explicit Runge–Kutta method as data (a Butcher tableau). The force at the end of a step is the
 * first stage of the next one, so every method costs as many evaluations a step as it has stages,
 * none of them twice.
 */
export interface Tableau {
  readonly name: string;
  readonly order: number;
  /** a[j−1][i]: stage j starts from s + h Σᵢ a[j−1][i] kᵢ, j = 1 …; stage 0 is at s itself. */
  readonly a: readonly (readonly number[])[];
  /** The step: s + h Σ b_i k_i. */
  readonly b: readonly number[];
  /**
   * b − b̂ of the embedded method of order `order` − 1, which estimates the error; one entry more
   * than `b` if it weighs the slope at the end of the step, too.
   */
  readonly error?: readonly number[];
  /**
   * Dense output of its own: weights of the slopes (the one at the end last) at θ. Without, a cubic
   * Hermite polynomial.
   */
  readonly dense?: (theta: number) => readonly number[];
  /** |z| up to which |R(z)| ≤ 1 on the negative real axis: stable while h·ρ is below it. */
  readonly stability: number;
  readonly cites: readonly string[];
}

/** Order 1, the paper's. */
export const forwardEuler: Tableau = {
  name: "forward-euler",
  order: 1,
  a: [],
  b: [1],
  stability: 2,
  cites: [oconnor2019],
};

/** Order 2 with Euler's error estimate: Heun's trapezoid, 2(1). */
export const heun: Tableau = {
  name: "heun",
  order: 2,
  a: [[1]],
  b: [1 / 2, 1 / 2],
  error: [-1 / 2, 1 / 2],
  stability: 2,
  cites: [hairer1993],
};

/** Order 3(2), first same as last. */
export const bogackiShampine: Tableau = {
  name: "bogacki-shampine",
  order: 3,
  a: [[1 / 2], [0, 3 / 4]],
  b: [2 / 9, 1 / 3, 4 / 9],
  error: [2 / 9 - 7 / 24, 1 / 3 - 1 / 4, 4 / 9 - 1 / 3, -1 / 8],
  stability: 2.5127,
  cites: [bogacki1989],
};

/**
 * Order 5(4), first same as last, with the dense output of order 4 of Hairer, Nørsett & Wanner
 * (1993, II.6).
 */
export const dormandPrince: Tableau = {
  name: "dormand-prince",
  order: 5,
  a: [
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  ],
  b: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  error: [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40],
  dense(theta) {
    const a = theta * theta * (3 - 2 * theta);
    const c = theta * theta * square(theta - 1);
    const d = theta * square(theta - 1);
    return [
      a * (35 / 384) - (c * 5 * (2558722523 - 31403016 * theta)) / 11282082432 + d,
      0,
      a * (500 / 1113) + (c * 100 * (882725551 - 15701508 * theta)) / 32700410799,
      a * (125 / 192) - (c * 25 * (443332067 - 31403016 * theta)) / 1880347072,
      a * (-2187 / 6784) + (c * 32805 * (23143187 - 3489224 * theta)) / 199316789632,
      a * (11 / 84) - (c * 55 * (29972135 - 7076736 * theta)) / 822651844,
      theta * theta * (theta - 1) + (c * 10 * (7414447 - 829305 * theta)) / 29380423,
    ];
  },
  stability: 3.3066,
  cites: [dormand1980, hairer1993],
};

/** Every tableau by its name. */
export const tableaux: Readonly<Record<string, Tableau>> = Object.fromEntries(
  [forwardEuler, heun, bogackiShampine, dormandPrince].map((t) => [t.name, t]),
);
