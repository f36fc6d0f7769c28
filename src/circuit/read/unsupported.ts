import { InputError } from "../../numerics/errors.ts";
import type { Circuit, TransconductorCircuit } from "../circuit.ts";
import { deviceOf } from "../elements.ts";

/**
 * What a schematic asks for and a chip does not simulate: keys, with their setting where that tells
 * more.
 */
export function unsupported(circuit: Circuit): string[] {
  switch (circuit.family) {
    case "transconductors":
      return beyondTransconductors(circuit);
    case "resistors":
      return [];
    default:
      return circuit satisfies never;
  }
}

function beyondTransconductors({ neuron, synapse, noise }: TransconductorCircuit): string[] {
  const telegraph = positive(noise.telegraph?.depth) && positive(noise.telegraph?.rate);
  const asked: readonly Asked[] = [
    [neuron.leak === 0, "neuron.leak of zero"],
    [synapse.coding === "pair" && deviceOf(synapse) === undefined, "synapse.kind (differential)"],
    // What switches would have to be sent as the others see it.
    [telegraph && neuron.saturation !== undefined, "noise.telegraph where neuron.saturation is"],
  ];
  return asked.flatMap(([found, key]) => (found ? [key] : []));
}

type Asked = readonly [found: boolean, key: string];
const positive = (x: number | undefined) => x !== undefined && x > 0;

/**
 * Lets a circuit pass that a chip simulates as a whole.
 * @throws InputError that lists what of the schematic a chip would have to ignore.
 */
export function refuseUnsupported(circuit: Circuit): void {
  const keys = unsupported(circuit);
  if (keys.length > 0)
    throw new InputError(
      `circuit ${circuit.name}: not simulated yet: ${keys.join(", ")}; remove ` +
        `${keys.length === 1 ? "it" : "them"} from the schematic, which makes that part ideal`,
    );
}
