import { leaked } from "../../../circuit/devices/ageing.ts";
import type { DeviceModel } from "../../../circuit/devices/device.ts";
import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { eachSynapse, type BlockDevices, type BlockParts } from "./array.ts";
import type { TouchedRows } from "./block.ts";
import { power } from "../../../numerics/power.ts";

/**
 * How often charge is seen to leak: a ten thousandth of it at once, and every 64 programmings at
 * least.
 */
const leakAtOnce = 1e-4;
const leakAtMost = 64;

/** Programmings between two leaks; 0 of what does not leak. */
export function leakPeriod({ ageing }: DeviceModel): number {
  return ageing?.leak
    ? Math.max(1, Math.min(leakAtMost, Math.floor(ageing.leak.minibatches * leakAtOnce)))
    : 0;
}

/**
 * What n minibatches leave of a weight, x ← k x with k = (1 − 1/L)ⁿ of each device:
 *
 *   w ← k w,     of a resistor     w ← k w + (1 − k)·rest,     rest = −span·origin,
 *
 * which leaks towards what it conducts at x = 0; in the given rows of a matrix laid out like the
 * weights. `drawn` is null on the members of a team that find what the first of them has drawn.
 */
export function leakage(
  parts: BlockParts,
  drawn: BlockDevices | null,
  minibatches: number,
): (kept: Slot<Vec>, part: TouchedRows) => void {
  const {
    memory,
    w: { rows, stride },
    storage: { span, origin, resistor },
  } = parts;
  const keep = memory.reals(rows * stride);
  const restored = resistor ? memory.reals(rows * stride) : null;
  if (drawn)
    eachSynapse(parts, (d, at) => {
      const k = power(leaked(drawn.devices, d, 1), minibatches);
      keep.array[at] = k;
      if (restored) restored.array[at] = (1 - k) * (-span * origin);
    });
  const { kernels } = memory;
  return ({ ptr }, { first, last }) => {
    kernels.multiplyPacked(ptr, keep.ptr, rows, stride, first, last);
    if (restored) kernels.addPacked(ptr, restored.ptr, rows, stride, first, last);
  };
}
