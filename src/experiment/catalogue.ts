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
  if (s.name !== "hand-over") return described(s as SolverDescription, step);
  const {
    flow = "euler",
    minimiser = "block-descent",
    at,
    within,
  } = s as Partial<Extract<SolverSetting, { name: "hand-over" }>>;
  return handOver(solverOf(flow, step), solverOf(minimiser, step), { at, within });
}

function described(s: SolverDescription, step: number): Solver {
  switch (s.name) {
    case "euler":
      return euler(s.step ?? step);
    case "heun":
      return explicit(heun, adaptive(s));
    case "bogacki-shampine":
      return explicit(bogackiShampine, adaptive(s));
    case "dormand-prince":
      return explicit(dormandPrince, adaptive(s));
    case "energy-descent":
      return explicit(forwardEuler, energyDescent({ first: s.first }));
    case "exponential-euler":
      return exponentialEuler(s.step ?? step);
    case "linearly-implicit-euler":
      return linearlyImplicitEuler(s.step ?? step);
    case "pseudo-transient":
      return pseudoTransient({ first: s.first });
    case "active-set":
      return activeSet({ ...tight, ...given(s) });
    case "odex":
      return extrapolation({ ...tight, ...given(s) });
    case "euler-maruyama":
      return eulerMaruyama(s.step ?? step);
    case "stochastic-heun":
      return stochasticHeun(s.step ?? step);
    case "block-descent":
      return blockDescent();
    case "spectral-gradient":
      return spectralGradient();
    case "fista":
      return fista();
    case "newton-cg":
      return newtonCG();
    case "anderson":
      return anderson({ memory: s.memory });
    default:
      return s satisfies never;
  }
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
