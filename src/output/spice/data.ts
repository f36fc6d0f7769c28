/**
 * How far two of the three are apart at one thing, over all units (and, of waveforms, all points in
 * time).
 */
export interface ParityRow {
  /** What was compared. */
  readonly what: "free equilibrium" | "nudged equilibrium" | "waveform";
  /** Which two of ngspice, the ODE and the minimiser. */
  readonly between: readonly [string, string];
  /** Volt. */
  readonly max: number;
  /** Nine tenths of the differences are smaller, volt. */
  readonly p90: number;
  /** What counts as agreement, volt. */
  readonly limit: number;
}

/** One of the units that the figure shows, volt against `ParityData.traces.tau`. */
export interface ParityTrace {
  readonly layer: number;
  readonly unit: number;
  readonly ours: readonly number[];
  readonly spice: readonly (number | null)[];
}

/** A solver, and what it took. */
interface SolverCount {
  /** Of the solver, as settings have it. */
  readonly name: string;
  /** Evaluations of the force, or sweeps of a minimiser. */
  readonly evaluations: number;
}

/** One die by three back ends, as plain data: `parityText` and `renderParityPage` show it. */
export interface ParityData {
  /** A circuit by name or file, or a run folder. */
  readonly target: string;
  /** Name of the circuit. */
  readonly circuit: string;
  /** Which die. */
  readonly die: number;
  /** Of the weights of a circuit, and of inputs that are drawn. */
  readonly seed: number;
  /** Units of each layer, inputs first. */
  readonly layers: readonly number[];
  /** Half as many as outputs where pairs of them, k and k + classes, name class k. */
  readonly classes: number;
  /** Where the weights come from, in words. */
  readonly weights: string;
  /** Which input, and the class that is nudged; null where outputs have targets of their own. */
  readonly input: string;
  /** The class that is nudged; null where outputs have targets of their own. */
  readonly label: number | null;
  /** Pull to the copy's guess. */
  readonly lambda: number;
  /** Of the nudge. */
  readonly beta: number;
  /** τ in seconds. */
  readonly tauSeconds: number;
  /** Volt from rail to rail. */
  readonly swing: number;
  /** What holds the rails: `ideal (stiff in SPICE)`. */
  readonly clamp: string;
  /** Whether constant inputs are folded into one current source a unit. */
  readonly folded: boolean;
  /** Of each phase, τ. */
  readonly time: {
    /** Free phase. */
    readonly free: number;
    /** Nudged phase. */
    readonly nudged: number;
  };
  /** Null where it did not run; `spice.failure` says why. */
  readonly spice:
    | { readonly engine: string; readonly failure: null }
    | { readonly engine: string | null; readonly failure: string };
  /** Elements of the netlist. */
  readonly elements: number;
  /** In time, of the transient; 0 without one. */
  readonly points: number;
  /** What was compared, a row each. */
  readonly rows: readonly ParityRow[];
  /**
   * Wall time of each, both phases, seconds; null where it did not run. Of ngspice that of the
   * transient, and of the operating points where it has such.
   */
  readonly seconds: {
    /** The transient in ngspice. */
    readonly spice: number | null;
    /** The operating points in ngspice. */
    readonly points: number | null;
    /** Our ODE. */
    readonly ode: number;
    /** Our minimiser. */
    readonly minimiser: number | null;
  };
  /** What our solvers are called, and how many evaluations (or sweeps) they took. */
  readonly ode: SolverCount;
  /** The same of the minimiser; null where it did not run. */
  readonly minimiser: SolverCount | null;
  /** What the comparison leaves out, a sentence each. */
  readonly notes: readonly string[];
  readonly traces: {
    readonly tau: readonly number[];
    readonly units: readonly ParityTrace[];
    /** Largest difference of all units at each time, volt. */
    readonly apart: readonly (number | null)[];
  };
}

/** Whether ngspice ran and everything agrees. */
export function agrees({ spice, rows }: Pick<ParityData, "spice" | "rows">): boolean {
  return spice.failure === null && rows.every((r) => r.max <= r.limit);
}

/**
 * ngspice's wall time over ours: to the equilibria, which are all that the minimiser knows, and
 * along the waveforms of the ODE.
 */
export function speedRatios({
  seconds: { spice, points, ode, minimiser },
}: Pick<ParityData, "seconds">): {
  /** To the equilibria; null where one of the two did not run. */
  readonly minimiser: number | null;
  /** Along the waveforms; null without a transient. */
  readonly ode: number | null;
} {
  const equilibria = points ?? spice;
  return {
    minimiser: equilibria === null || minimiser === null ? null : equilibria / minimiser,
    ode: spice === null ? null : spice / ode,
  };
}
