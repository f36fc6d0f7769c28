import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";
import { stateVector, type DieParts, type Own } from "../parts.ts";
import type { Route } from "../synapses/contract.ts";
import type { SoftRails } from "../units/rails.ts";

/** A die with what moves its units. */
export interface MovingParts extends DieParts {
  readonly own: Own;
  /** Between units, as they conduct at this moment. */
  readonly routes: readonly Route[];
  /** Null where the rails are walls. */
  readonly rails: SoftRails | null;
  /** How far what a unit sends is linear in its state; null where it is everywhere. */
  readonly saturation: number | null;
}

/**
 * Where a step leaves what moved: of each sample and layer a list of (unit, change); room to sum
 * what follows; who still moves.
 */
export interface Moves {
  readonly index: Slot<Int32Array>;
  readonly value: Slot<Vec>;
  readonly count: Slot<Int32Array>;
  readonly change: Slot<Vec>;
  readonly active: Slot<Int32Array>;
}

export function moves(parts: Pick<DieParts, "memory" | "at" | "inputs">): Moves {
  const { memory, at } = parts;
  const { capacity } = parts.inputs;
  const room = capacity * at.size;
  return {
    index: memory.ints(room),
    value: memory.reals(room),
    count: memory.ints(capacity * (at.sizes.length - 1)),
    change: stateVector(parts),
    active: memory.ints(capacity),
  };
}

/** Samples whose states stay in the cache together. */
export const cacheful = 20;
