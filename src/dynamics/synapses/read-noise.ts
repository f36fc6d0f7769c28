import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import type { Inputs } from "../inputs.ts";
import type { Layout } from "../layout.ts";
import { existence } from "./memory/array.ts";
import { packedIndex, type Weights } from "./parameters.ts";

/**
 * σ times normal numbers of the synapses of a block, packed like its weights: new at every
 * presentation, 0 where no synapse is.
 */
export interface ReadingNoise {
  readonly z: Slot<Vec>;
  /** @param mutual whether the two entries of a synapse inside a layer are one. */
  draw(w: Weights, key: number, mutual: boolean): void;
}

/** @param least that the numbers are no less than: −1 where G (1 + z) may not be negative. */
export function readingNoise(
  memory: Arena,
  at: Layout,
  sigma: number,
  weights: readonly Weights[],
  x: Inputs,
  least = -Infinity,
): ReadingNoise {
  const { kernels } = memory;
  const reals = (n: number) => memory.privateReals(n);
  const some = 16;
  const z = reals(Math.max(...weights.map((w) => w.rows * w.stride)));
  const rows = reals(some * at.size);
  const amplitude = reals(at.size);
  const [low, high] = [reals(at.size), reals(at.size)];
  const exists = new Map(weights.map((w) => [w, existence(memory, w, true)] as const));
  amplitude.array.fill(sigma);
  low.array.fill(least);
  high.array.fill(Infinity);
  return {
    z,
    draw(w, key, mutual) {
      const { rows: n, stride } = w;
      const exist = exists.get(w);
      for (let first = 0; first < n; first += some) {
        const many = Math.min(some, n - first);
        kernels.gaussianRows(
          rows.ptr,
          stride,
          first,
          many,
          stride,
          amplitude.ptr,
          key,
          x.presented.moment,
          0,
        );
        if (least > -Infinity)
          kernels.clipRows(rows.ptr, rows.ptr, stride, many, stride, low.ptr, high.ptr);
        kernels.packRows(rows.ptr, stride, many, stride, z.ptr, n, first);
      }
      if (mutual)
        for (let i = 0; i < n; i++)
          for (let j = 0; j < i; j++)
            z.array[packedIndex(i, j, n, stride, memory)] =
              z.array[packedIndex(j, i, n, stride, memory)];
      if (exist) kernels.multiplyPacked(z.ptr, exist.ptr, n, stride, 0, n);
    },
  };
}

/** Names the random numbers of what fluctuates in a block. */
export function fluctuationKey(seed: number, label: string, { name }: Weights): number {
  return random(seed, "fluctuation", label, name).below(2 ** 32);
}
