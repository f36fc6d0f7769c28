import type { Circuit } from "../circuit.ts";
import { readResistorCircuit } from "./parse-resistors.ts";
import { readTransconductorCircuit } from "./parse-transconductors.ts";
import { reader } from "./reader.ts";
import { warningsOf } from "./warnings.ts";

export interface ParseCircuitOptions {
  /** Names that `synapse.device` may have; without them any name will do. */
  readonly devices?: readonly string[];
}

/**
 * Reads a schematic (YAML with units) into SI. What it does not mention is ideal.
 * @param file the name used in messages.
 * @throws InputError as `file:line:column: key: what is wrong, what was expected`.
 */
export async function parseCircuit(
  text: string,
  file: string,
  { devices }: ParseCircuitOptions = {},
): Promise<Circuit> {
  const [{ checkTree, readYaml }, { circuitSchema }] = await Promise.all([
    import("../../numerics/yaml.ts"),
    import("./schema.ts"),
  ]);
  const tree = readYaml(text, file);
  const r = reader(tree);
  const raw = checkTree(tree.value, circuitSchema, (path, part) => tree.place(path, part));
  const circuit = await (raw.synapse?.kind === "crossbar"
    ? readResistorCircuit(r, { ...raw, synapse: raw.synapse }, devices)
    : readTransconductorCircuit(r, raw, devices));
  const warnings = warningsOf(circuit);
  return warnings.length > 0 ? { ...circuit, warnings } : circuit;
}
