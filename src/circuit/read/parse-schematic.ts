import type { Mismatch, Schematic } from "../circuit.ts";
import {
  readClamp,
  readConverters,
  readHold,
  readNudge,
  readOutputs,
  readTie,
} from "./parse-elements.ts";
import type { Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";

/** What a schematic is called, and what it stands between. */
export async function readHead(
  r: Reader,
  raw: WrittenCircuit,
): Promise<Pick<Schematic, "name" | "description" | "cites" | "temperature" | "rails">> {
  return {
    name: raw.name,
    description: raw.description,
    cites: raw.cites,
    temperature: await r.read("temperature", raw.temperature, "temperature", "≥ 0"),
    rails: await readRails(r, raw.rails),
  };
}

async function readRails(r: Reader, raw: WrittenCircuit["rails"]): Promise<Schematic["rails"]> {
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

/** @param path whether something else than the leak leads the charge of a node away. */
export async function readNeuron(
  r: Reader,
  { neuron }: WrittenCircuit,
  rails: Schematic["rails"],
  path: boolean,
): Promise<Schematic["neuron"]> {
  return {
    capacitance: await r.read("neuron.capacitance", neuron.capacitance, "capacitance", "> 0"),
    leak: await readLeak(r, neuron, path),
    clamp: await readClamp(r, neuron.clamp, rails),
  };
}

async function readLeak(
  r: Reader,
  neuron: WrittenCircuit["neuron"],
  path: boolean,
): Promise<number> {
  const leak = await r.read("neuron.leak", neuron.leak, "conductance", "any");
  if (leak > 0 || (leak === 0 && path)) return leak;
  const why =
    leak < 0
      ? "a negative conductance drives the node to its rails"
      : "the node floats, as nothing else leads its charge away (the resistors of a crossbar " +
        "would)";
  throw r.fault("neuron.leak", `found ${neuron.leak}, expected more than zero: ${why}`);
}

/** What ties, reads and keeps the nodes. */
export async function readTies(
  r: Reader,
  raw: WrittenCircuit,
  rails: Schematic["rails"],
): Promise<Pick<Schematic, "nudge" | "outputs" | "link" | "converters" | "hold">> {
  return {
    nudge: raw.nudge && (await readNudge(r, raw.nudge)),
    ...readOutputs(r, raw),
    link: raw.link && (await readTie(r, "link", raw.link)),
    converters: raw.converters && (await readConverters(r, raw.converters, rails)),
    hold: raw.hold && (await readHold(r, raw.hold)),
  };
}

export async function readMismatch(
  r: Reader,
  { mismatch: raw }: WrittenCircuit,
): Promise<Mismatch> {
  return {
    capacitance: await r.read("mismatch.capacitance", raw.capacitance, "ratio", "≥ 0"),
    leak: await r.read("mismatch.leak", raw.leak, "ratio", "≥ 0"),
    offset: await r.read("mismatch.offset", raw.offset, "voltage", "≥ 0"),
    synapse: await r.read("mismatch.synapse", raw.synapse, "ratio", "≥ 0"),
    rail: await r.read("mismatch.rail", raw.rail, "voltage", "≥ 0"),
  };
}
