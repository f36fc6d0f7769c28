/**
 * How far two of the three are apart at one thing, over all units (and, of waveforms, all points in
 * time).
 */
export interface ParityRow {
  readonly what: "free equilibrium" | "nudged equilibrium" | "waveform";
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

/** One die by three back ends, as plain data: `parityText` and `renderParityPage` show it. */
export interface ParityData {
  readonly target: string;
  readonly circuit: string;
  readonly die: number;
  readonly seed: number;
  readonly layers: readonly number[];
  /** Half as many as outputs where pairs of them, k and k + classes, name class k. */
  readonly classes: number;
  readonly weights: string;
  /** Which input, and the class that is nudged; null where outputs have targets of their own. */
  readonly input: string;
  readonly label: number | null;
  readonly lambda: number;
  readonly beta: number;
  readonly tauSeconds: number;
  /** Volt from rail to rail. */
  readonly swing: number;
  /** What holds the rails: `ideal (stiff in SPICE)`. */
  readonly clamp: string;
  readonly folded: boolean;
  /** Of each phase, τ. */
  readonly time: { readonly free: number; readonly nudged: number };
  /** Null where it did not run; `spice.failure` says why. */
  readonly spice:
    | { readonly engine: string; readonly failure: null }
    | { readonly engine: string | null; readonly failure: string };
  readonly elements: number;
  /** In time, of the transient; 0 without one. */
  readonly points: number;
  readonly rows: readonly ParityRow[];
  /**
   * Wall time of each, both phases, seconds; null where it did not run. Of ngspice that of the
   * transient, and of the operating points where it has such.
   */
  readonly seconds: {
    readonly spice: number | null;
    readonly points: number | null;
    readonly ode: number;
    readonly minimiser: number | null;
  };
  /** What our solvers are called, and how many evaluations (or sweeps) they took. */
  readonly ode: { readonly name: string; readonly evaluations: number };
  readonly minimiser: { readonly name: string; readonly evaluations: number } | null;
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
  readonly minimiser: number | null;
  readonly ode: number | null;
} {
  const equilibria = points ?? spice;
  return {
    minimiser: equilibria === null || minimiser === null ? null : equilibria / minimiser,
    ode: spice === null ? null : spice / ode,
  };
}
