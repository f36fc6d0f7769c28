import type { ResistorCircuit } from "../circuit.ts";
import type { DeviceModel } from "../devices/device.ts";
import { readNoise } from "./parse-elements.ts";
import { readHead, readMismatch, readNeuron, readTies } from "./parse-schematic.ts";
import { ownReadNoise, readResistor } from "./parse-synapse.ts";
import type { Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";

/**
 * A schematic whose `synapse.kind` is `crossbar`. What is not written: both rails hold every unit,
 * a source gives x itself, and nothing stands between a node and the resistors above it.
 * @throws InputError for what belongs to transconductors.
 */
export async function readResistorCircuit(
  r: Reader,
  raw: WrittenCircuit,
  device: DeviceModel | undefined,
): Promise<ResistorCircuit> {
  const { diodes, input, amplifier } = raw;
  const head = await readHead(r, raw);
  const neuron = await readNeuron(r, raw, head.rails, true);
  const synapse = await readResistor(r, raw.synapse!, device);
  await refuseTransconductors(r, raw);
  return {
    family: "resistors",
    ...head,
    neuron,
    synapse,
    diodes: diodes ?? { hidden: "rails", output: "rails" },
    input: {
      gain: input ? await r.read("input.gain", input.gain, "none", "> 0") : 1,
      complementary: input?.complementary ?? false,
    },
    amplifier: {
      gain: amplifier ? await r.read("amplifier.gain", amplifier.gain, "none", "> 0") : 1,
    },
    ...(await readTies(r, raw, head.rails)),
    mismatch: await readMismatch(r, raw),
    noise: await readNoise(r, raw.noise, ownReadNoise(synapse)),
  };
}

/** Resistors load the nodes they hang on; what transconductors have is not there. */
async function refuseTransconductors(
  r: Reader,
  { diodes, mismatch, neuron, noise, converters }: WrittenCircuit,
): Promise<void> {
  if ((await r.read("mismatch.gain", mismatch.gain, "ratio", "≥ 0")) > 0)
    throw r.fault(
      "mismatch.gain",
      `found ${mismatch.gain}, but nodes of a crossbar have no output of their own that could ` +
        "have a gain; remove it",
    );
  if (neuron.saturation !== "none")
    throw r.fault(
      "neuron.saturation",
      "it belongs to transconductors, and a crossbar has none; remove it",
    );
  if (((await r.maybe("noise.excess", noise.excess, "none", "≥ 0")) ?? 0) > 0)
    throw r.fault(
      "noise.excess",
      "it belongs to transconductors, and a crossbar has none; resistors have noise.thermal",
    );
  if (converters?.guess?.bits !== undefined && (diodes?.hidden ?? "rails") !== "rails")
    throw r.fault(
      "converters.guess.bits",
      "the DAC of the guess reaches from rail to rail, and diodes.hidden leaves units beyond " +
        "them; remove one of the two",
    );
  if (!mismatch.reciprocal)
    throw r.fault(
      "mismatch.reciprocal",
      "found false, but a crossbar's resistors conduct alike both ways; remove it, or choose " +
        "another synapse.kind",
    );
}
