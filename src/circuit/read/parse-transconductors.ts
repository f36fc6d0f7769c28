import type { TransconductorCircuit } from "../circuit.ts";
import type { DeviceModel } from "../devices/device.ts";
import type { CircuitNoise, TransconductorNoise } from "../elements.ts";
import { readNoise } from "./parse-elements.ts";
import { readHead, readMismatch, readNeuron, readTies } from "./parse-schematic.ts";
import { ownReadNoise, readTransconductor } from "./parse-synapse.ts";
import type { Reader } from "./reader.ts";
import type { WrittenCircuit } from "./schema.ts";

/** @throws InputError for what belongs to resistors. */
export async function readTransconductorCircuit(
  r: Reader,
  raw: WrittenCircuit,
  device: DeviceModel | undefined,
): Promise<TransconductorCircuit> {
  const head = await readHead(r, raw);
  const neuron = {
    ...(await readNeuron(r, raw, head.rails, false)),
    saturation:
      raw.neuron.saturation === "none"
        ? undefined
        : await r.read("neuron.saturation", raw.neuron.saturation, "voltage", "> 0"),
  };
  const synapse = await readTransconductor(r, raw.synapse, device);
  refuseResistors(r, raw);
  return {
    family: "transconductors",
    ...head,
    neuron,
    synapse,
    ...(await readTies(r, raw, head.rails)),
    mismatch: {
      ...(await readMismatch(r, raw)),
      reciprocal: raw.mismatch.reciprocal,
      gain: await r.read("mismatch.gain", raw.mismatch.gain, "ratio", "≥ 0"),
    },
    noise: {
      ...(await readNoise(r, raw.noise, ownReadNoise(synapse))),
      ...(await readActiveNoise(r, raw)),
    },
  };
}

type ActiveNoise = Omit<TransconductorNoise, keyof CircuitNoise>;

async function readActiveNoise(r: Reader, { noise }: WrittenCircuit): Promise<ActiveNoise> {
  return {
    excess: await r.maybe("noise.excess", noise.excess, "none", "≥ 0"),
  } satisfies Record<keyof ActiveNoise, unknown>;
}

function refuseResistors(r: Reader, raw: WrittenCircuit): void {
  for (const key of ["diodes", "input", "amplifier"] as const)
    if (raw[key])
      throw r.fault(
        key,
        "it belongs to a crossbar, and synapse.kind is " +
          `${raw.synapse?.kind ?? "transconductor"}; remove it, or write synapse.kind: crossbar`,
      );
}
