import type { DeviceModel } from "./devices/device.ts";
import type { Law } from "./law.ts";

/**
 * How a rail holds a node. `ideal` projects onto the rails; the others draw I(V_i − V_high) from
 * the node and feed I(V_low − V_i) into it, where V is the voltage across the element: linear I =
 * G·max(0, V), diode I = I_s (exp(V / (n U_T)) − 1), U_T = kT/q (Shockley 1949), or a law of its
 * user's. In a crossbar it is the law of the diodes, on the sides where a node has one.
 */
export type Clamp = "ideal" | LinearClamp | DiodeClamp | CustomClamp;
interface LinearClamp {
  readonly law: "linear";
  /** Siemens. */
  readonly conductance: number;
}
interface DiodeClamp {
  readonly law: "diode";
  /** Saturation current I_s, ampere. */
  readonly saturation: number;
  /** Ideality factor n. */
  readonly ideality: number;
}
interface CustomClamp {
  readonly law: "custom";
  /** Ampere, of the voltage V across the element. */
  readonly current: Law;
}

/** What holds the weights between two programmings. */
export type WeightStore =
  /** Any weight, exactly. */
  { readonly memory: "exact" } | WeightRegisters | WeightDevices;

/** Digital registers, which program the synapses. */
export interface WeightRegisters {
  readonly memory: "registers";
  /** The largest weight of a register, and what the whole range of a device covers. */
  readonly span: number;
  /** The device that a register programs; absent: whatever the register holds is conducted. */
  readonly device?: DeviceModel;
  /** Of a register, its sign among them where weights have one; absent: exact. */
  readonly bits?: number;
  /** How a change becomes numbers of a register or of its accumulator; absent: nearest. */
  readonly rounding?: Rounding;
  /** Bits, a sign among them, of an accumulator beside each register; absent: there is none. */
  readonly accumulate?: number;
  /** Bits of the DAC that sets the synapse, counted as those of a register; absent: exact. */
  readonly dac?: number;
}

export const roundings = ["nearest", "chance"] as const;

/** To the nearest number, or to one of the two about it, right on average. */
type Rounding = (typeof roundings)[number];

/** The devices themselves, which then take every update. */
export interface WeightDevices {
  readonly memory: "devices";
  /** The weight of a device whose state x is 1, about an end of its range (w = span·x). */
  readonly span: number;
  readonly device: DeviceModel;
  /**
   * Whether a digital accumulator at each device sums up the changes that learning asks for and
   * pulses it when they make a whole pulse (mixed precision, Nandakumar et al. 2020). Otherwise
   * parts of pulses are rounded by chance. A number: of so many bits, a sign among them.
   */
  readonly accumulate: boolean | number;
  /** How a change becomes parts of an accumulator of bits; absent: nearest. */
  readonly rounding?: Rounding;
}

/** The device that holds a weight; none where nothing but a number does. */
export function deviceOf(store: WeightStore): DeviceModel | undefined {
  return store.memory === "exact" ? undefined : store.device;
}

/** Of a register; none where there is none, or it is exact. */
export function bitsOf(store: WeightStore): number | undefined {
  return store.memory === "registers" ? store.bits : undefined;
}

/** Of the DAC that sets a synapse; none where there is none, or it is exact. */
export function dacBitsOf(store: WeightStore): number | undefined {
  return store.memory === "registers" ? store.dac : undefined;
}

/** Of what sets a synapse, register or DAC, whichever has fewer; none where both are exact. */
export function coarsestBits(store: WeightStore): number | undefined {
  const bits = Math.min(bitsOf(store) ?? Infinity, dacBitsOf(store) ?? Infinity);
  return bits === Infinity ? undefined : bits;
}

/** Whether digital accumulators sum up what registers or devices are to be moved by. */
export function accumulates(store: WeightStore): boolean {
  return store.memory !== "exact" && store.accumulate !== undefined && store.accumulate !== false;
}

/** Of an accumulator, a sign among them; none where there is none, or it is exact. */
export function accumulatorBitsOf(store: WeightStore): number | undefined {
  return store.memory !== "exact" && typeof store.accumulate === "number"
    ? store.accumulate
    : undefined;
}

/** Whether what is below a number of a memory is rounded by chance. */
export function roundsByChance(store: WeightStore): boolean {
  return store.memory !== "exact" && store.rounding === "chance";
}

/**
 * Weighs one neuron's voltage into another's current, one each way: `signed`, of either sign;
 * `pair`, the difference of two devices of one sign.
 */
export type Transconductor = { readonly coding: "signed" | "pair" } & WeightStore;

/** Conducts between two nodes, w ≥ 0. */
export type Resistor = {
  /**
   * What it can be programmed to, siemens, or what its device conducts at its nominal bounds.
   */
  readonly conductance: { readonly low: number; readonly high: number };
  /** The weight of the high end. */
  readonly span: number;
} & WeightStore;

