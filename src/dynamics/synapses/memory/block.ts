import type { Slot } from "../../../numerics/kernels/arena.ts";
import type { Tensor, Vec } from "../../../numerics/vec.ts";

/**
 * What stands between the weights of a block, as learning changes them, and what its synapses
 * conduct.
 */
export interface BlockMemory {
  /** What the synapses conduct but for their gains, packed like the weights. */
  readonly conducted: Slot<Vec>;
  /** Everything that is kept for a synapse: equal in both entries of a mutual one. */
  readonly kept: readonly Slot<Vec>[];
  /**
   * From here on `commit` keeps gain ⊙ conducted up to date in `to` where that can be done on the
   * way.
   */
  realise(gain: Slot<Vec>, to: Slot<Vec>): void;
  /**
   * Learning changed the weights: programs a part of them, for the n-th time, and says which rows
   * of `conducted` changed.
   */
  commit(n: number, part: TouchedRows): Renewed;
  /**
   * Writes all weights anew, device by device, until each is right within the error of
   * write-verify.
   */
  write(n: number): void;
  /** The least and the largest weight that a synapse can hold, by its place. */
  reach(at: number): readonly [low: number, high: number];
  /** What is held besides the weights. */
  tensors(): Tensor[];
  /** Takes up weights and `tensors` that were held after the n-th programming. */
  recall(n: number, tensors: readonly Tensor[]): void;
  /**
   * The weights of a time after they were programmed, in `to`; `later` says what a conductance has
   * become.
   */
  aged(to: Slot<Vec>, later: Later): void;
}

/**
 * Rows first … last−1 of a block, of which learning changed only those whose `touched` is not 0;
 * `touched` is an address, or 0 for all.
 */
export interface TouchedRows {
  readonly first: number;
  readonly last: number;
  readonly touched: number;
}

/** Which rows have to be realised anew: those touched, all of them, or none, as that is done. */
export type Renewed = "touched" | "all" | "none";

/** What a time after programming has made of conductances. */
export interface Later {
  /**
   * Siemens, of the device (or the second one of its pair) where it was programmed to g siemens.
   */
  of(g: number, device: number, second?: boolean): number;
  /** The same of a fixed conductance. */
  still(g: number): number;
}
