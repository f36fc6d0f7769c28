import { programmingSpread } from "../../../circuit/devices/ageing.ts";
import {
  conductance,
  ends,
  paired,
  stateOf,
  type DeviceModel,
  type Pulses,
  type UpdateLaw,
} from "../../../circuit/devices/device.ts";
import { pulseSize } from "../../../circuit/devices/pulse-size.ts";
import type { StateScale } from "../../../circuit/devices/scale.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import type { Precision, Vec } from "../../../numerics/vec.ts";
import type { Later } from "./block.ts";
import { square } from "../../../numerics/power.ts";

/** How weights live in the synapses of a block, w = span·(x − origin) with x the device's state. */
export interface Storage extends StateScale {
  readonly model: DeviceModel;
  /**
   * Whether the device is a resistor between two nodes, so that nothing is subtracted from what it
   * conducts.
   */
  readonly resistor: boolean;
  /** The largest weight of a register, and the step of the DAC behind it (0: exact). */
  readonly largest: number;
  readonly step: number;
  /** What registers or accumulators count in; null where they are exact. */
  readonly codes: Codes | null;
  /** Whether what is less than a pulse is owed to the device rather than rounded by chance. */
  readonly accumulate: boolean;
}

/** The numbers that a digital memory keeps, in units of the weight. */
export interface Codes {
  /** What is counted: a step of a register, or a part of a step or pulse that is summed up. */
  readonly part: number;
  /** Parts of a step of the register beside an accumulator; 0: no register is held. */
  readonly whole: number;
  /** The most parts above what is held that an accumulator counts. */
  readonly most: number;
  /** Ends of what is kept. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether what is below a part is rounded by chance rather than to the nearest. */
  readonly byChance: boolean;
}

type PulsedLaw = Exclude<UpdateLaw, { readonly law: "ideal" }>;
type ExponentialLaw = Extract<UpdateLaw, { readonly law: "exponential" }>;

/**
 * What one pulse adds at x, in the forms that the kernels know: affine, step − slope·x, or
 * exponential, step·max(0, 1 − A e^{±γz}) with z = 2ax/(high − low) + b.
 */
type PulseShape =
  | { readonly kind: "affine" }
  | ({ readonly kind: "exponential" } & Omit<ExponentialLaw, keyof Pulses | "law" | "reset">);

/**
 * What the kernels know of a law: numbers in units of the weight, the coefficients of σ(g), and
 * which law it is.
 */
