import type { Targets } from "../../data/dataset.ts";
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
  /** Its class; null where targets are reals. */
  readonly label: number | null;
  /** The class that the outputs name; null where targets are reals. */
  readonly named: number | null;
  /** How it ended. */
  readonly outcome: Outcome;
  /** What to do about that; empty where nothing is to be done. */
  readonly advice: string;
  /** Natural residual, max |s − clip(s + F(s))|. */
  readonly residual: number;
  /** Steps, sweeps or iterations. */
  readonly steps: number;
  /** Steps that were rejected. */
  readonly rejected: number;
  /** Of the force. */
  readonly evaluations: number;
  /** Simulated time in τ; null for minimisers. */
  readonly tau: number | null;
  /** At the end; null where no energy exists. */
  readonly energy: number | null;
  /** ‖s − s*‖₂ to the one equilibrium is at most this; null without a certificate. */
  readonly distance: number | null;
  /** Steps in which a limit cycle closes. */
  readonly period: number | null;
  /** Least eigenvalue of the Hessian on the units that no rail holds, and how many these are. */
  readonly smallest: number | null;
  /** Units that no rail holds; null where they were not looked at. */
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
  /** Whether it follows the flow or minimises. */
  readonly kind: SolverKind;
  /** Order of the method; null of minimisers. */
  readonly order: number | null;
  /** In τ, where all steps have one length. */
  readonly step: number | null;
  /** How it meets the rails. */
  readonly rails: Rails;
  /** The worst of the samples'. */
  readonly outcome: Outcome;
  /** Each sample that it settled. */
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
  /** Its place in the data set. */
  readonly image: number;
  /** Each equilibrium, with the starts that ended in it and its energy, where one exists. */
  readonly equilibria: readonly { readonly starts: number; readonly energy: number | null }[];
  /** Starts that did not settle. */
  readonly unsettled: number;
}

/** A look at how a circuit settles, as plain data: `settleText` and `renderSettlePage` show it. */
export interface SettleData {
  /** A circuit by name, or a run folder. */
  readonly target: string;
  /** Name of the circuit. */
  readonly circuit: string;
  /** Which die. */
  readonly die: number;
  /** Of the weights of a circuit. */
  readonly seed: number;
  /** Of the arithmetic. */
  readonly precision: "f32" | "f64";
  /** Units of each layer, inputs first. */
  readonly layers: readonly number[];
  /** Half as many as outputs where pairs of them, k and k + classes, name class k. */
  readonly classes: number;
  /** Where the weights come from, in words. */
  readonly weights: string;
  /** The samples: `digits-test`. */
  readonly images: string;
  /** What a sample is called. */
  readonly sample: "image" | "row";
  /** What outputs name: classes, or real targets. */
  readonly targets: {
    /** Whether they are classes or real numbers. */
    readonly kind: Targets["kind"];
    /** What they are called. */
    readonly names: readonly string[];
  };
  /** Pull to the copy's guess. */
  readonly lambda: number;
  /** Of the nudge; 0 in the free phase. */
  readonly beta: number;
  /** What settling began at. */
  readonly from: "zero" | "guess" | "free";
  /** Natural residual; null where none was asked for. */
  readonly tolerance: number | null;
  /** τ that a flow was to go on for; null where none was asked for. */
  readonly time: number | null;
  /** τ in seconds. */
  readonly tauSeconds: number;
  /** Whether the chip has noise. */
  readonly noisy: boolean;
  /** What each solver made of the samples. */
  readonly solvers: readonly SettledBy[];
  /** null where it is too costly: synapses that are not reciprocal, and many units. */
  readonly certificate: Certificate | null;
  /**
   * Largest of −∂F/∂s of a unit by itself where it is the same for all, so that the certificate
   * reads 1 + λ > λmax.
   */
  readonly curvature: number | null;
  /** What several starts ended in; null where one was asked for. */
  readonly basins: {
    /** Of each sample. */
    readonly starts: number;
    /** The equilibria of each sample. */
    readonly samples: readonly SampleBasins[];
  } | null;
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

/** `class 3`, or the name of a real target. */
export function targetText({ targets }: Pick<SettleData, "targets">, k: number): string {
  const name = targets.names[k] ?? String(k);
  return targets.kind === "classes" ? `class ${name}` : name;
}
