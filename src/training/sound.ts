import { allFinite, type Tensor } from "../numerics/vec.ts";

/**
 * The first of the weights, biases and persistent states among tensors that holds NaN or
 * infinities; undefined where all are numbers.
 */
export function unsoundTensor(tensors: readonly Tensor[]): string | undefined {
  return tensors.find(({ name, data }) => isLearned.test(name) && !allFinite(data))?.name;
}

const isLearned = /\.(weight|bias|states)$/;
