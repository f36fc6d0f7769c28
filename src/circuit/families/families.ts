import type { Circuit } from "../circuit.ts";
import type { Family } from "./family.ts";
import { resistorFamily } from "./resistors.ts";
import { transconductorFamily } from "./transconductors.ts";

const families = { transconductors: transconductorFamily, resistors: resistorFamily } satisfies {
  [F in Circuit["family"]]: Family<Extract<Circuit, { readonly family: F }>>;
};

/** The family of a circuit. What it says, it says of that circuit and others of its family. */
export function familyOf(circuit: Circuit): Family {
  return families[circuit.family];
}

/**
 * The conductance of weight 1, siemens: the leak G_L of a neuron, or of resistors G_high / span.
 */
export function unitConductance(circuit: Circuit): number {
  return familyOf(circuit).unitConductance(circuit);
}

/**
 * The time constant τ = C / G₁ of the conductance of weight 1, seconds: C / G_L where that is the
 * leak.
 */
export function timeConstant(circuit: Circuit): number {
  return circuit.neuron.capacitance / unitConductance(circuit);
}
