import type { Circuit } from "../circuit.ts";
import {
  readClamp,
  readConverters,
  readHold,
  readNoise,
  readNudge,
  readOutputs,
  readSynapse,
  readTie,
} from "./parse-elements.ts";
import { readResistive } from "./parse-resistive.ts";
import { reader, type Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";
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
  const rails = await readRails(r, raw.rails);
  const circuit: Circuit = {
    name: raw.name,
    description: raw.description,
    cites: raw.cites,
    temperature: await r.read("temperature", raw.temperature, "temperature", "≥ 0"),
    rails,
    neuron: {
      capacitance: await r.read("neuron.capacitance", raw.neuron.capacitance, "capacitance", "> 0"),
      leak: await readLeak(r, raw),
      clamp: await readClamp(r, raw.neuron.clamp, rails),
      saturation:
        raw.neuron.saturation === "none"
          ? undefined
          : await r.read("neuron.saturation", raw.neuron.saturation, "voltage", "> 0"),
    },
    synapse: raw.synapse && (await readSynapse(r, raw.synapse, devices)),
    ...(await readResistive(r, raw)),
    nudge: raw.nudge && (await readNudge(r, raw.nudge)),
    ...readOutputs(r, raw),
    link: raw.link && (await readTie(r, "link", raw.link)),
    converters: raw.converters && (await readConverters(r, raw.converters, rails)),
    hold: raw.hold && (await readHold(r, raw.hold)),
    mismatch: await readMismatch(r, raw),
    noise: await readNoise(r, raw.noise),
  };
  const warnings = warningsOf(circuit);
  return warnings.length > 0 ? { ...circuit, warnings } : circuit;
}

async function readRails(r: Reader, raw: WrittenCircuit["rails"]): Promise<Circuit["rails"]> {
  const low = await r.read("rails.low", raw.low, "voltage", "any");
  const high = await r.read("rails.high", raw.high, "voltage", "any");
  if (high <= low)
    throw r.fault(
      "rails.high",
      `found ${raw.high}, expected more than the low rail (${raw.low}); exchange them if they ` +
        "are reversed",
    );
  return { low, high };
}

async function readLeak(r: Reader, { neuron, synapse }: WrittenCircuit): Promise<number> {
  const leak = await r.read("neuron.leak", neuron.leak, "conductance", "any");
  const path = synapse?.kind === "crossbar";
  if (leak > 0 || (leak === 0 && path)) return leak;
  const why =
    leak < 0
      ? "a negative conductance drives the node to its rails"
      : "the node floats, as nothing else leads its charge away (the resistors of a crossbar " +
        "would)";
  throw r.fault("neuron.leak", `found ${neuron.leak}, expected more than zero: ${why}`);
}

async function readMismatch(
  r: Reader,
  { mismatch: raw, synapse }: WrittenCircuit,
): Promise<Circuit["mismatch"]> {
  if (!raw.reciprocal && synapse?.kind === "crossbar")
    throw r.fault(
      "mismatch.reciprocal",
      "found false, but a crossbar's resistors conduct alike both ways; remove it, or choose " +
        "another synapse.kind",
    );
  return {
    capacitance: await r.read("mismatch.capacitance", raw.capacitance, "ratio", "≥ 0"),
    leak: await r.read("mismatch.leak", raw.leak, "ratio", "≥ 0"),
    offset: await r.read("mismatch.offset", raw.offset, "voltage", "≥ 0"),
    synapse: await r.read("mismatch.synapse", raw.synapse, "ratio", "≥ 0"),
    reciprocal: raw.reciprocal,
    gain: await r.read("mismatch.gain", raw.gain, "ratio", "≥ 0"),
    rail: await r.read("mismatch.rail", raw.rail, "voltage", "≥ 0"),
  };
}
