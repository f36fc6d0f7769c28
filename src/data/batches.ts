import { random } from "../numerics/random.ts";

/**
 * The order in which `count` samples are seen in `epoch`: it depends on nothing but its arguments.
 */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return random(seed, "batches", epoch).permutation(count);
}
