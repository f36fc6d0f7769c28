import type { Slot } from "../../numerics/kernels/arena.ts";
import type { Tensor, Vec } from "../../numerics/vec.ts";

/** What stands between the weights of a block, as learning changes them, and what its synapses conduct. */
export interface BlockMemory {
  /** What the synapses conduct but for their gains, packed like the weights. */
  readonly conducted: Slot<Vec>;
  /** Everything that is kept for a synapse: equal in both entries of a mutual one. */
  readonly kept: readonly Slot<Vec>[];
  /** Learning changed the weights: programs rows first … last−1, for the n-th time. */
  commit(n: number, first: number, last: number): void;
  /** Writes all weights anew, device by device, until each is right within the error of write-verify. */
  write(n: number): void;
  /** What is held besides the weights. */
  tensors(): Tensor[];
  /** Takes up weights and `tensors` that were held after the n-th programming. */
  recall(n: number, tensors: readonly Tensor[]): void;
  /** The weights of a time after they were programmed, in `to`; `later` says what a conductance has become. */
  aged(to: Slot<Vec>, later: Later): void;
}

/** What a time after programming has made of conductances. */
export interface Later {
  /** Siemens, of the device (or the second one of its pair) where it was programmed to g siemens. */
  of(g: number, device: number, second?: boolean): number;
  /** The same of a fixed conductance. */
  still(g: number): number;
}
