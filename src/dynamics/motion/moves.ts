import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Vec } from "../../numerics/vec.ts";

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