export interface LawNumbers {
  readonly numbers: Slot<Vec>;
  readonly polynomial: Slot<Vec>;
  readonly terms: number;
  /** Null of a device that takes any change. */
  readonly shape: PulseShape | null;
  readonly kind: number;
  /** Whether what is seen of a device is not what it holds. */
  readonly writeNoise: boolean;
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
const mantissa = { f32: 24, f64: 53 } as const satisfies Record<Precision, number>;

/** Whether steps of a memory up to so large a weight are finer than those of a real. */
export function finerThanReal(step: number, largest: number, precision: Precision): boolean {
  return step <= largest / (2 ** (mantissa[precision] - 1) - 1);
}

/** The kernels' laws, by what one pulse adds and what the noise of a pulse is a part of. */
const kernelKinds = {
  affine: { change: 0, step: 1 },
  exponential: { change: 2, step: 3 },
} as const satisfies Record<PulseShape["kind"], Record<Pulses["cycleOf"], number>>;

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

/** 2a / (high − low) of the exponential law, per weight; 0 of a device that never moves. */
export function curve(a: number, width: number, span: number): number {
  return width > 0 ? (2 * a) / (width * span) : 0;
}

/** The numbers of a law, in the kernels' memory. */
export function lawNumbers(memory: Arena, storage: Storage): LawNumbers {
  const { model, span, origin, resistor } = storage;
  const { update, programming } = model;
  const shape = update.law === "ideal" ? null : shapeOf(update);
  const nothing = span * (stateOf(model, 0) - origin);
  const least = resistor ? Math.max(0, nothing) : -Infinity;
  const bottom = paired(model) ? ends(model)[0] - ends(model)[1] : model.bounds.low - origin;
  const lowest = Math.max(least, span * bottom);
  const pulses = pulseNumbers(model, span);
  // In the order of the kernels.
  const numbers = Object.values({
    ...pulses,
    spacing: spacingOf(model, span),
    lowest,
    ...exponentialNumbers(shape, span),
    full,
    halfFull,
    ...registerNumbers(storage, memory.precision),
    ...errorNumbers(storage, paired(model) ? -Infinity : Math.max(least, nothing)),
    paired: Number(paired(model)),
    chance: Number(!storage.accumulate),
    origin: span * origin,
    least,
  });
  const slot = memory.reals(numbers.length);
  const polynomial = programming?.polynomial ?? [];
  const coefficients = memory.reals(polynomial.length);
  slot.array.set(numbers);
  coefficients.array.set(polynomial);
  return {
    numbers: slot,
    polynomial: coefficients,
    terms: polynomial.length,
    shape,
    kind: update.law === "ideal" || !shape ? 0 : kernelKinds[shape.kind][update.cycleOf],
    writeNoise: pulses.writeNoise !== 0,
    lowest,
    least,
  };
}

function shapeOf(update: PulsedLaw): PulseShape {
  switch (update.law) {
    case "constant":
    case "linear":
    case "soft-bounds":
      return { kind: "affine" };
    case "exponential":
      return { kind: "exponential", ...update };
    default:
      return update satisfies never;
  }
}

/** Pulses a weight, the most at once, and the noise of a pulse and of what is seen of it. */
function pulseNumbers(model: DeviceModel, span: number) {
  const { update } = model;
  if (update.law === "ideal") return { perStep: 0, most: mostPulses, cycle: 0, writeNoise: 0 };
  return {
    perStep: 1 / (span * pulseSize(model)),
    most: mostPulses,
    cycle: update.cycle,
    writeNoise: span * update.writeNoise * update.step,
  };
}

/** Between two levels of a device; 0 where they are continuous. */
function spacingOf(model: DeviceModel, span: number): number {
  const [low, high] = ends(model);
  return model.states === null ? 0 : (span * (high - low)) / (model.states - 1);
}

function exponentialNumbers(shape: PulseShape | null, span: number) {
  switch (shape?.kind) {
    case undefined:
    case "affine":
      return { aUp: 0, aDown: 0, gammaUp: 0, gammaDown: -0, shift: 0, extra: 0, extraSlope: 0 };
    case "exponential":
      return {
        aUp: shape.up.A,
        aDown: shape.down.A,
        gammaUp: shape.up.gamma,
        gammaDown: -shape.down.gamma,
        shift: shape.b,
        extra: span * shape.cycleOffset,
        extraSlope: shape.cycleSlope,
      };
    default:
      return shape satisfies never;
  }
}

/** The largest weight of a register, and the steps of its DAC. */
function registerNumbers({ largest, step }: Storage, precision: Precision) {
  // What is finer than a real is exact.
  const code = finerThanReal(step, largest, precision) ? 0 : step;
  return { span: largest, perCode: code === 0 ? 0 : 1 / code, code };
}

/**
 * The highest weight, and σ of write-verify: of the conductance over gmax, loading + slope·w, in
 * weight by the siemens; of a pair with the variance of the one that rests, and down to `floor`.
 */
function errorNumbers({ model, span, origin }: Storage, floor: number) {
  const [low, high] = ends(model);
  const pair = paired(model);
  const gmax = model.programming?.gmax ?? 1;
  const perSiemens = weightOf(model, span, 1);
  return {
    highest: span * (pair ? high - low : model.bounds.high - origin),
    loading: conductance(model, origin) / gmax,
    loadingSlope: 1 / perSiemens / gmax,
    error: perSiemens,
    idle: pair ? square(programmingSpread(model, model.range[0]) * perSiemens) : 0,
    floor,
  };
}
