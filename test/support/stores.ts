import { deviceNamed } from "../../src/circuit/devices/registry.ts";
import type { WeightDevices, WeightRegisters } from "../../src/circuit/elements.ts";

/** Devices of that name that learn in place: span 1 and no accumulators unless told. */
export const inDevices = (
  device: string,
  more: Partial<Pick<WeightDevices, "span" | "accumulate" | "rounding">> = {},
): WeightDevices => ({
  memory: "devices",
  span: 1,
  device: deviceNamed(device),
  accumulate: false,
  ...more,
});

/** Registers up to a weight of 1 unless told, which program devices of that name. */
export const inRegisters = ({
  device,
  ...more
}: Partial<Pick<WeightRegisters, "span" | "bits" | "rounding" | "accumulate" | "dac">> & {
  readonly device?: string;
}): WeightRegisters => ({
  memory: "registers",
  span: 1,
  ...(device !== undefined && { device: deviceNamed(device) }),
  ...more,
});
