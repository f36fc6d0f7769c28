import { programmingSpread } from "../../../circuit/devices/ageing.ts";
import {
  conductance,
  ends,
  paired,
  stateOf,
  type DeviceModel,
  type UpdateLaw,
} from "../../../circuit/devices/device.ts";
import { pulseSize } from "../../../circuit/devices/pulse-size.ts";
import type { StateScale } from "../../../circuit/devices/scale.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import type { Later } from "./block.ts";

/** How weights live in the synapses of a block, w = span·(x − origin) with x the device's state. */
export interface Storage extends StateScale {
  readonly model: DeviceModel;
  /**
   * Whether the device is a resistor between two nodes, so that nothing is subtracted from what it
   * conducts.
   */
  readonly resistor: boolean;
  /** The largest weight of a register, and the step of its numbers (0: exact). */
  readonly largest: number;
  readonly step: number;
  /** Whether what is less than a pulse is owed to the device rather than rounded by chance. */
  readonly accumulate: boolean;
}

/**
 * What the kernels know of a law: numbers in units of the weight, the coefficients of σ(g), and
 * which law it is.
 */
export interface LawNumbers {
  readonly numbers: Slot<Vec>;
  readonly polynomial: Slot<Vec>;
  readonly terms: number;
  readonly kind: number;
  /** The least weight that is written. */
  readonly lowest: number;
  /**
   * The weight that no device falls below: that of a resistor which conducts nothing, −∞ of others.
   */
  readonly least: number;
}

/** Pulses that one programming gives a device at most, as in Rasch et al. 2021. */
export const mostPulses = 31;
/**
 * A pair is refreshed when one of its devices is beyond the first fraction of its bound and the
 * other beyond the second.
 */
const full = 0.75;
const halfFull = 0.25;
/** Bits of the fraction of a real, with the leading one. */
const mantissa = { f32: 24, f64: 53 } as const;

/** The weight that a difference of g siemens stands for. */
export function weightOf(model: DeviceModel, span: number, g: number): number {
  const [low, high] = ends(model);
  const [least, most] = model.range;
  return (span * g * (high - low)) / (most - least);
}

/**
 * What a single device that was programmed to w has become: a resistor itself, others over their
 * reference, which ages too.
 */
export function laterWeight(
  { model, span, origin, resistor }: Storage,
  { least }: LawNumbers,
  w: number,
  device: number,
  later: Later,
): number {
  const rest = conductance(model, origin);
  return Math.max(
    least,
    weightOf(
      model,
      span,
      later.of(conductance(model, w / span + origin), device) -
        (resistor ? rest : later.still(rest)),
    ),
  );
}

/** The numbers of a law in the order of the kernels. */
export function lawNumbers(
  memory: Arena,
  { model, span, origin, resistor, largest, step, accumulate }: Storage,
): LawNumbers {
  const { update, programming } = model;
  const [low, high] = ends(model);
  const [least] = model.range;
  const pair = paired(model);
  const pulses = update.law === "ideal" ? null : update;
  const exponential = update.law === "exponential" ? update : null;
  const bottom = pair ? low - high : model.bounds.low - origin;
  const top = pair ? high - low : model.bounds.high - origin;
  const nothing = span * (stateOf(model, 0) - origin);
  const floor = resistor ? Math.max(0, nothing) : -Infinity;
  const lowest = Math.max(floor, span * bottom);
  // What is finer than a real is exact.
  const code = step <= largest / (2 ** (mantissa[memory.precision] - 1) - 1) ? 0 : step;
  // The conductance g of a weight, over gmax: loading + slope·w; a siemens is so much weight.
  const perSiemens = weightOf(model, span, 1);
  const { gmax = 1, polynomial = [] } = programming ?? {};
  const numbers = [
    pulses ? 1 / (span * pulseSize(model)) : 0,
    mostPulses,
    pulses?.cycle ?? 0,
    pulses ? span * pulses.writeNoise * pulses.step : 0,
    model.states === null ? 0 : (span * (high - low)) / (model.states - 1),
    lowest,
    exponential?.up.A ?? 0,
    exponential?.down.A ?? 0,
    exponential?.up.gamma ?? 0,
    -(exponential?.down.gamma ?? 0),
    exponential?.b ?? 0,
    span * (exponential?.cycleOffset ?? 0),
    exponential?.cycleSlope ?? 0,
    full,
    halfFull,
    largest,
    code === 0 ? 0 : 1 / code,
    code,
    span * top,
    conductance(model, origin) / gmax,
    1 / perSiemens / gmax,
    perSiemens,
    pair ? (programmingSpread(model, least) * perSiemens) ** 2 : 0,
    pair ? -Infinity : Math.max(floor, nothing),
    Number(pair),
    Number(!accumulate),
    span * origin,
    floor,
  ];
  const slot = memory.reals(numbers.length);
  const coefficients = memory.reals(polynomial.length);
  slot.array.set(numbers);
  coefficients.array.set(polynomial);
  return {
    numbers: slot,
    polynomial: coefficients,
    terms: polynomial.length,
    kind: kindOf(update),
    lowest,
    least: floor,
  };
}

function kindOf(update: UpdateLaw): number {
  if (update.law === "ideal") return 0;
  return (update.law === "exponential" ? 2 : 0) + (update.cycleOf === "step" ? 1 : 0);
}
