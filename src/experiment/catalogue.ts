import { activeSet } from "../solver/active-set.ts";
import { constant, energyDescent, pi, type Controller } from "../solver/controllers.ts";
import { euler } from "../solver/euler.ts";
import { explicit } from "../solver/explicit.ts";
import { exponentialEuler } from "../solver/exponential.ts";
import { extrapolation } from "../solver/extrapolation.ts";
import { linearlyImplicitEuler, pseudoTransient } from "../solver/implicit.ts";
import { anderson } from "../solver/minimise/anderson.ts";
import { blockDescent } from "../solver/minimise/block-descent.ts";
import { fista } from "../solver/minimise/fista.ts";
import { handOver } from "../solver/minimise/hand-over.ts";
import { newtonCG } from "../solver/minimise/newton-cg.ts";
import { spectralGradient } from "../solver/minimise/spectral-gradient.ts";
import type { Solver } from "../solver/solver.ts";
import { eulerMaruyama, stochasticHeun } from "../solver/stochastic.ts";
import { bogackiShampine, dormandPrince, forwardEuler, heun } from "../solver/tableaux.ts";
import type { SolverDescription, SolverSetting } from "./solver-schema.ts";

/** Where a file does not say otherwise. */
const tolerance = { rtol: 1e-3, atol: 1e-3 };
const tight = { rtol: 1e-6, atol: 1e-6 };

/** The solver that a setting names; `step`, in τ, is that of solvers with a fixed one. */
export function solverOf(setting: SolverSetting, step: number): Solver {
  const s = typeof setting === "string" ? { name: setting } : setting;
  if (s.name !== "hand-over") return one(s as SolverDescription, step);
  const {
    flow = "euler",
    minimiser = "block-descent",
    at,
    within,
  } = s as Partial<Extract<SolverSetting, { name: "hand-over" }>>;
  return handOver(solverOf(flow, step), solverOf(minimiser, step), { at, within });
}

/** How each description becomes a solver; `step` is that of solvers with a fixed one. */
const described: {
  readonly [N in SolverDescription["name"]]: (s: Described<N>, step: number) => Solver;
} = {
  euler: (s, step) => euler(s.step ?? step),
  heun: (s) => explicit(heun, adaptive(s)),
  "bogacki-shampine": (s) => explicit(bogackiShampine, adaptive(s)),
  "dormand-prince": (s) => explicit(dormandPrince, adaptive(s)),
  "energy-descent": (s) => explicit(forwardEuler, energyDescent({ first: s.first })),
  "exponential-euler": (s, step) => exponentialEuler(s.step ?? step),
  "linearly-implicit-euler": (s, step) => linearlyImplicitEuler(s.step ?? step),
  "pseudo-transient": (s) => pseudoTransient({ first: s.first }),
  "active-set": (s) => activeSet({ ...tight, ...given(s) }),
  odex: (s) => extrapolation({ ...tight, ...given(s) }),
  "euler-maruyama": (s, step) => eulerMaruyama(s.step ?? step),
  "stochastic-heun": (s, step) => stochasticHeun(s.step ?? step),
  "block-descent": () => blockDescent(),
  "spectral-gradient": () => spectralGradient(),
  fista: () => fista(),
  "newton-cg": () => newtonCG(),
  anderson: (s) => anderson({ memory: s.memory }),
};

type Described<N extends SolverDescription["name"]> = Extract<
  SolverDescription,
  { readonly name: N }
>;

function one<N extends SolverDescription["name"]>(
  s: Described<N> & { readonly name: N },
  step: number,
): Solver {
  return described[s.name](s, step);
}

function adaptive(s: {
  rtol?: number;
  atol?: number;
  cap?: "spectral" | "none" | number;
  step?: number;
}): Controller {
  return s.step !== undefined ? constant(s.step) : pi({ ...tolerance, ...given(s), cap: s.cap });
}

const given = ({ rtol, atol }: { rtol?: number; atol?: number }) => ({
  ...(rtol === undefined ? {} : { rtol }),
  ...(atol === undefined ? {} : { atol }),
});
