import type { Circuit } from "../circuit/circuit.ts";
import type { Outputs } from "../circuit/outputs.ts";
import type { Components, Terminals } from "../circuit/die.ts";
import type { Graph } from "../energy/graph.ts";
import type { Ties } from "../energy/hopfield.ts";
import type { Arena, Slot } from "../numerics/kernels/arena.ts";
import type { Team } from "../numerics/kernels/team.ts";
import type { Precision, Tensor, Vec } from "../numerics/vec.ts";
import type { Dynamics } from "./dynamics.ts";
import type { Inputs } from "./inputs.ts";
import type { Layout } from "./layout.ts";
import type { Parameters } from "./synapses/parameters.ts";
import type { Guessing } from "./units/guessing.ts";
import type { Scale } from "./units/scale.ts";
import type { Walls } from "./units/walls.ts";

/** What a fabricated circuit is, and what its elements are now. */
interface ChipFacts {
  readonly circuit: Circuit;
  readonly graph: Graph;
  readonly die: number;
  readonly layout: Layout;
  readonly memory: Arena;
  /**
   * Where the schematic holds the units, in states: the rails, or walls of diodes; clamps that
   * give, where they carry the current of weight 1 across the swing.
   */
  readonly walls: Walls;
  /** What states are in volts. */
  readonly scale: Scale;
  /** What its last layer says of the classes. */
  readonly outputs: Outputs;
  /** What a copy that guesses its states has to know. */
  readonly guessing: Guessing;
  /** Its elements as they are now, for who builds it again elsewhere. */
  components(): Components;
  /** What stands at its terminals for one sample, ties included, and where its units stand. */
  terminals(sample: number): Terminals;
}

/** The terminals of a chip on a test bench: inputs presented, states tied, started and read. */
export interface ChipTerminals {
  /** What is applied to the input terminals; `present` after changing it. */
  readonly inputs: Inputs;
  /** `[capacity × size]`: the voltages, as states. After writing to it call `touch`. */
  readonly state: Slot<Vec>;
  /** Per sample, what `residual` found last. */
  readonly residuals: Slot<Vec>;
  /** `[capacity × size]`: what λ pulls towards. Set before `tie`. */
  readonly guess: Slot<Vec>;
  /** A state-shaped vector in the chip's memory. */
  vector(): Slot<Vec>;
  /** Applies the presented inputs: their drive is constant until the next call. Unties the chip. */
  present(): void;
  /**
   * Ties the states to the copy's guess by λ and the outputs to the one-hot of the inputs' labels
   * by β (eq. 10 and the nudged phase). Where currents nudge, `state` sets them whenever β leaves
   * 0: there it should be the free equilibrium. They stay until β is 0 again.
   */
  tie(ties: Ties): void;
  /** Says that `state` was written to. */
  touch(): void;
  /** Puts the states at zero, or at a state-shaped vector clipped to the rails. */
  start(from?: Slot<Vec>): void;
  /** Copies the states. */
  keep(to: Slot<Vec>): void;
  /**
   * What the readout says of the states, or of their means `from` that integrators have formed: all
   * that learning and naming may see. `held`: of a phase that is over when it is read.
   */
  read(to: Slot<Vec>, held?: boolean, from?: Slot<Vec>): void;
  /** Writes the class that each sample's outputs name. */
  name(of: Slot<Vec>, to: Slot<Int32Array>): void;
}

/** How the weights of a chip are written from outside. */
export interface Programmable {
  readonly parameters: Parameters;
  /**
   * Programs weights and biases from tensors named as in `parameters`: what the synapses then hold
   * is as right as they can be written.
   */
  program(tensors: readonly Tensor[]): void;
  /** How many weights, as they are now, are beyond what their synapses can hold. */
  beyond(): number;
  /** What its parameters are and its synapses hold, to the bit. */
  held(): ChipState;
  /** Puts the chip where `held` found it; nothing is programmed. */
  restore(state: ChipState): void;
  /**
   * Lets so many seconds have passed since its synapses were programmed, at so many kelvin (its own
   * unless given); programming them undoes it.
   */
  age(seconds: number, temperature?: number): void;
}

/** How two phases change the weights of a chip. */
export interface Teachable {
  /** Forms k·(high − low), which `adjust` accumulates; `k[l−1]` for layer l. */
  contrast(high: Slot<Vec>, low: Slot<Vec>, k: readonly number[]): void;
  /**
   * Δw_ij = k_to·Σ (s⁺_i s⁺_j − s⁻_i s⁻_j), Δb_i = k·Σ (s⁺_i − s⁻_i) over the minibatch (eq. 3–5),
   * after `contrast` with the same arguments. Where each direction has a weight of its own, the
   * vector field's rule, Δw_ij = k_to·Σ sᵢ (s⁺_j − s⁻_j) with the sender i in the free state
   * (Scellier et al. 2018).
   */
  adjust(high: Slot<Vec>, low: Slot<Vec>, k: readonly number[], free?: Slot<Vec>): void;
  /**
   * Takes over what a sibling taught the weights that both share: programs this member's rows of
   * them. Every member of a team calls it, and settles when all have.
   */
  adopt(): void;
}

/** Whose weights a sibling has: those of the die that it stands beside, or its own. */
export type SiblingWeights = "shared" | "own";

/**
 * A fabricated circuit: a die's own elements, programmable weights, and the terminals of a test
 * bench. In a team every member has the chip and works on its share of the samples and weights, in
 * the order that `learner` keeps.
 */
export interface Chip extends Dynamics, ChipFacts, ChipTerminals, Programmable, Teachable {
  /** Largest minibatch it can hold. */
  readonly capacity: number;
  readonly stepsTaken: Slot<Int32Array>;
  /**
   * Another die of the circuit on this one's bench: in the same memory, with the same inputs and
   * the same room for states, so that one of them works at a time, from `present` on. Shared
   * weights are conducted after `restore`, `program` or `adopt`; what devices hold in place is
   * what was programmed last.
   */
  sibling(die: number, weights: SiblingWeights): Chip;
}

/** The parameters of a chip and what else its synapses hold, after so many programmings. */
export interface ChipState {
  readonly tensors: readonly Tensor[];
  readonly programmings: number;
}

/**
 * Which die is made of a circuit, and in which memory. Left out: die 1, seed 1, up to 100 samples
 * at once, single precision, one thread.
 */
export interface FabricateOptions {
  /** Which die: equal numbers give equal mismatch, whatever else is drawn. */
  readonly die?: number;
  /** Seed of the initial weights. */
  readonly seed?: number;
  /** Largest minibatch. */
  readonly batch?: number;
  readonly precision?: Precision;
  /** This thread's place among those that share `memory`. */
  readonly team?: Team;
  readonly memory?: WebAssembly.Memory;
}
