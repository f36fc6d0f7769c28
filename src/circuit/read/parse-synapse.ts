import type { DeviceModel } from "../devices/device.ts";
import { deviceOf, type Resistor, type Transconductor, type WeightStore } from "../elements.ts";
import type { Written } from "./parse-elements.ts";
import type { Reader } from "./reader.ts";

/**
 * @param raw absent: any weight, exactly.
 * @param device what `synapse.device` stands for.
 */
export async function readTransconductor(
  r: Reader,
  raw: Written<"synapse"> | undefined,
  device: DeviceModel | undefined,
): Promise<Transconductor> {
  if (!raw) return { coding: "signed", memory: "exact" };
  if (raw.conductance)
    throw r.fault(
      "synapse.conductance",
      `it belongs to a crossbar, and synapse.kind is ${raw.kind}; remove it, or write ` +
        "synapse.kind: crossbar",
    );
  const span = await r.maybe("synapse.span", raw.span, "none", "> 0");
  return {
    coding: raw.kind === "differential" ? "pair" : "signed",
    ...weightStore(r, raw, device, span),
  };
}

export async function readResistor(
  r: Reader,
  raw: Written<"synapse">,
  device: DeviceModel | undefined,
): Promise<Resistor> {
  const conductance = await readConductance(r, raw, device);
  const span = await r.maybe("synapse.span", raw.span, "none", "> 0");
  return { conductance, span: span ?? 1, ...weightStore(r, raw, device, span) };
}

/** σ of a reading over itself, as the device says; none without a device, or of a quiet one. */
export function ownReadNoise(store: WeightStore): number | undefined {
  const model = deviceOf(store);
  return model !== undefined && model.readNoise > 0 ? model.readNoise : undefined;
}

function weightStore(
  r: Reader,
  raw: Written<"synapse">,
  device: DeviceModel | undefined,
  span: number | undefined,
): WeightStore {
  refuseStore(r, raw, span);
  const { memory, bits, accumulate = false, rounding, dac } = raw;
  // A span alone, without anything that it would be of, changes nothing.
  if (span === undefined || (device === undefined && bits === undefined && dac === undefined))
    return { memory: "exact" };
  const rounded = rounding !== undefined && { rounding };
  if (device !== undefined && memory === "devices")
    return { memory, span, device, accumulate, ...rounded };
  return {
    memory: "registers",
    span,
    ...(device !== undefined && { device }),
    ...(bits !== undefined && { bits }),
    ...rounded,
    ...(typeof accumulate === "number" && { accumulate }),
    ...(dac !== undefined && { dac }),
  };
}

/** What does not go together: the key, whether it does not, and what to do. */
type Refusal = readonly [key: string, refused: boolean, message: string];

function refuseStore(
  r: Reader,
  { device, without = [], memory, bits, accumulate = false, rounding, dac }: Written<"synapse">,
  span: number | undefined,
): void {
  const inPlace = memory === "devices";
  const refusals: readonly Refusal[] = [
    [
      "memory",
      device === undefined && inPlace,
      "found devices, but no device is named; add device, or let registers keep the weights",
    ],
    [
      "without",
      device === undefined && without.length > 0,
      `found [${without.join(", ")}], but no device is named that could be without it; remove it`,
    ],
    [
      "device",
      device !== undefined && span === undefined,
      "a device needs a span: the |w| that its whole range covers, such as span: 1",
    ],
    [
      "bits",
      bits !== undefined && inPlace,
      "bits belong to registers; a device has states of its own: remove bits, or write " +
        "memory: registers",
    ],
    [
      "bits",
      bits !== undefined && span === undefined,
      "bits need a span: the |w| of the largest number, such as span: 1",
    ],
    [
      "dac",
      dac !== undefined && inPlace,
      "a DAC stands between a register and its synapse, and here the devices are the memory: " +
        "remove dac, or write memory: registers",
    ],
    [
      "dac",
      dac !== undefined && span === undefined,
      "a DAC needs a span: the |w| of its largest number, such as span: 1",
    ],
    [
      "accumulate",
      accumulate !== false && !inPlace && bits === undefined,
      "an accumulator gives whole pulses to devices or whole steps to registers of bits, and " +
        "these registers are exact; write bits too, or memory: devices, or remove accumulate",
    ],
    [
      "accumulate",
      accumulate === true && !inPlace,
      "found true; an accumulator beside a register has bits: write how many, such as " +
        "accumulate: 8",
    ],
    [
      "rounding",
      rounding !== undefined && (inPlace ? typeof accumulate !== "number" : bits === undefined),
      "nothing is rounded that it could be of; it belongs to registers of bits, or to " +
        "accumulators of bits, such as accumulate: 8",
    ],
  ];
  const found = refusals.find(([, refused]) => refused);
  if (found) throw r.fault(`synapse.${found[0]}`, found[2]);
}

async function readConductance(
  r: Reader,
  { conductance }: Written<"synapse">,
  device: DeviceModel | undefined,
): Promise<Resistor["conductance"]> {
  const key = "synapse.conductance";
  // Without a range of its own the schematic takes that of the device.
  if (!conductance && device !== undefined) {
    const [low, high] = device.range;
    return { low, high };
  }
  if (!conductance)
    throw r.fault(
      "synapse.kind",
      "a crossbar needs the range of its resistors, such as conductance: { low: 1 nS, high: " +
        "100 uS }",
    );
  const low = await r.read(`${key}.low`, conductance.low, "conductance", "≥ 0");
  const high = await r.read(`${key}.high`, conductance.high, "conductance", "> 0");
  if (high <= low)
    throw r.fault(
      `${key}.high`,
      `found ${conductance.high}, expected more than the low end (${conductance.low})`,
    );
  return { low, high };
}
