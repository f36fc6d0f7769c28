import type { Dynamics } from "../../dynamics/dynamics.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Equilibrium, Outcome, Sample } from "../outcome.ts";
import { summary } from "../settle.ts";
import type { Solver } from "../solver.ts";
import { periods } from "./cycle.ts";
import { curvature, type Curvature } from "./saddle.ts";

/** What was found out about one sample beyond its residual. */
export interface Finding {
  /** Steps after which a limit cycle closes. */
  readonly period?: number;
  /** Of the energy around a settled state, where an energy exists. */
  readonly curvature?: Curvature;
}

/** An equilibrium whose outcomes were looked into. */
export interface Diagnosis extends Equilibrium {
  readonly findings: readonly Finding[];
}

/**
 * Looks into how a run ended: samples that ran out of steps or time take a few more steps of the
 * solver to see whether they go round in a `limit-cycle`; settled ones are a `saddle` if the energy
 * falls along a direction of negative curvature. `s` is left as it is.
 *
 * @param ended what `settle` said of `s`.
 * @param tolerance natural residual that counted as settled.
 */
export async function diagnose(
  d: Dynamics,
  s: Vec,
  solver: Solver,
  ended: Equilibrium,
  tolerance = 1e-3,
  looked: () => void = () => undefined,
): Promise<Diagnosis> {
  const unsettled = (o: Outcome) => o === "max-steps" || o === "end-time";
  const cycles = ended.samples.some((x) => unsettled(x.outcome))
    ? periods(d, s, solver, tolerance)
    : new Int32Array(ended.samples.length);
  const samples: Sample[] = [];
  const findings: Finding[] = [];
  for (const [i, sample] of ended.samples.entries()) {
    const [outcome, finding] = unsettled(sample.outcome)
      ? ifCycle(sample.outcome, cycles[i])
      : await ifSaddle(d, s, d.first + i, sample.outcome, tolerance);
    samples.push({ ...sample, outcome });
    findings.push(finding);
    looked();
  }
  return { ...summary(ended.state, d.tauSeconds, samples), findings };
}

function ifCycle(outcome: Outcome, period: number): [Outcome, Finding] {
  return period > 0 ? ["limit-cycle", { period }] : [outcome, {}];
}

async function ifSaddle(
  d: Dynamics,
  s: Vec,
  r: number,
  outcome: Outcome,
  tolerance: number,
): Promise<[Outcome, Finding]> {
  if (outcome !== "settled" || !d.energy) return [outcome, {}];
  const around = await curvature(d, s, r, tolerance);
  return [around.descent ? "saddle" : "settled", { curvature: around }];
}
