import type { WeightDevices, WeightRegisters } from "../../src/circuit/elements.ts";

/** Devices that learn in place, of a span of 1 and without accumulators unless told. */
export const inDevices = (
  device: string,
  more: Partial<Pick<WeightDevices, "span" | "accumulate">> = {},
): WeightDevices => ({ memory: "devices", span: 1, device, accumulate: false, ...more });

/** Registers up to a weight of 1 unless told. */
export const inRegisters = (more: Partial<Omit<WeightRegisters, "memory">>): WeightRegisters => ({
  memory: "registers",
  span: 1,
  ...more,
});
