import type { Chip } from "../dynamics/chip.ts";
import { InputError } from "../numerics/errors.ts";
import { vec, type Tensor } from "../numerics/vec.ts";
import type { Learner } from "../learning/algorithm.ts";

/**
 * Where each training image's free phase ended when it was last seen, from zero on (the persistent
 * particles of Scellier & Bengio 2017): a row of the state for each image, [images × size], 123 MB
 * for MNIST on 784-500-10.
 */
interface PersistentStates {
  /** Puts the chosen images where they begin. */
  recall(chosen: Uint32Array): void;
  /** Keeps where they ended. */
  keep(chosen: Uint32Array): void;
  tensors(): Tensor[];
  load(tensors: readonly Tensor[]): void;
}

const name = "chip.states";

export function persistentStates(
  { size, memory: { precision } }: Chip,
  { begin, end }: NonNullable<Learner["persistent"]>,
  images: number,
): PersistentStates {
  const states = vec(precision, images * size);
  const shape = [images, size];
  return {
    recall(chosen) {
      chosen.forEach((image, r) => {
        begin.array.set(states.subarray(image * size, (image + 1) * size), r * size);
      });
    },
    keep(chosen) {
      chosen.forEach((image, r) => {
        states.set(end.array.subarray(r * size, (r + 1) * size), image * size);
      });
    },
    tensors: () => [{ name, shape, data: states.slice() }],
    load(tensors) {
      const found = tensors.find((t) => t.name === name);
      if (found?.shape.join() !== shape.join())
        throw new InputError(
          `persistent states: no tensor "${name}" of shape [${shape.join(", ")}], expected ` +
            "one with a row for each training image",
        );
      states.set(found.data);
    },
  };
}
