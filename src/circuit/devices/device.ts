/**
 * A programmable conductance as plain data. Its state x is a number without unit that spans about
 * −1 … 1 (a one-sided device 0 … 2); `range` says what the ends conduct. Four clocks of
 * imperfection, each with an exact zero: *mismatch* once a die, *write error* once a programming,
 * *noise* at every reading, *ageing* with time.
 */
export interface DeviceModel {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** BibTeX of where the values come from. */
  readonly cites: readonly string[];
  /** Which values are not taken from those sources, and how good they are; empty: none. */
  readonly approximate: string;
  /** What one device conducts at the low and at the high end of x, siemens. */
  readonly range: readonly [low: number, high: number];
  /**
   * How a weight gets its sign: `reference` subtracts what x = 0 conducts, a fixed conductance for
   * all; `differential` subtracts a second device of the same kind.
   */
  readonly sign: "reference" | "differential";
  /** Whether it drives one node by the voltage of another, and is no resistor between them. */
  readonly oneWay?: true;
  readonly bounds: Bounds;
  readonly update: UpdateLaw;
  readonly programming: Programming | null;
  /** Distinct levels between the bounds, ends included; null: continuous. */
  readonly states: number | null;
  /** Probability that a device never moves. */
  readonly stuck: number;
  /** A stuck device sits at a uniformly random x, |x| at most this, and within its bounds. */
  readonly stuckWithin: number;
  /** σ of one reading, relative to the conductance. */
  readonly readNoise: number;
  readonly ageing: Ageing | null;
  /** σ of a device's gain 1 + σξ, ξ normal, once a die: what it conducts over what its x says. */
  readonly gainSpread: number;
}

/**
 * Where x stops: `low` ≤ 0 ≤ `high`, ±∞ where nothing stops it. A device's own bound is b·|1 + σξ|,
 * σ the bound's spread.
 */
export interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly spreadLow: number;
  readonly spreadHigh: number;
}

/**
 * Write-verify: what is left of the error, σ(g) = Σ cₖ (g/gmax)ᵏ in siemens, on a target of g
 * siemens.
 */
export interface Programming {
  readonly polynomial: readonly number[];
  readonly gmax: number;
}

/**
 * What one pulse up (+) or down (−) does: Δx = ± step·shape(x), with noise. The step of a device is
 * step·|gain + bias ± r|: gain = 1 + σξ (normal) or e^{σξ} (lognormal) with σ = `spread`, r =
 * `upDownSpread`·ξ, and bias = −|upDown| on the weaker side: up where upDown < 0, down where upDown
 * > 0. This is the pulsed device of Rasch et al., AICAS 2021.
 */
export interface Pulses {
  /** Mean |Δx| where the shape is 1. */
  readonly step: number;
  readonly spread: number;
  readonly spreadLaw: "normal" | "lognormal";
  /**
   * Cycle-to-cycle noise: σ of one pulse over `cycleOf`, the pulse's own Δx or the device's step
   * wherever x is.
   */
  readonly cycle: number;
  readonly cycleOf: "change" | "step";
  readonly upDown: number;
  readonly upDownSpread: number;
  /** What is seen is x + writeNoise·step·ξ, ξ new at each programming. */
  readonly writeNoise: number;
}

/**
 * How far one pulse moves a device: Δx = ± step·shape(x), with x as in `DeviceModel`. Each law is a
 * shape; all but the ideal one have the noise of `Pulses`.
 */
export type UpdateLaw =
  /** Any Δx, exactly, up to the bounds. */
  | { readonly law: "ideal" }
  /** shape = 1. */
  | (Pulses & { readonly law: "constant" })
  /**
   * shape = 1 − γ x/bound, the mean bound of that direction; γ = |γ + σξ|, or γ + σξ where steps
   * grow (γ < 0).
   */
  | (Pulses & {
      readonly law: "linear";
      readonly gammaUp: number;
      readonly gammaDown: number;
      readonly gammaUpSpread: number;
      readonly gammaDownSpread: number;
    })
  /** shape = 1 − x/bound, the device's own bound. */
  | (Pulses & { readonly law: "soft-bounds"; readonly reference: Reference | null })
  /**
   * shape = max(0, 1 − A e^{±γz}), z = 2ax/(high − low) + b, + up and − down. The noise of a pulse
   * is cycle·(|Δx| + cycleOffset + cycleSlope·|x|).
   */
  | (Pulses & {
      readonly law: "exponential";
      readonly up: Exponential;
      readonly down: Exponential;
      readonly a: number;
      readonly b: number;
      readonly cycleOffset: number;
      readonly cycleSlope: number;
      /** Where a reset leaves x: mean, and σ once a device. */
      readonly reset: { readonly mean: number; readonly spread: number } | null;
    });

