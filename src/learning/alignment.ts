import { outerProducts } from "../dynamics/synapses/outer-products.ts";
import { parameters, type Parameters } from "../dynamics/synapses/parameters.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import { solo } from "../numerics/kernels/team.ts";
import type { Vec } from "../numerics/vec.ts";
import { accumulate, type CopyBench, type CopyLoss, type DigitalCopy } from "./copy.ts";

/**
 * The gradient of the copy's loss, taken apart (eq. 9): a layer's parameters feel their own layer's
 * error, the local gradient, and through the layers above those of the others, the distant one.
 * Both are sums over all samples added.
 */
export interface Aligner {
  clear(): void;
  /**
   * Adds the presented samples, guessed by `forward` and with their inputs listed; `target` is
   * state-shaped.
   */
  add(target: Slot<Vec>): void;
  /**
   * cos(∂L_l/∂φ_l, ∂(L_{l+1} + … + L_L)/∂φ_l) for layers 1 … L−1, weights and biases together; the
   * last layer has no distant part. NaN where a gradient vanishes.
   */
  cosines(): readonly number[];
}

/** Works on the calling thread alone, whoever else shares the memory. */
export function aligner(chip: CopyBench, copy: DigitalCopy): Aligner {
  const { memory, layout: at } = chip;
  const layers = at.sizes.length - 1;
  const products = outerProducts({
    memory: { ...memory, team: solo },
    at,
    inputs: chip.inputs,
  });
  const sums: Readonly<Record<CopyLoss, Parameters>> = {
    local: parameters(memory, at, copy.graph, "local"),
    global: parameters(memory, at, copy.graph, "global"),
  };
  // Cosines do not see the sign of both.
  const ascent = new Array<number>(layers).fill(-1);
  return {
    clear() {
      for (const { bias, weights } of Object.values(sums))
        for (const { array } of [bias, ...weights.map((w) => w.slot)]) array.fill(0);
    },
    add(target) {
      products.listInputs();
      for (const loss of ["local", "global"] as const) {
        copy.compare(target, ascent, loss);
        accumulate(products, sums[loss], copy.guess, copy.error);
      }
    },
    cosines: () =>
      Array.from({ length: layers - 1 }, (_, i) =>
        cosine(pieces(sums.local, i + 1), pieces(sums.global, i + 1)),
      ),
  };

  /** Everything that drives layer l. */
  function pieces({ bias, weights }: Parameters, l: number): readonly Vec[] {
    return [
      ...weights.filter((w) => w.block.to === l).map((w) => w.slot.array),
      bias.array.subarray(at.offset[l], at.offset[l] + at.padded[l]),
    ];
  }
}

/** Of the local gradients and of what the global ones have besides. */
function cosine(local: readonly Vec[], global: readonly Vec[]): number {
  let product = 0;
  let near = 0;
  let far = 0;
  local.forEach((a, m) => {
    for (let i = 0; i < a.length; i++) {
      const distant = global[m][i] - a[i];
      product += a[i] * distant;
      near += a[i] * a[i];
      far += distant * distant;
    }
  });
  return product / Math.sqrt(near * far);
}