/**
 * The weight of the end of a device's range, or of the largest register; none where nothing ends.
 */
export function spanOf(synapse: Transconductor | Resistor): number | undefined {
  return "span" in synapse ? synapse.span : undefined;
}

export const diodeKinds = ["rails", "rectifying", "none"] as const;

/**
 * Which diodes hold the units of a layer: `rails`, between both rails; `rectifying`, the first half
 * of the units not below the low rail (excitatory) and the others not above it (inhibitory);
 * `none`, linear.
 */
export type DiodeKind = (typeof diodeKinds)[number];
export interface Diodes {
  readonly hidden: DiodeKind;
  readonly output: DiodeKind;
}

/**
 * The voltage sources of the inputs: V_low + gain·V_s·x, and where complementary its mirror image
 * V_low − gain·V_s·x beside it.
 */
export interface Drivers {
  readonly gain: number;
  readonly complementary: boolean;
}

/**
 * Between a hidden node and the resistors above it: sets `gain` times the node's voltage there and
 * draws 1/gain of the current from the node.
 */
export interface Amplifier {
  readonly gain: number;
}

/**
 * How the conductances to target (2β G_L) or digital guess (λ G_L) differ from one unit to the
 * next; drawn once a die.
 */
export interface Tie {
  /** Log-standard deviation of the conductance (lognormal, median as asked). */
  readonly spread: number;
  /** Standard deviation of the voltage it leads to, volt. */
  readonly offset: number;
}

export const nudgeKinds = ["conductance", "current"] as const;
export type NudgeKind = (typeof nudgeKinds)[number];

/**
 * What pulls the outputs to their targets: a conductance 2β G_L to a voltage, or a current 2β G_L
 * (y − v⁰) that is set by the outputs v⁰ as they are read when the nudge comes on, −β ∂/∂v Σ (v −
 * y)² there (Kendall et al. 2020).
 */
export interface Nudge extends Tie {
  /** Absent: conductances. */
  readonly kind?: NudgeKind;
}

export const outputKinds = ["single", "differential"] as const;

/**
 * A uniform quantiser of 2^bits levels, the first and the last at the ends of its range, that clips
 * to it.
 */
export interface Converter {
  /** Absent: no steps. */
  readonly bits?: number;
  /** Volt. */
  readonly low: number;
  /** Volt. */
  readonly high: number;
}

/** Where voltages become numbers and back; each absent one is exact. */
export interface Converters {
  /** DAC of the inputs. */
  readonly input?: Converter;
  /** DAC of the copy's guess, from rail to rail. */
  readonly guess?: {
    /** Absent: no steps. */
    readonly bits?: number;
  };
  /** ADC that reads the neurons, with the rms noise of one reading, volt. */
  readonly readout?: Converter & { readonly noise: number };
}

/**
 * The sample-and-hold that keeps the free state: samples with a variance kT/C_s, then droops by I t
 * / C_s.
 */
export interface Hold {
  /** C_s, farad. */
  readonly capacitance: number;
  /** Ampere. */
  readonly leakage: number;
  /** From sampling to reading, second. */
  readonly time: number;
}

/**
 * The integrators through which settled nodes are read: each forms the mean of its node's voltage
 * over a window that begins when a phase has settled,
 *
 *   V̄ = ∫ e^(−(T−t)/L) V(t) dt / ∫ e^(−(T−t)/L) dt − droop,     e^(−T/L) = 1 − leak,
 *
 * with its gain calibrated, so that a leak costs what was seen first, and no signal.
 */
export interface Integrators {
  /** T, second. Zero: the voltage itself is read. */
  readonly average: number;
  /** Share of its charge that an integrator loses during the window, 0 ≤ leak < 1. */
  readonly leak: number;
  /** What it loses from the end of the window until it is converted, volt. */
  readonly droop: number;
}

/** What moves at every instant. Absent or zero is exactly no noise; each can be switched alone. */
export interface CircuitNoise {
  /**
   * Thermal noise of the leak, as a multiple of its physical current density 4 k T G_L [A²/Hz]: 1
   * is Johnson's (1928), with a stationary variance k T / C [V²] on a node by itself.
   */
  readonly thermal: number;
  /** Shot noise, as a multiple of its physical density 2 q |I| [A²/Hz]. */
  readonly shot?: number;
  /** 1/f noise of a neuron's current, as strong as all its white noise at the corner, hertz. */
  readonly flicker?: { readonly corner: number };
  /** Telegraph noise of a synapse: G or G (1 − depth), switched at `rate` each way, hertz. */
  readonly telegraph?: { readonly depth: number; readonly rate: number };
  /** Standard deviation of a device's conductance from one reading to the next, over itself. */
  readonly read?: number;
}

export interface TransconductorNoise extends CircuitNoise {
  /** Noise factor γ of the transconductors, 4 k T γ |G_m| [A²/Hz]: 2/3 for a long channel. */
  readonly excess?: number;
}
