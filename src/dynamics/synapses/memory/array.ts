import { leaked } from "../../../circuit/devices/ageing.ts";
import type { DeviceModel } from "../../../circuit/devices/device.ts";
import { fabricateDevices, type Devices } from "../../../circuit/devices/fabricate.ts";
import { blockName } from "../../../energy/graph.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { packedIndex, type Weights } from "../parameters.ts";

/**
 * Which device of a die's array holds a synapse, and where its weight lies in the packed matrix.
 */
export type Visit = (device: number, at: number) => void;

/**
 * Visits the synapses that exist. The two entries of a mutual synapse inside a layer are one
 * device: the one above the diagonal, and `both` says whether the entry below is visited too.
 */
export function eachSynapse(
  { block, rows, cols, stride, mask }: Weights,
  mutual: boolean,
  memory: Arena,
  visit: Visit,
): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const at = packedIndex(i, j, rows, stride, memory);
      if (mask && block.mask![i * cols + j] === 0) continue;
      visit(mutual && i > j ? j * cols + i : i * cols + j, at);
    }
}

/**
 * The devices of a block, from streams of their own below the die's; `label` tells the two of a
 * pair apart.
 */
export function devicesOf(
  model: DeviceModel,
  die: number,
  label: "device" | "second device",
  { block, rows, cols }: Weights,
  memory: Arena,
): Devices {
  return fabricateDevices(
    model,
    rows * cols,
    random("die", die, label, blockName(block)),
    memory.precision,
  );
}

/** Room for `many` numbers a device, one device after another. */
export interface Traits {
  readonly slot: Slot<Vec>;
  set(at: number, k: number, value: number): void;
  get(at: number, k: number): number;
  setAll(k: number, values: Slot<Vec>): void;
}

export function traits(memory: Arena, { rows, stride }: Weights, many: number): Traits {
  const slot = memory.reals(rows * stride * many);
  return {
    slot,
    set(at, k, value) {
      slot.array[at * many + k] = value;
    },
    get: (at, k) => slot.array[at * many + k],
    setAll(k, { array }) {
      for (let at = 0; at < array.length; at++) slot.array[at * many + k] = array[at];
    },
  };
}

/**
 * to ← what is left of each state after so many minibatches, k = (1 − 1/L)ⁿ; `restored.to` ← (1 −
 * k)·rest, what a weight gains that is `rest` at x = 0.
 */
export function keepOf(
  w: Weights,
  mutual: boolean,
  memory: Arena,
  devices: Devices,
  minibatches: number,
  to: Slot<Vec>,
  restored: { readonly to: Slot<Vec>; readonly rest: number } | null,
): void {
  eachSynapse(w, mutual, memory, (d, at) => {
    const kept = leaked(devices, d, 1) ** minibatches;
    to.array[at] = kept;
    if (restored) restored.to.array[at] = (1 - kept) * restored.rest;
  });
}
