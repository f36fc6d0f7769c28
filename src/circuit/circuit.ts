import type {
  Amplifier,
  CircuitNoise,
  Clamp,
  Converters,
  Diodes,
  Drivers,
  Hold,
  Nudge,
  Synapse,
  Tie,
  outputKinds,
} from "./elements.ts";

/**
 * A schematic in SI units: what `circuits/*.yaml` says once its units are read. Plain data, nothing
 * runs.
 *
 * The network's quantities follow from it (physics of a transconductor–capacitor neuron):
 * τ = C / G_L, state s = (V − V_low) / (V_high − V_low), weight w = G_m / G_L.
 */
export interface Circuit {
  readonly name: string;
  readonly description: string;
  /** BibTeX of what the values come from. */
  readonly cites: readonly string[];
  /** Kelvin. */
  readonly temperature: number;
  /** Rails of the signal, volt: state 0 and state 1. */
  readonly rails: { readonly low: number; readonly high: number };
  readonly neuron: {
    /** Membrane capacitance, farad. */
    readonly capacitance: number;
    /** Leak conductance, siemens. Zero only where resistive synapses lead the charge away. */
    readonly leak: number;
    readonly clamp: Clamp;
    /**
     * Linear range V_l of the transconductors, volt: their current is G_m V_l tanh(ΔV / V_l), with
     * V_l = 2 U_T / κ for a differential pair below threshold (Mead 1989). Absent: exactly linear.
     */
    readonly saturation?: number;
  };
  /** Absent: transconductors that hold any weight. */
  readonly synapse?: Synapse;
  /** Absent: every unit is held between the rails. */
  readonly diodes?: Diodes;
  /** Absent: state x at input x. */
  readonly input?: Drivers;
  /** Absent: the resistors above a node of a crossbar load it. */
  readonly amplifier?: Amplifier;
  /** Absent: every output is nudged as asked. */
  readonly nudge?: Nudge;
  /** Absent: every output is a class. */
  readonly outputs?: (typeof outputKinds)[number];
  /** Absent: every unit is tied to the copy's guess as asked. */
  readonly link?: Tie;
  readonly converters?: Converters;
  /** Absent: the free state is kept as it was. */
  readonly hold?: Hold;
  /** Die-to-die spread, drawn once per die. Zero is exactly no spread. */
  readonly mismatch: {
    /** Log-standard deviation of C (lognormal, median C). */
    readonly capacitance: number;
    /** Log-standard deviation of G_L (lognormal, median G_L). */
    readonly leak: number;
    /** Standard deviation of the input-referred offset current of a neuron over G_L, volt. */
    readonly offset: number;
    /**
     * Standard deviation of each synapse's gain, g = 1 + σξ with ξ normal: what it conducts over
     * what it was programmed to.
     */
    readonly synapse: number;
    /**
     * Whether the two directions of a synapse are one element, with one gain between them (a
     * resistor, or a transconductor used both ways); otherwise each has a gain of its own, w_ij ≠
     * w_ji, and no energy exists.
     */
    readonly reciprocal: boolean;
    /**
     * Log-standard deviation of a neuron's output gain a (lognormal, median 1): the others see a·s.
     */
    readonly gain: number;
    /**
     * Standard deviation of where a neuron's low and high rail lie, each apart, volt. Rails that
     * would cross meet half way.
     */
    readonly rail: number;
  };
  readonly noise: CircuitNoise;
  /** What is legal in the schematic but probably not meant. */
  readonly warnings?: readonly string[];
}

/** Boltzmann's constant, J/K, and the elementary charge, C (exact since 2019). */
export const boltzmann = 1.380649e-23;
export const electron = 1.602176634e-19;

/** k T / C times the noise multiple: the variance of a node by itself, V². */
export function thermalVariance({ temperature, neuron, noise }: Circuit): number {
  return (noise.thermal * boltzmann * temperature) / neuron.capacitance;
}

/** γ k T / C, V²: what transconductors of Σ|G| = G_L add to the variance of a node by itself. */
export function excessVariance({ temperature, neuron, noise }: Circuit): number {
  return ((noise.excess ?? 0) * boltzmann * temperature) / neuron.capacitance;
}

/**
 * q V_s / 2C times the noise multiple, V²: what bias currents that sum to G_L V_s, the rails V_s
 * apart, add to it.
 */
export function shotVariance({ rails, neuron, noise }: Circuit): number {
  return ((noise.shot ?? 0) * electron * (rails.high - rails.low)) / (2 * neuron.capacitance);
}

/** Whether synapses are resistors between the nodes. */
export function isResistive({ synapse }: Circuit): boolean {
  return synapse?.kind === "crossbar";
}

/** Whether outputs are nudged by currents. */
export function nudgedByCurrents({ nudge }: Circuit): boolean {
  return nudge?.kind === "current";
}

/**
 * The conductance of weight 1, siemens: the leak G_L of a neuron, or in a crossbar G_max / span.
 */
export function unitConductance({ neuron, synapse }: Circuit): number {
  return synapse?.conductance ? synapse.conductance.high / (synapse.span ?? 1) : neuron.leak;
}

/**
 * The time constant τ = C / G₁ of the conductance of weight 1, seconds: C / G_L where that is the
 * leak.
 */
export function timeConstant(circuit: Circuit): number {
  return circuit.neuron.capacitance / unitConductance(circuit);
}
