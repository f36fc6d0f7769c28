import { paired } from "../../../circuit/devices/device.ts";
import { fabricateDevices, type Devices } from "../../../circuit/devices/fabricate.ts";
import { blockName } from "../../../energy/graph.ts";
import type { Arena, Slot } from "../../../numerics/kernels/arena.ts";
import { random } from "../../../numerics/random.ts";
import type { Vec } from "../../../numerics/vec.ts";
import { packedIndex, type Weights } from "../parameters.ts";
import type { LawNumbers, Storage } from "./law.ts";

/** What a block's memory is made of. */
export interface BlockParts {
  readonly memory: Arena;
  readonly w: Weights;
  readonly storage: Storage;
  readonly law: LawNumbers;
  /** Whether the two entries of a synapse inside a layer are one device. */
  readonly mutual: boolean;
  /** Names the random numbers of its programmings. */
  readonly key: number;
  /** Address of what the kernels gather the devices in that they pulse together. */
  readonly room: number;
}

/** The devices of a block, and of pairs those that are subtracted. */
export interface BlockDevices {
  readonly devices: Devices;
  readonly second: Devices | null;
}

/** Draws the devices of a block, from streams of their own below the die's. */
export function blockDevices(
  {
    memory: { precision },
    w: { block, rows, cols },
    storage: { model, origin, resistor },
  }: Pick<BlockParts, "memory" | "w" | "storage">,
  die: number,
): BlockDevices {
  const drawn = (label: string) =>
    fabricateDevices(model, rows * cols, random("die", die, label, blockName(block)), precision);
  const devices = drawn("device");
  // Nothing is subtracted from a resistor, its symmetry point neither.
  if (resistor) devices.reference.fill(origin);
  return { devices, second: paired(model) ? drawn("second device") : null };
}

/**
 * Which device of a die's array holds a synapse, and where its weight lies in the packed matrix.
 */
type Visit = (device: number, at: number) => void;

/**
 * Visits the synapses that exist. The two entries of a mutual synapse inside a layer are one
 * device, the one above the diagonal; the entry below it is visited too.
 */
export function eachSynapse(
  {
    memory,
    w: { block, rows, cols, stride, mask },
    mutual,
  }: Pick<BlockParts, "memory" | "w" | "mutual">,
  visit: Visit,
): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      const at = packedIndex(i, j, rows, stride, memory);
      if (mask && block.mask![i * cols + j] === 0) continue;
      visit(mutual && i > j ? j * cols + i : i * cols + j, at);
    }
}

/** Room for `many` numbers a device, one device after another. */
export interface Traits {
  readonly slot: Slot<Vec>;
  readonly many: number;
  /** Writes the first numbers of a device. */
  set(at: number, values: readonly number[]): void;
  get(at: number, k: number): number;
  setAll(k: number, values: Slot<Vec>): void;
}

export function traits(memory: Arena, { rows, stride }: Weights, many: number): Traits {
  const slot = memory.reals(rows * stride * many);
  return {
    slot,
    many,
    set(at, values) {
      slot.array.set(values, at * many);
    },
    get: (at, k) => slot.array[at * many + k],
    setAll(k, { array }) {
      for (let at = 0; at < array.length; at++) slot.array[at * many + k] = array[at];
    },
  };
}

/**
 * 1 where a synapse is and 0 elsewhere, for what would write into padding; null where nothing needs
 * it.
 */
export function existence(memory: Arena, w: Weights, needed: boolean): Slot<Vec> | null {
  if (!needed || w.mask) return needed ? w.mask : null;
  if (w.cols === w.stride) return null;
  const slot = memory.reals(w.rows * w.stride);
  eachSynapse({ memory, w, mutual: false }, (_, at) => {
    slot.array[at] = 1;
  });
  return slot;
}
