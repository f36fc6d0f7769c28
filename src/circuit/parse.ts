import { InputError } from "../numerics/errors.ts";
import { quantity, type Dimension } from "../numerics/units.ts";
import type { Path } from "../numerics/yaml.ts";
import type { Circuit } from "./circuit.ts";

type Sign = "any" | "≥ 0" | "> 0";

/**
 * Reads a schematic (YAML with units) into SI.
 * @param file the name used in messages.
 * @throws InputError as `file:line:column: key: what is wrong, what was expected`.
 */
export async function parseCircuit(text: string, file: string): Promise<Circuit> {
  const [{ checkTree, readYaml }, { circuitSchema }] = await Promise.all([import("../numerics/yaml.ts"), import("./schema.ts")]);
  const tree = readYaml(text, file);
  const raw = checkTree(tree.value, circuitSchema, (path, part) => tree.place(path, part));
  const fault = (path: Path, message: string) => new InputError(`${path.map(String).join(".")}: ${message}`, tree.place(path, "value"));

  const read = async (path: Path, written: string | number, dimension: Dimension, sign: Sign): Promise<number> => {
    const value = await quantity(written, dimension).catch((error: unknown) => {
      throw error instanceof InputError ? fault(path, error.message) : error;
    });
    if (sign === "> 0" && value <= 0) throw fault(path, `found ${written}, expected more than zero`);
    if (sign === "≥ 0" && value < 0) throw fault(path, `found ${written}, expected zero or more`);
    return value;
  };

  const low = await read(["rails", "low"], raw.rails.low, "voltage", "any");
  const high = await read(["rails", "high"], raw.rails.high, "voltage", "any");
  if (high <= low)
    throw fault(["rails", "high"], `found ${raw.rails.high}, expected more than the low rail (${raw.rails.low}); exchange them if they are reversed`);

  return {
    name: raw.name,
    description: raw.description,
    cites: raw.cites,
    temperature: await read(["temperature"], raw.temperature, "temperature", "≥ 0"),
    rails: { low, high },
    neuron: {
      capacitance: await read(["neuron", "capacitance"], raw.neuron.capacitance, "capacitance", "> 0"),
      leak: await read(["neuron", "leak"], raw.neuron.leak, "conductance", "> 0"),
      clamp: raw.neuron.clamp,
    },
    mismatch: {
      capacitance: await read(["mismatch", "capacitance"], raw.mismatch.capacitance, "ratio", "≥ 0"),
      leak: await read(["mismatch", "leak"], raw.mismatch.leak, "ratio", "≥ 0"),
      offset: await read(["mismatch", "offset"], raw.mismatch.offset, "voltage", "≥ 0"),
      synapse: await read(["mismatch", "synapse"], raw.mismatch.synapse, "ratio", "≥ 0"),
      reciprocal: raw.mismatch.reciprocal,
      gain: await read(["mismatch", "gain"], raw.mismatch.gain, "ratio", "≥ 0"),
      rail: await read(["mismatch", "rail"], raw.mismatch.rail, "voltage", "≥ 0"),
    },
    noise: { thermal: await read(["noise", "thermal"], raw.noise.thermal, "none", "≥ 0") },
  };
}
