import { leaked } from "../../circuit/devices/ageing.ts";
import type { DeviceModel } from "../../circuit/devices/device.ts";
import { fabricateDevices, type Devices } from "../../circuit/devices/fabricate.ts";
import { blockName } from "../../energy/graph.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import { packedIndex, type Weights } from "../parameters.ts";

/** Which device of a die's array holds a synapse, and where its weight lies in the packed matrix. */
export type Visit = (device: number, at: number) => void;

/**
 * Visits the synapses that exist. The two entries of a mutual synapse inside a layer are one device: the one above
 * the diagonal, and `both` says whether the entry below is visited too.
 */
export function eachSynapse({ block, rows, cols, stride, mask }: Weights, mutual: boolean, memory: Arena, visit: Visit): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const at = packedIndex(i, j, rows, stride, memory);
      if (mask && block.mask![i * cols + j] === 0) continue;
      visit(mutual && i > j ? j * cols + i : i * cols + j, at);
    }
}

/** The devices of a block, from streams of their own below the die's; `label` tells the two of a pair apart. */
export function devicesOf(model: DeviceModel, die: number, label: "device" | "second device", { block, rows, cols }: Weights, memory: Arena): Devices {
  return fabricateDevices(model, rows * cols, random("die", die, label, blockName(block)), memory.precision);
}

/** Room for `many` numbers a device, a vector of each beside those of the others. */
export interface Traits { readonly slot: Slot<Vec>; set(at: number, k: number, value: number): void; get(at: number, k: number): number }

export function traits(memory: Arena, { rows, stride }: Weights, many: number): Traits {
  const lanes = 16 / memory.bytes, slot = memory.reals(rows * stride * many);
  const place = (at: number, k: number) => (Math.floor(at / lanes) * many + k) * lanes + (at % lanes);
  return { slot, set(at, k, value) { slot.array[place(at, k)] = value; }, get: (at, k) => slot.array[place(at, k)] };
}

/** to ← what is left of each weight after so many minibatches, (1 − 1/L)ⁿ. */
export function keepOf(w: Weights, mutual: boolean, memory: Arena, devices: Devices, minibatches: number, to: Slot<Vec>): void {
  eachSynapse(w, mutual, memory, (d, at) => { to.array[at] = leaked(devices, d, 1) ** minibatches; });
}
