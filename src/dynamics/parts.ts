import type { BareDie } from "./bare-die.ts";
import type { Inputs } from "./inputs.ts";
import type { WeightMemory } from "./synapses/memory.ts";
import type { OuterProducts, Parameters } from "./synapses/parameters.ts";
import type { UnitArrays } from "./units/mismatch.ts";

/**
 * What the parts of a die have in common. Each part is made from those members that it names; the
 * makers of the members themselves see the bare die, and what was made before them.
 */
export interface DieParts extends BareDie {
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
