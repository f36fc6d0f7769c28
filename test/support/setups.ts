import type { Circuit, ResistorCircuit, TransconductorCircuit } from "../../src/circuit/circuit.ts";
import { circuitTexts } from "../../src/circuit/library.generated.ts";
import { parseCircuit } from "../../src/circuit/read/parse.ts";
import type { Graph } from "../../src/energy/graph.ts";
import { random } from "../../src/numerics/random.ts";
import type { Phase } from "../../src/learning/algorithm.ts";
import { euler } from "../../src/solver/euler.ts";

/** A schematic of the library of transconductors. */
export async function transconductors(
  name: keyof typeof circuitTexts,
): Promise<TransconductorCircuit> {
  return ofTransconductors(await parseCircuit(circuitTexts[name], `circuits/${name}.yaml`));
}

/** @throws for resistors. */
export function ofTransconductors(circuit: Circuit): TransconductorCircuit {
  if (circuit.family !== "transconductors") throw new Error(`${circuit.name}: ${circuit.family}`);
  return circuit;
}

/** @throws for transconductors. */
export function ofResistors(circuit: Circuit): ResistorCircuit {
  if (circuit.family !== "resistors") throw new Error(`${circuit.name}: ${circuit.family}`);
  return circuit;
}

export const ideal = await transconductors("ideal");

/** Inputs like digits: four fifths exact zeros, the rest uniform. */
export function sparseInputs(rows: number, width: number, seed: number): number[][] {
  const rng = random(seed, "test inputs");
  return Array.from({ length: rows }, () =>
    Array.from({ length: width }, () => (rng.uniform() < 0.8 ? 0 : rng.uniform())),
  );
}

export function labelsFor(rows: number, graph: Graph, seed: number): number[] {
  const rng = random(seed, "test labels");
  return Array.from({ length: rows }, () => rng.below(graph.sizes.at(-1)!));
}

/** Both phases by the paper's projected Euler, ε = 0.5. */
export function phases(free: number, nudged: number): { free: Phase; nudged: Phase } {
  return {
    free: { solver: euler(0.5), stop: { steps: free } },
    nudged: { solver: euler(0.5), stop: { steps: nudged } },
  };
}
