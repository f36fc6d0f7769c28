import type { Outcome } from "../../solver/outcome.ts";
import type { Rails, SolverKind } from "../../solver/solver.ts";
import type { Certificate } from "../../solver/truth/convexity.ts";

/** How one sample settled; null where something does not exist or was not looked at. */
export interface SettledSample {
  /**
   * Its place in the data set, its class, and the class that the outputs name; none where targets
   * are reals.
   */
  readonly image: number;
  readonly label: number | null;
  readonly named: number | null;
  readonly outcome: Outcome;
  readonly advice: string;
  readonly residual: number;
  readonly steps: number;
  readonly rejected: number;
  readonly evaluations: number;
  /** Simulated time in τ; null for minimisers. */
  readonly tau: number | null;
  readonly energy: number | null;
  /** ‖s − s*‖₂ to the one equilibrium is at most this; null without a certificate. */
  readonly distance: number | null;
  /** Steps in which a limit cycle closes. */
  readonly period: number | null;
  /** Least eigenvalue of the Hessian on the units that no rail holds, and how many these are. */
  readonly smallest: number | null;
  readonly free: number | null;
  /**
   * Time in which the slowest deviation falls by e, and in which it falls from 1 to the tolerance,
   * in τ.
   */
  readonly slowest: { readonly tau: number; readonly settling: number } | null;
}

/** What one solver made of the samples. */
export interface SettledBy {
  /** As it was asked for: `dormand-prince,rtol=1e-8`. */
  readonly solver: string;
  readonly kind: SolverKind;
  readonly order: number | null;
  /** In τ, where all steps have one length. */
  readonly step: number | null;
  readonly rails: Rails;
  /** The worst of the samples'. */
  readonly outcome: Outcome;
  readonly samples: readonly SettledSample[];
}

/**
 * One sample as a solver moved it: after each step, and in between where the method says what is
 * there.
 */
export interface SolverTrace {
  readonly solver: string;
  readonly kind: SolverKind;
  readonly outcome: Outcome;
  /** τ, or iterations of a minimiser. */
  readonly at: readonly number[];
  /** [layer above the input][unit shown][point]. */
  readonly states: readonly (readonly (readonly number[])[])[];
  /** Empty where no energy exists. */
  readonly energy: readonly number[];
  readonly residual: readonly number[];
  /** Of F, up to each point; empty where they are known at the end only. */
  readonly evaluations: readonly number[];
  /** Each accepted step, from where on and how long, in τ; empty for minimisers. */
  readonly steps: { readonly at: readonly number[]; readonly length: readonly number[] };
}

/** The units of a layer that the traces show. */
export interface Shown {
  readonly layer: number;
  readonly units: readonly number[];
  readonly of: number;
}

/** Equilibria that several starts of one sample ended in. */
export interface SampleBasins {
  readonly image: number;
  readonly equilibria: readonly { readonly starts: number; readonly energy: number | null }[];
  readonly unsettled: number;
}

/** A look at how a circuit settles, as plain data: `settleText` and `renderSettlePage` show it. */
export interface SettleData {
  /** A circuit by name, or a run folder. */
  readonly target: string;
  readonly circuit: string;
  readonly die: number;
  readonly seed: number;
  readonly precision: "f32" | "f64";
  readonly layers: readonly number[];
  /** Half as many as outputs where pairs of them, k and k + classes, name class k. */
  readonly classes: number;
  readonly weights: string;
  /** The images: `digits-test`. */
  readonly images: string;
  readonly lambda: number;
  readonly beta: number;
  readonly from: "zero" | "guess" | "free";
  /** Natural residual; null where none was asked for. */
  readonly tolerance: number | null;
  /** τ that a flow was to go on for; null where none was asked for. */
  readonly time: number | null;
  readonly tauSeconds: number;
  readonly noisy: boolean;
  readonly solvers: readonly SettledBy[];
  /** null where it is too costly: synapses that are not reciprocal, and many units. */
  readonly certificate: Certificate | null;
  /**
   * Largest of −∂F/∂s of a unit by itself where it is the same for all, so that the certificate
   * reads 1 + λ > λmax.
   */
  readonly curvature: number | null;
  readonly basins: { readonly starts: number; readonly samples: readonly SampleBasins[] } | null;
  readonly shown: readonly Shown[];
  /** Of the first image; empty unless asked for. */
  readonly traces: readonly SolverTrace[];
}

/**
 * Whether all that was asked for came true: every sample settled or, without a tolerance, went on
 * for the time or the steps that were asked for, with numbers for states.
 */
export function succeeded({
  tolerance,
  time,
  solvers,
}: Pick<SettleData, "tolerance" | "time" | "solvers">): boolean {
  const samples = solvers.flatMap((s) => s.samples);
  return tolerance !== null
    ? samples.every((x) => x.outcome === "settled")
    : samples.every((x) => x.outcome !== "non-finite" && !stoppedEarly(x, time));
}

/** Whether a flow ended before the time that was asked for, by its limit of steps. */
export function stoppedEarly(
  { tau, outcome }: Pick<SettledSample, "tau" | "outcome">,
  time: number | null,
): boolean {
  const there = outcome === "settled" || outcome === "saddle" || outcome === "non-finite";
  return time !== null && tau !== null && !there && tau < time * (1 - 1e-12);
}
