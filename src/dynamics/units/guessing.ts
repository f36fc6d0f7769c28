import type { Circuit } from "../../circuit/circuit.ts";
import { familyOf } from "../../circuit/families/families.ts";
import { shareRows } from "../synapses/resistors/wiring.ts";

/** What a network that guesses the states of a chip has to know of them. */
export interface Guessing {
  /** The circuit's name, for messages. */
  readonly circuit: string;
  /** What lets states beyond 0 … 1; null where the rails hold them all. */
  readonly beyond: "diodes" | "clamps" | null;
  /** Whether the chip's weights have a sign, and its states the scale of unit weights. */
  readonly signed: boolean;
  /** Rows of a weight matrix that a member of a team has at least. */
  readonly shareRows: number;
}

export function guessing(circuit: Circuit): Guessing {
  const { signed, passive } = familyOf(circuit);
  return {
    circuit: circuit.name,
    beyond: passive ? "diodes" : circuit.neuron.clamp === "ideal" ? null : "clamps",
    signed,
    shareRows: passive ? shareRows : 1,
  };
}
