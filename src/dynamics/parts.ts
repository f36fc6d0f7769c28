import type { Slot } from "../numerics/kernels/arena.ts";
import type { Vec } from "../numerics/vec.ts";
import type { Circuit } from "../circuit/circuit.ts";
import type { BareDie } from "./bare-die.ts";
import { stateAlignment } from "./layout.ts";
import type { Inputs } from "./inputs.ts";
import type { WeightMemory } from "./synapses/memory.ts";
import type { OuterProducts } from "./synapses/outer-products.ts";
import type { Parameters } from "./synapses/parameters.ts";
import type { UnitArrays } from "./units/mismatch.ts";

/**
 * What the parts of a die have in common. Each part is made from those members that it names; the
 * makers of the members themselves see the bare die, and what was made before them.
 */
export interface DieParts<C extends Circuit = Circuit> extends BareDie<C> {
  /** The presented minibatch [rows × width], as lists of non-zeros. */
  readonly inputs: Inputs;
  /** What the die's neurons are like: [size] each, relative to the schematic's. */
  readonly units: UnitArrays;
  /** Weights [terminals or n_from × n_to] a block, packed, and biases [size]. */
  readonly parameters: Parameters;
  /** What stands between the weights and what the synapses conduct. */
  readonly store: WeightMemory;
  /** Adds outer products of states to this thread's share of the weights. */
  readonly products: OuterProducts;
}

/** A chip's own states [capacity × size], and what drives them. */
export interface Own {
  readonly state: Slot<Vec>;
  /** Σ_j W_ij s_j + what is constant: kept up to date while the states move. */
  readonly drive: Slot<Vec>;
  /** What of the drive is constant while inputs are presented: inputs, biases, offsets, ties. */
  readonly still: Slot<Vec>;
  /** What λ pulls towards: what the copy says. */
  readonly guess: Slot<Vec>;
  /** Whether `drive` belongs to `state`. */
  fresh: boolean;
}

/** Room for a state-shaped vector [capacity × size]. */
export function stateVector({
  memory,
  at,
  inputs: { capacity },
}: Pick<DieParts, "memory" | "at" | "inputs">): Slot<Vec> {
  return memory.reals(capacity * at.size, stateAlignment(at, memory));
}
