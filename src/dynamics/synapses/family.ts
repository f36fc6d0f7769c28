import type { Circuit } from "../../circuit/circuit.ts";
import type { SynapseFamily } from "./contract.ts";
import { resistors } from "./resistors/family.ts";
import { transconductors } from "./transconductors/family.ts";

const families = { transconductors, resistors } satisfies {
  readonly [F in Circuit["family"]]: SynapseFamily<Extract<Circuit, { readonly family: F }>>;
};

/** What the synapses of a circuit are to a chip: how they are fabricated, and what they need. */
export function synapsesOf(circuit: Circuit): SynapseFamily {
  return families[circuit.family];
}
