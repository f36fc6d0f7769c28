import type {
  Amplifier,
  CircuitNoise,
  Clamp,
  Converters,
  Diodes,
  Drivers,
  Hold,
  Integrators,
  Nudge,
  NudgeKind,
  Resistor,
  Tie,
  Transconductor,
  TransconductorNoise,
  outputKinds,
} from "./elements.ts";

/**
 * A schematic in SI units: what `circuits/*.yaml` says once its units are read, whatever its
 * synapses are. Plain data, nothing runs.
 *
 * The network's quantities follow from it: τ = C / G₁ and weight w = G / G₁ with G₁ the conductance
 * of weight 1, state s = (V − V_low) / (V_high − V_low).
 */
export interface Schematic {
  /** Of the schematic. */
  readonly name: string;
  /** What it is, in a sentence. */
  readonly description: string;
  /** BibTeX of what the values come from. */
  readonly cites: readonly string[];
  /** Kelvin. */
  readonly temperature: number;
  /** Rails of the signal, volt: state 0 and state 1. */
  readonly rails: {
    /** Volt. */
    readonly low: number;
    /** Volt. */
    readonly high: number;
  };
  /** What a neuron is made of. */
  readonly neuron: {
    /** Membrane capacitance, farad. */
    readonly capacitance: number;
    /** Leak conductance, siemens. Zero only where resistive synapses lead the charge away. */
    readonly leak: number;
    readonly clamp: Clamp;
  };
  /** Absent: every output is nudged as asked. */
  readonly nudge?: Nudge;
  /** Absent: every output is a class. */
  readonly outputs?: (typeof outputKinds)[number];
  /** Absent: every unit is tied to the copy's guess as asked. */
  readonly link?: Tie;
  /** Absent: voltages and numbers become each other exactly. */
  readonly converters?: Converters;
  /** Absent: what is read is the voltage of one instant. */
  readonly readout?: Integrators;
  /** Absent: the free state is kept as it was. */
  readonly hold?: Hold;
  /** Spread from element to element. */
  readonly mismatch: Mismatch;
  /** What moves at every instant. */
  readonly noise: CircuitNoise;
  /** What is legal in the schematic but probably not meant. */
  readonly warnings?: readonly string[];
}

/** Die-to-die spread, drawn once per die. Zero is exactly no spread. */
export interface Mismatch {
  /** Log-standard deviation of C (lognormal, median C). */
  readonly capacitance: number;
  /** Log-standard deviation of G_L (lognormal, median G_L). */
  readonly leak: number;
  /** Standard deviation of the input-referred offset current of a neuron over G_L, volt. */
  readonly offset: number;
  /**
   * Standard deviation of each synapse's gain, g = 1 + σξ with ξ normal: what it conducts over what
   * it was programmed to.
   */
  readonly synapse: number;
  /**
   * Standard deviation of where a neuron's low and high rail lie, each apart, volt. Rails that
   * would cross meet half way.
   */
  readonly rail: number;
}

/**
 * Neurons whose voltages steer transconductors into each other: G₁ = G_L, τ = C / G_L, w = G_m /
 * G_L of either sign.
 */
export interface TransconductorCircuit extends Schematic {
  /** Which family of synapses. */
  readonly family: "transconductors";
  /** What a neuron is made of. */
  readonly neuron: Schematic["neuron"] & {
    /**
     * Linear range V_l of the transconductors, volt: their current is G_m V_l tanh(ΔV / V_l), with
     * V_l = 2 U_T / κ for a differential pair below threshold (Mead 1989). Absent: exactly linear.
     */
    readonly saturation?: number;
  };
  /** What holds the weights, and how they are read. */
  readonly synapse: Transconductor;
  /** Spread from element to element. */
  readonly mismatch: Mismatch & {
    /**
     * Whether the two directions of a synapse are one element, with one gain between them (a
     * transconductor used both ways); otherwise each has a gain of its own, w_ij ≠ w_ji, and no
     * energy exists.
     */
    readonly reciprocal: boolean;
    /**
     * Log-standard deviation of a neuron's output gain a (lognormal, median 1): the others see a·s.
     */
    readonly gain: number;
  };
  /** What moves at every instant. */
  readonly noise: TransconductorNoise;
}

/**
 * Nodes with resistors between them: G₁ = G_high / span, w = G / G₁ ≥ 0, alike both ways.
 */
export interface ResistorCircuit extends Schematic {
  /** Which family of synapses. */
  readonly family: "resistors";
  /** What holds the weights, and the range of the resistors. */
  readonly synapse: Resistor;
  readonly diodes: Diodes;
  readonly input: Drivers;
  readonly amplifier: Amplifier;
}

/** A schematic of one of the families of synapses. */
export type Circuit = TransconductorCircuit | ResistorCircuit;

/** Every kind of noise that some family has. */
export type NoiseKind = keyof (CircuitNoise & TransconductorNoise);

/** Boltzmann's constant, J/K, and the elementary charge, C (exact since 2019). */
export const boltzmann = 1.380649e-23;
export const electron = 1.602176634e-19;

/** k T / C times the noise multiple: the variance of a node by itself, V². */
export function thermalVariance({ temperature, neuron, noise }: Circuit): number {
  return (noise.thermal * boltzmann * temperature) / neuron.capacitance;
}

/** γ k T / C, V²: what transconductors of Σ|G| = G_L add to the variance of a node by itself. */
export function excessVariance({ temperature, neuron, noise }: TransconductorCircuit): number {
  return ((noise.excess ?? 0) * boltzmann * temperature) / neuron.capacitance;
}

/**
 * q V_s / 2C times the noise multiple, V²: what bias currents that sum to G_L V_s, the rails V_s
 * apart, add to it.
 */
export function shotVariance({ rails, neuron, noise }: Circuit): number {
  return ((noise.shot ?? 0) * electron * (rails.high - rails.low)) / (2 * neuron.capacitance);
}

const currents = { conductance: false, current: true } satisfies Record<NudgeKind, boolean>;

/** Whether outputs are nudged by currents. */
export function nudgedByCurrents({ nudge }: Circuit): boolean {
  return currents[nudge?.kind ?? "conductance"];
}
