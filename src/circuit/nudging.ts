import { square } from "../numerics/power.ts";

/**
 * What the reading of a phase counts in the two states that a lesson compares: numbers whose sum
 * over all readings is 1 for each.
 */
interface Weights {
  readonly high: number;
  readonly low: number;
}

/** A nudged phase: where the nudge stands meanwhile, over β. */
interface NudgedPhase extends Weights {
  readonly beta: number;
}

/**
 * How a lesson nudges: its nudged phases in order, and what of all readings the contrast is formed
 * of,
 *
 *   high = Σ_k high_k s(β_k),  low = Σ_k low_k s(β_k),
 *   contrast = (high ⊗ high − low ⊗ low) / span β.
 *
 * Every scheme is such a list. What differs are the nudges, the weights and whether each phase
 * begins at the free state again.
 */
export interface Nudging {
  readonly scheme: Scheme["kind"];
  readonly free: Weights;
  readonly phases: readonly NudgedPhase[];
  /** From low to high, over β. */
  readonly span: number;
  /** Power of β that the bias of the contrast is of, where equilibria are smooth in β. */
  readonly order: number;
  /**
   * Whether a phase goes on where the last one ended and is demodulated as it is read; otherwise
   * each begins at the free state, and readings are held until the last.
   */
  readonly goesOn: boolean;
}

/** How a lesson nudges, as a user says it. */
export type Scheme =
  /** The free state, and one nudge of either sign. */
  | { readonly kind: "one-sided" }
  /** Both signs of β. */
  | { readonly kind: "centred" }
  /** So many strengths of a nudge, `points`, that a polynomial is led through. */
  | { readonly kind: "points"; readonly points: number; readonly order: number }
  /** β cos ωt over so many `periods`, `samples` readings in each. */
  | { readonly kind: "lock-in"; readonly samples: number; readonly periods: number };

/** What a scheme is where a file says no more than its name. */
export const usualSchemes = {
  "one-sided": { kind: "one-sided" },
  centred: { kind: "centred" },
  points: { kind: "points", points: 4, order: 4 },
  "lock-in": { kind: "lock-in", samples: 8, periods: 2 },
} as const satisfies { readonly [K in Scheme["kind"]]: Extract<Scheme, { readonly kind: K }> };

const none: Weights = { high: 0, low: 0 };

const makers: {
  readonly [K in Scheme["kind"]]: (
    scheme: Extract<Scheme, { readonly kind: K }>,
  ) => Omit<Nudging, "scheme">;
} = {
  "one-sided": () => ({
    free: { high: 0, low: 1 },
    phases: [{ beta: 1, high: 1, low: 0 }],
    span: 1,
    order: 1,
    goesOn: false,
  }),
  centred: () => ({
    free: none,
    phases: [
      { beta: 1, high: 1, low: 0 },
      { beta: -1, high: 0, low: 1 },
    ],
    span: 2,
    order: 2,
    goesOn: false,
  }),
  points: ({ points, order }) => ({
    free: none,
    phases: chebyshev(points, order),
    span: 2,
    order,
    goesOn: false,
  }),
  "lock-in": ({ samples, periods }) => ({
    free: none,
    phases: oscillation(samples, periods),
    span: 2,
    order: 2,
    goesOn: true,
  }),
};

/** The phases of a scheme, and what is known of it. */
export function nudgingOf(scheme: Scheme): Nudging {
  return {
    scheme: scheme.kind,
    ...(makers[scheme.kind] as (s: Scheme) => Omit<Nudging, "scheme">)(scheme),
  };
}

/**
 * Nudges β cos θ_k / cos θ_0 at Chebyshev's points θ_k = π (k + ½)/N, N samples of half a period,
 * from +β to −β. The polynomial through N readings is Σ c_j T_j(cos θ) of harmonics
 *
 *   c_j = (2/N) Σ_k s_k cos jθ_k.
 *
 * Its value at 0 is Σ (−1)^(j/2) c_j of the even ones, its slope Σ j (−1)^((j−1)/2) c_j of the odd.
 * Those below `order` p leave a bias of β^p: all of them p = N, the first alone 2.
 */
function chebyshev(points: number, order: number): readonly NudgedPhase[] {
  const theta = (k: number) => (Math.PI * (k + 0.5)) / points;
  const scale = Math.cos(theta(0));
  const harmonics = Array.from({ length: order }, (_, j) => j);
  return Array.from({ length: points }, (_, k) => {
    let value = 0;
    let slope = 0;
    for (const j of harmonics) {
      const c = ((j === 0 ? 1 : 2) / points) * Math.cos(j * theta(k));
      if (j % 2 === 0) value += alternate(j / 2) * c;
      else slope += j * alternate((j - 1) / 2) * c * scale;
    }
    return { beta: Math.cos(theta(k)) / scale, high: value + slope, low: value - slope };
  });
}

/**
 * Nudges β cos ωt, `samples` readings a period at ωt = 2π (m + ½)/M, after a quarter of a period
 * that leads up to it and is not read. The mean of the readings is the value at 0, twice their mean
 * product with cos ωt the slope times β: offsets and a steady drift are in neither, and of noise
 * only what is near ω.
 */
function oscillation(samples: number, periods: number): readonly NudgedPhase[] {
  const lead = Math.floor(samples / 4);
  const all = samples * periods;
  return Array.from({ length: lead + all }, (_, k) => {
    const m = k - lead;
    const beta = Math.cos((2 * Math.PI * (m + 0.5)) / samples);
    const read = m < 0 ? 0 : 1 / all;
    return { beta, high: read * (1 + 2 * beta), low: read * (1 - 2 * beta) };
  });
}

/**
 * √(Σ (high_k − low_k)²) / span: the noise of (high − low)/span β where readings have independent
 * noise of 1, times β.
 */
export function noiseGain({ free, phases, span }: Nudging): number {
  const squares = [free, ...phases].reduce((sum, w) => sum + square(w.high - w.low), 0);
  return Math.sqrt(squares) / span;
}

/** How many of the nudged phases of a sample are read. */
export function nudgedReadings({ phases }: Nudging): number {
  return phases.filter(({ high, low }) => high !== 0 || low !== 0).length;
}

/** (−1)^n. */
function alternate(n: number): 1 | -1 {
  return n % 2 === 0 ? 1 : -1;
}
