import type { Circuit } from "../circuit.ts";
import { readResistorCircuit } from "./parse-resistors.ts";
import { readTransconductorCircuit } from "./parse-transconductors.ts";
import { reader, type Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";
import { warningsOf } from "./warnings.ts";

type SynapseKind = NonNullable<WrittenCircuit["synapse"]>["kind"];
const families = {
  transconductor: "transconductors",
  differential: "transconductors",
  crossbar: "resistors",
} satisfies Record<SynapseKind, Circuit["family"]>;
const readers = {
  transconductors: readTransconductorCircuit,
  resistors: readResistorCircuit,
} satisfies Record<
  Circuit["family"],
  (r: Reader, raw: WrittenCircuit, devices?: readonly string[]) => Promise<Circuit>
>;

/** What a reader of schematics is told of the world beside the file. */
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
  const family = families[raw.synapse?.kind ?? "transconductor"];
  const circuit = await readers[family](r, raw, devices);
  const warnings = warningsOf(circuit);
  return warnings.length > 0 ? { ...circuit, warnings } : circuit;
}
