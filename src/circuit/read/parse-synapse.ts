import { didYouMean } from "../../numerics/suggest.ts";
import { devices as known } from "../devices/registry.ts";
import { deviceName, type Resistor, type Transconductor, type WeightStore } from "../elements.ts";
import type { Written } from "./parse-elements.ts";
import type { Reader } from "./reader.ts";

/**
 * @param raw absent: any weight, exactly.
 * @param devices names that a device may have; without them any name will do.
 */
export async function readTransconductor(
  r: Reader,
  raw: Written<"synapse"> | undefined,
  devices: readonly string[] | undefined,
): Promise<Transconductor> {
  if (!raw) return { coding: "signed", memory: "exact" };
  refuseUnknown(r, raw, devices);
  if (raw.conductance)
    throw r.fault(
      "synapse.conductance",
      `it belongs to a crossbar, and synapse.kind is ${raw.kind}; remove it, or write ` +
        "synapse.kind: crossbar",
    );
  const span = await r.maybe("synapse.span", raw.span, "none", "> 0");
  return {
    coding: raw.kind === "differential" ? "pair" : "signed",
    ...weightStore(r, raw, span),
  };
}

export async function readResistor(
  r: Reader,
  raw: Written<"synapse">,
  devices: readonly string[] | undefined,
): Promise<Resistor> {
  refuseUnknown(r, raw, devices);
  const conductance = await readConductance(r, raw);
  const span = await r.maybe("synapse.span", raw.span, "none", "> 0");
  return { conductance, span: span ?? 1, ...weightStore(r, raw, span) };
}

/** σ of a reading over itself, as the device says; none without a device, or of a quiet one. */
export function ownReadNoise(store: WeightStore): number | undefined {
  const name = deviceName(store);
  const model = name !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
  return model !== undefined && model.readNoise > 0 ? model.readNoise : undefined;
}

function refuseUnknown(
  r: Reader,
  { device }: Written<"synapse">,
  devices: readonly string[] | undefined,
): void {
  if (device !== undefined && devices && !devices.includes(device))
    throw r.fault(
      "synapse.device",
      `there is no device ${JSON.stringify(device)}; ` +
        didYouMean(device, devices, "known devices"),
    );
}

function weightStore(
  r: Reader,
  { device, memory, bits, accumulate }: Written<"synapse">,
  span: number | undefined,
): WeightStore {
  if (device === undefined && memory === "devices")
    throw r.fault(
      "synapse.memory",
      "found devices, but no device is named; add device, or let registers keep the weights",
    );
  if (device !== undefined && span === undefined)
    throw r.fault(
      "synapse.device",
      "a device needs a span: the |w| that its whole range covers, such as span: 1",
    );
  if (bits !== undefined && memory === "devices")
    throw r.fault(
      "synapse.bits",
      "bits belong to registers; a device has states of its own: remove bits, or write " +
        "memory: registers",
    );
  if (bits !== undefined && span === undefined)
    throw r.fault(
      "synapse.bits",
      "bits need a span: the |w| of the largest number, such as span: 1",
    );
  if (accumulate && memory !== "devices")
    throw r.fault(
      "synapse.accumulate",
      "an accumulator pulses devices, and weights live in registers, which add up by " +
        "themselves; write memory: devices, or remove accumulate",
    );
  // A span alone, without anything that it would be of, changes nothing.
  if (span === undefined || (device === undefined && bits === undefined))
    return { memory: "exact" };
  if (device !== undefined && memory === "devices")
    return { memory, span, device, accumulate: accumulate ?? false };
  return {
    memory: "registers",
    span,
    ...(device !== undefined && { device }),
    ...(bits !== undefined && { bits }),
  };
}

async function readConductance(
  r: Reader,
  { device, conductance }: Written<"synapse">,
): Promise<Resistor["conductance"]> {
  const key = "synapse.conductance";
  // Without a range of its own the schematic takes that of the device.
  if (!conductance && device !== undefined) {
    if (!Object.hasOwn(known, device))
      throw r.fault(
        "synapse.device",
        `${device} does not come with the package, so that its range is not known; write ` +
          "synapse.conductance",
      );
    const [low, high] = known[device].range;
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
