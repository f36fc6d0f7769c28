import { isResistive, type Circuit } from "../../circuit/circuit.ts";
import type { SynapseFamily } from "./contract.ts";
import { resistors } from "./resistors/family.ts";
import { transconductors } from "./transconductors/family.ts";

/** What the synapses of a circuit are to a chip. */
export function familyOf(circuit: Circuit): SynapseFamily {
  return isResistive(circuit) ? resistors : transconductors;
}
