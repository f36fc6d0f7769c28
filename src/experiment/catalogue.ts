import { euler } from "../solver/euler.ts";
import type { Solver } from "../solver/solver.ts";
import type { SolverSetting } from "./solver-schema.ts";

/** The solver that a setting names; `step`, in τ, is that of solvers with a fixed one. */
export function solverOf(setting: SolverSetting, step: number): Solver {
  const s = typeof setting === "string" ? { name: setting } as const : setting;
  switch (s.name) {
    case "euler": return euler("step" in s && s.step !== undefined ? s.step : step);
    default: throw new Error(`no solver ${s.name}`);
  }
}
