import type { Circuit } from "../circuit.ts";
import type { Nudging } from "../nudging.ts";
import { familyOf, timeConstant, unitConductance } from "../families/families.ts";
import { deviceOf } from "../elements.ts";
import type { Carrier } from "../families/family.ts";
import type { Found, Missing } from "./answer.ts";

/** What is wired to what. */
export interface ElementCounts {
  /** Units per layer; [0] is the input's. */
  readonly sizes: readonly number[];
  /**
   * Blocks with the weights in them, a lateral block with both directions of each pair; `oneWay`:
   * nothing flows back through its synapses.
   */
  readonly blocks: readonly {
    readonly from: number;
    readonly to: number;
    readonly synapses: number;
    readonly oneWay?: boolean;
  }[];
  /** Whether a digital copy guesses and learns where the chip settles. */
  readonly copy: boolean;
}

/** What no schematic says. What is absent is unknown, or assumed where an answer says so. */
export interface Given {
  /** Supply of the transconductors, volt. */
  readonly supply?: number;
  /** g_m / I_b of the transconductors, 1/V. */
  readonly gmOverI?: number;
  /** Energy of a conversion over 2^bits, joule. */
  readonly figureOfMerit?: number;
  /** Of gate and wire, per synapse and direction, farad. */
  readonly synapseCapacitance?: number;
  /** Of the membranes' capacitors, F/m². */
  readonly capacitanceDensity?: number;
  /** Of one synapse element, m². */
  readonly synapseArea?: number;
}

/**
 * Sums over the synapses (i, j) of a block of a square q_ij, a mean over images, in units of the
 * rail span squared.
 */
export interface Sums {
  /** Σ q. */
  readonly plain: number;
  /** Σ |w| q. */
  readonly absolute: number;
  /** Σ w q. */
  readonly signed: number;
}

/** What the weights of one block carry. */
export interface Load {
  /**
   * q = s_j² of the side the block comes from, s_i² of the side it goes to, (s_i − s_j)² between
   * them.
   */
  readonly from: Sums;
  readonly to: Sums;
  readonly across: Sums;
}

export interface HeldWeights {
  /** Which, in words. */
  readonly source: string;
  /** Σ|w| of each block. */
  readonly absolute: readonly number[];
  /** Σ|b|. */
  readonly biases: number;
}

/**
 * What settling was measured to do: means over images, states s from 0 at the low rail to 1 at the
 * high one.
 */
export interface Operation {
  readonly images: number;
  /** Settling times in τ, the nudged one of each nudged phase. */
  readonly free: number;
  readonly nudged: number;
  /** Nudged phases of a sample, and how many of them are read. */
  readonly nudgedPhases: number;
  readonly nudgedReadings: number;
  /** Σ s² over the neurons, Σ x² over the inputs. */
  readonly squares: number;
  readonly inputs: number;
  /** One for each block. */
  readonly blocks: readonly Load[];
  /** What the solver's time stands for, in words. */
  readonly clock: string;
}

/**
 * The learning signal of one block, before the learning rate: D = ⟨s⁺_i s⁺_j − s⁻_i s⁻_j⟩/β over a
 * minibatch.
 */
export interface BlockSignal {
  readonly from: number;
  readonly to: number;
  readonly synapses: number;
  readonly rate: number;
  /** Root mean square of D over the synapses. */
  readonly rms: number;
  /** Mean of |D| over them. */
  readonly mean: number;
  /**
   * Mean over synapses and samples of s_i² + s_j²; of x_j² alone where j is an input, which is
   * known exactly. Of resistors (c_i² + c_j²)(s_i − s_j)², c the state that one rail span at a node
   * is.
   */
  readonly squares: number;
  /** Root mean square of the change of D when β is halved. */
  readonly halving: number;
  /** The same of half of that β: what halving it once more changes. */
  readonly halvingAgain: number;
  /** The 0th, 1st, … 100th percentile of |D| over the synapses that it moves. */
  readonly percentiles: readonly number[];
}

export interface Contrast {
  /** |β|. */
  readonly beta: number;
  readonly nudging: Nudging;
  readonly batch: number;
  readonly blocks: readonly BlockSignal[];
}

/** Everything that answers follow from. */
export interface Case {
  readonly circuit: Circuit;
  readonly wiring: ElementCounts;
  readonly given: Given;
  readonly weights?: HeldWeights;
  readonly operation?: Operation;
  readonly contrast?: Contrast;
  /** ‖W − Wᵀ‖ / ‖W + Wᵀ‖ of what is conducted between the units. */
  readonly asymmetry?: number;
}

export const unmeasured: Missing = {
  missing: "not measured; training settles samples on the chip and measures it",
};

export function swing({ rails }: Circuit): number {
  return rails.high - rails.low;
}

export function neurons({ sizes }: ElementCounts): number {
  return sizes.slice(1).reduce((a, b) => a + b, 0);
}

export function tau(circuit: Circuit): Found {
  if (unitConductance(circuit) > 0) return timeConstant(circuit);
  return {
    missing:
      "without a leak the time constant is C over what the weights conduct, another one for " +
      "each neuron",
  };
}

/** What carries the currents of the synapses, by the family and by whether they are programmed. */
export function carrierOf({ circuit }: Pick<Case, "circuit">): Carrier {
  const device = deviceOf(circuit.synapse);
  const programmed =
    device !== undefined && (device.update.law !== "ideal" || device.programming !== null);
  return familyOf(circuit).carrier(circuit, programmed);
}

/**
 * Whether a block leads back as well: inputs are driven, and a lateral block lists both directions.
 */
export function leadsBack({ from, to, oneWay = false }: ElementCounts["blocks"][number]): boolean {
  return from > 0 && from !== to && !oneWay;
}
