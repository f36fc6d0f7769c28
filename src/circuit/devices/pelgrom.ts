import type { DeviceModel } from "./device.ts";
import { pelgrom1989 } from "./presets/cites.ts";

/** How well neighbours of a process match: Pelgrom et al., JSSC 1989. */
export interface Matching {
  /** A_VT of a pair, V·m: 3.9 mV·µm is 3.9e-9. */
  readonly aVT: number;
  /** A_β of a pair, m: 1 %·µm is 1e-8. */
  readonly aBeta: number;
}

/** σ(ΔV_T) = A_VT/√(WL) of a pair, volt; `area` WL in m². One transistor alone: divided by √2. */
export function thresholdSpread({ aVT }: Pick<Matching, "aVT">, area: number): number {
  return aVT / Math.sqrt(area);
}

/** σ(ΔI/I) of a pair: σ² = (g_m/I)² σ²(ΔV_T) + A_β²/(WL); `gmOverI` in 1/V. */
export function currentSpread(matching: Matching, area: number, gmOverI: number): number {
  return Math.hypot(gmOverI * thresholdSpread(matching, area), matching.aBeta / Math.sqrt(area));
}

/** A CMOS transconductor by what a designer knows of it: its process, its area and its bias. */
export interface TransconductorOptions {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly cites: readonly string[];
  readonly approximate: string;
  readonly matching: Matching;
  /** Gate area WL, m²; default 1 µm². */
  readonly area?: number;
  /** g_m over the bias current, 1/V: about 10 in moderate inversion, κ/U_T = 27 below threshold. */
  readonly gmOverI: number;
  /** Bias currents at the ends of the range, ampere. */
  readonly current: readonly [low: number, high: number];
  /** k of g_m ∝ T^−k at a fixed bias: 1 below threshold, where g_m = κI/U_T. */
  readonly temperature: number;
}

/**
 * A CMOS transconductor whose weight is its bias current, g_m = (g_m/I)·I: any current is set
 * exactly, and mismatch of the pair that copies it is the gain of the synapse. Weights that are
 * registers do not age.
 */
export function transconductor({
  matching,
  area = 1e-12,
  gmOverI,
  current: [low, high],
  temperature,
  cites,
  ...named
}: TransconductorOptions): DeviceModel {
  return {
    ...named,
    cites: [pelgrom1989, ...cites],
    range: [gmOverI * low, gmOverI * high],
    sign: "reference",
    oneWay: true,
    bounds: { low: -1, high: 1, spreadLow: 0, spreadHigh: 0 },
    update: { law: "ideal" },
    programming: null,
    states: null,
    stuck: 0,
    stuckWithin: 0,
    readNoise: 0,
    ageing: { drift: null, flicker: null, relaxation: null, leak: null, temperature },
    gainSpread: currentSpread(matching, area, gmOverI),
  };
}