export interface Exponential {
  readonly A: number;
  readonly gamma: number;
}

/**
 * x is counted from the device's symmetry point, where up and down undo each other, missed by
 * `spread`·ξ.
 */
export interface Reference {
  readonly spread: number;
}

/** a·ln(g/gmax) + b between two limits. */
export interface Ramp {
  readonly a: number;
  readonly b: number;
  readonly least: number;
  readonly most: number;
}

/**
 * What time and temperature do to a device since it was programmed to g [S]; `null` is an exact
 * zero. Ages are in seconds, temperatures in kelvin, and every ξ is standard normal.
 */
export interface Ageing {
  /** Structural drift: g(t) = g (t/t₀)^−ν, t = t₀ + age; ν = |μ(g) + σ(g)ξ|, ξ once a device. */
  readonly drift: {
    readonly t0: number;
    readonly gmax: number;
    readonly mean: Ramp;
    readonly spread: Ramp;
  } | null;
  /**
   * Accumulated 1/f noise: σ = g·Q·√ln((t + tᵣ)/2tᵣ), Q = min(scale·(g/gmax)^−exponent, most), t as
   * above.
   */
  readonly flicker: {
    readonly t0: number;
    readonly readTime: number;
    readonly gmax: number;
    readonly scale: number;
    readonly exponent: number;
    readonly most: number;
  } | null;
  /**
   * Relaxation after write-verify, t ≥ 1 s: g + mean·ln t + (spreadSlope·ln t + spread)·ξ, siemens.
   */
  readonly relaxation: {
    readonly mean: number;
    readonly spreadSlope: number;
    readonly spread: number;
  } | null;
  /**
   * Loss of charge: x ← x(1 − 1/L) each minibatch, L = `minibatches`·(1 + `spread`·ξ), ξ once a
   * device; in time x e^{−age/τ}, τ = `seconds` at 300 K with the same spread, halved by every 10 K
   * more.
   */
  readonly leak: {
    readonly minibatches: number;
    readonly spread: number;
    readonly seconds: number;
  } | null;
  /** g(T) = g(300 K)·(T/300 K)^−k. */
  readonly temperature: number;
}

/** The kelvin at which conductances and leaks are stated. */
export const roomTemperature = 300;

/** The x of the two ends of `range`: the bounds, or ±1 where there are none. */
export function ends({ bounds: { low, high } }: DeviceModel): readonly [low: number, high: number] {
  return [Number.isFinite(low) ? low : -1, Number.isFinite(high) ? high : 1];
}

/** Whether weights are differences of two devices, which pulses only raise. */
export function paired({ sign }: DeviceModel): boolean {
  return sign === "differential";
}

/** g = gmin + (gmax − gmin)·(x − low)/(high − low), siemens. */
export function conductance(model: DeviceModel, x: number): number {
  const [low, high] = ends(model);
  const [least, most] = model.range;
  return least + (most - least) * ((x - low) / (high - low));
}

/** The x that conducts g siemens. */
export function stateOf(model: DeviceModel, g: number): number {
  const [low, high] = ends(model);
  const [least, most] = model.range;
  return low + (high - low) * ((g - least) / (most - least));
}

/** The level nearest to x; x itself where levels are continuous. */
export function quantised(x: number, model: DeviceModel): number {
  if (model.states === null) return x;
  const [low, high] = ends(model);
  const step = (high - low) / (model.states - 1);
  const level = Math.round((x - low) / step);
  return level <= 0 ? low : level >= model.states - 1 ? high : low + level * step;
}

/** Mean pulses from one bound to the other at full step; Infinity for the ideal law. */
export function stepCount(model: DeviceModel): number {
  const [low, high] = ends(model);
  return model.update.law === "ideal" ? Infinity : (high - low) / model.update.step;
}
