import type { Circuit } from "../../circuit/circuit.ts";
import type { Graph } from "../../energy/graph.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Random } from "../../numerics/random.ts";
import type { Tensor, Vec } from "../../numerics/vec.ts";
import type { NoiseSource, WhiteNoise } from "../noise/source.ts";
import type { DieParts, Own } from "../parts.ts";
import type { Scale } from "../units/scale.ts";
import type { Weights } from "./parameters.ts";

/**
 * What the units of one layer send to another: a packed matrix [rows × stride], a row for each unit
 * of `source`.
 */
export interface Route {
  readonly source: number;
  readonly sink: number;
  readonly matrix: number;
  readonly rows: number;
  readonly stride: number;
  readonly weights: Weights;
  /** Whether from the higher layer of a block to the lower one. */
  readonly back?: boolean;
}

/**
 * Σ g over the synapses of each unit [size], in units of weight 1: those from below and within its
 * layer, its inputs' included, and those to layers above.
 */
export interface NodeLoad {
  readonly below: Vec;
  readonly above: Vec;
}

/**
 * Two phases of a minibatch as they were read, the free one among them, the address of their
 * difference times k, and k itself, `k[l−1]` for layer l.
 */
export interface PhasePair {
  readonly high: Slot<Vec>;
  readonly low: Slot<Vec>;
  readonly free: Slot<Vec>;
  readonly difference: number;
  readonly k: readonly number[];
}

/** The routes of a die's synapses. */
export interface Routes {
  /** From the inputs. */
  readonly feeds: readonly Route[];
  /** Between units: each block, and after it its mirror image unless it is lateral. */
  readonly routes: readonly Route[];
}

/** A die's synapses as they were programmed, a family's own. */
export interface Programmed extends Routes {
  /** Whether what i receives of j is what j receives of i, so that an energy exists. */
  readonly reciprocal: boolean;
  /** Brings what is conducted up to date after all weights were written. */
  renew(): void;
  /**
   * Adds what a pair of phases teaches, programs it and brings what is conducted up to date: a
   * member's share.
   */
  adjust(pair: PhasePair): void;
  /** Programs weights that were changed elsewhere and conducts them: a member's share. */
  adopt(): void;
}

/** Synapses whose conductance is not what it was programmed to. */
export interface Fluctuating extends Routes, NoiseSource {
  /** Says that this member's team changed weights: every member says so. */
  adjusted(): void;
  /** Says that one member programmed them for all. */
  programmed(): void;
}

/** The synapses of a die at work: all that a chip asks of them, whichever family they are of. */
export interface Synapses extends Routes {
  /** Every element once, as programmed: what a netlist is written from. */
  readonly elements: readonly Route[];
  /** Whether what i receives of j is what j receives of i, so that an energy exists. */
  readonly reciprocal: boolean;
  /**
   * How far what a unit sends is linear in its state, V_l / V_s: s counts as V_l tanh(s / V_l);
   * null where it is everywhere.
   */
  readonly saturation: number | null;
  /**
   * What they load the nodes with, another object after each change; null where they draw nothing.
   */
  readonly load: (() => NodeLoad) | null;
  /** The white noise of the units, synapses included. */
  readonly white: WhiteNoise;
  /** What of them is another one at every reading, or switches; null where nothing does. */
  readonly fluctuation: NoiseSource | null;
  /** After all weights were written, by one member for all. */
  programmed(): void;
  /** Adds what a pair of phases teaches, a member's share, and programs it. */
  adjust(pair: PhasePair): void;
  /** Programs weights that another die's phases changed: a member's share. */
  adopt(): void;
  /** @throws InputError for weights that they cannot hold. */
  check(tensors: readonly Tensor[]): void;
  /** Untrained weights and biases. */
  initial(rng: Random): Tensor[];
}

/** What a family of synapses is to a chip: facts of the schematic, then the synapses of a die. */
export interface SynapseFamily<C extends Circuit = Circuit> {
  /**
   * A member's share of the rows of a block begins at a multiple of it, so that sums over rows do
   * not depend on the team.
   */
  readonly shareRows: number;
  /** Terminals of `inputs` inputs: rows of the blocks that begin there. */
  terminals(circuit: C, inputs: number): number;
  /** What states are in volts. @throws InputError for amplifiers in a graph that has no place. */
  scale(circuit: C, graph: Graph): Scale;
  /** @throws InputError for a graph that it cannot be. */
  refuse(circuit: C, graph: Graph): void;
  /** Makes of a die's neurons, as they were drawn, those between its synapses. */
  units(die: Pick<DieParts<C>, "at" | "circuit" | "scale" | "units">): void;
  fabricate(die: DieParts<C>, own: Own): Synapses;
}
