import type { Circuit } from "../circuit.ts";
import type { Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";

/**
 * What networks of resistors have besides their synapses: diodes, drivers of the inputs,
 * amplifiers.
 */
export async function readResistive(
  r: Reader,
  raw: WrittenCircuit,
): Promise<Pick<Circuit, "diodes" | "input" | "amplifier">> {
  const { diodes, input, amplifier, synapse, mismatch, neuron, noise } = raw;
  const crossbar = synapse?.kind === "crossbar";
  if (!crossbar) {
    for (const key of ["diodes", "input", "amplifier"] as const)
      if (raw[key])
        throw r.fault(
          key,
          "it belongs to a crossbar, and synapse.kind is " +
            `${synapse?.kind ?? "transconductor"}; remove it, or write synapse.kind: crossbar`,
        );
    return {};
  }
  // Resistors load the nodes they hang on; what transconductors have is not there.
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
  if (raw.converters?.guess?.bits !== undefined && (diodes?.hidden ?? "rails") !== "rails")
    throw r.fault(
      "converters.guess.bits",
      "the DAC of the guess reaches from rail to rail, and diodes.hidden leaves units beyond " +
        "them; remove one of the two",
    );
  return {
    diodes,
    input: input && {
      gain: await r.read("input.gain", input.gain, "none", "> 0"),
      complementary: input.complementary,
    },
    amplifier: amplifier && { gain: await r.read("amplifier.gain", amplifier.gain, "none", "> 0") },
  };
}
