import type { Phase } from "../learning/algorithm.ts";
import { gradientTolerance } from "../solver/accuracy.ts";
import { solverOf } from "../experiment/catalogue.ts";
import type { Experiment } from "../experiment/schema.ts";

/** Steps that a phase with a tolerance alone may take. */
const generous = 10_000;

/** How the two phases of an experiment settle. */
export function phasesOf({ settle, learning }: Pick<Experiment, "settle" | "learning">): {
  readonly free: Phase;
  readonly nudged: Phase;
} {
  const phase = (p: Experiment["settle"]["free"]): Phase => {
    const tolerance =
      p.tolerance === "auto" ? gradientTolerance(learning.beta, settle.error) : p.tolerance;
    return {
      solver: solverOf(p.solver ?? settle.solver, settle.step),
      stop: { steps: p.steps ?? generous, ...(tolerance === undefined ? {} : { tolerance }) },
    };
  };
  return { free: phase(settle.free), nudged: phase(settle.nudged) };
}
