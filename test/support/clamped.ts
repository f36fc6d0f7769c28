import type { TransconductorCircuit } from "../../src/circuit/circuit.ts";
import type { Clamp } from "../../src/circuit/elements.ts";
import { readLaw, type LawOptions } from "../../src/circuit/law.ts";
import { anyQuantity } from "../../src/numerics/units.ts";
import { ideal } from "./setups.ts";

export const clamped = (
  clamp: Clamp,
  circuit: TransconductorCircuit = ideal,
): TransconductorCircuit => ({
  ...circuit,
  neuron: { ...circuit.neuron, clamp },
});

/** Of a conductance of k leaks. */
export const linear = (k: number, circuit?: TransconductorCircuit): TransconductorCircuit =>
  clamped({ law: "linear", conductance: k * ideal.neuron.leak }, circuit);

/** Of the diode of the ngspice netlists, I_s = 10 fA, unless told. */
export const diode = (
  ideality: number,
  saturation = 1e-14,
  circuit?: TransconductorCircuit,
): TransconductorCircuit => clamped({ law: "diode", saturation, ideality }, circuit);

/** Of a law as a schematic writes it. */
export async function custom(
  current: string,
  parameters: Readonly<Record<string, string>>,
  circuit?: TransconductorCircuit,
): Promise<TransconductorCircuit> {
  const measured: Record<
    string,
    LawOptions["parameters"] extends infer P ? NonNullable<P>[keyof NonNullable<P>] : never
  > = {};
  for (const [name, text] of Object.entries(parameters)) measured[name] = await anyQuantity(text);
  return clamped(
    {
      law: "custom",
      current: await readLaw(current, {
        variables: { V: "voltage" },
        parameters: measured,
        result: "current",
      }),
    },
    circuit,
  );
}

/** With transconductors that are linear over so much of the swing. */
export const saturated = (
  range: number,
  circuit: TransconductorCircuit = ideal,
): TransconductorCircuit => ({
  ...circuit,
  neuron: { ...circuit.neuron, saturation: range * (circuit.rails.high - circuit.rails.low) },
});
