import type { Chip } from "../dynamics/chip.ts";
import { outerProducts, parameters, type Parameters } from "../dynamics/parameters.ts";
import type { Graph } from "../energy/graph.ts";
import { xavier } from "../energy/hopfield.ts";
import { activationCode, type Activation } from "../numerics/activation.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import { random } from "../numerics/random.ts";
import type { Vec } from "../numerics/vec.ts";

/** `local`: each layer sees only its own error. `global`: the whole gradient of eq. 7, by backpropagation. */
export type CopyLoss = "local" | "global";

/**
 * The digital copy: a feedforward network that learns to guess where the chip will settle (eq. 6),
 *
 *   sᶠⱼ = ρmod(uⱼ),  u = c + Σ ω sᶠ over the blocks from lower layers,
 *
 * on the chip's own block graph without its lateral blocks.
 */
export interface DigitalCopy {
  readonly graph: Graph;
  readonly activation: Activation;
  readonly parameters: Parameters;
  /** [capacity × size], laid out like the chip's state: the guess sᶠ of the last `forward`. */
  readonly guess: Slot<Vec>;
  /** Guesses for the chip's presented inputs. */
  forward(): void;
  /**
   * Errors of the last guesses: −k ∂L/∂u of L = ½ Σ (sᶠ − target)² (eq. 7–9), sample by sample;
   * `k[l−1]` for layer l.
   */
  compare(target: Slot<Vec>, k: readonly number[]): void;
  /** Accumulates the errors of `compare` into the weights, after `chip.adjust`. */
  adjust(): void;
}

export interface CopyOptions { readonly activation?: Activation; readonly loss?: CopyLoss; readonly seed?: number }

/** A copy for this chip, Xavier-initialised from a stream of its own, in the chip's memory. */
export function digitalCopy(chip: Chip, { activation = "leaky", loss = "local", seed = 1 }: CopyOptions = {}): DigitalCopy {
  const { memory, layout: at, inputs: x, guess } = chip, { kernels, bytes } = memory, { size } = at;
  const graph: Graph = { sizes: chip.graph.sizes, blocks: chip.graph.blocks.filter((b) => b.from < b.to) };
  const params = parameters(memory, at, graph, "copy"), products = outerProducts(memory, at, x);
  const u = chip.vector(), error = chip.vector();
  const index = memory.ints(chip.capacity * size), value = memory.reals(chip.capacity * size), count = memory.ints(chip.capacity);
  const kind = activationCode(activation), layers = at.sizes.length - 1;
  // The sigmoid of a padding unit is not 0, so it runs on the real units only.
  const active = activation === "sigmoid" ? at.sizes : at.padded;
  const byte = at.offset.map((o) => o * bytes);
  params.load(xavier(graph, "copy", random(seed, "phi"), memory.precision));

  const row = () => x.first * size * bytes;
  const mine = () => x.last - x.first;
  /** ∂L/∂u of one layer, without what comes from above. */
  const difference = (l: number, target: Slot<Vec>) => {
    const o = row() + byte[l];
    kernels.scaledDifference(error.ptr + o, guess.ptr + o, target.ptr + o, size, mine(), at.padded[l], 1);
  };
  const timesSlope = (l: number) => {
    const o = row() + byte[l];
    kernels.timesSlope(error.ptr + o, u.ptr + o, guess.ptr + o, size, mine(), at.padded[l], kind);
  };
  const fromAbove = (l: number) => {
    for (const w of params.weights)
      if (w.block.from === l)
        kernels.addDots(error.ptr + row() + byte[l], size, error.ptr + row() + byte[w.block.to], size, mine(), w.slot.ptr, w.stride, w.rows);
  };
  return {
    graph, activation, parameters: params, guess,
    forward() {
      kernels.fillRows(u.ptr + row(), size, mine(), size, params.bias.ptr);
      for (let l = 1; l <= layers; l++) {
        for (const w of params.weights) {
          if (w.block.to !== l) continue;
          const out = u.ptr + byte[l], { from } = w.block;
          if (from === 0) {
            kernels.addSparse(out, size, 0, x.first, x.last, x.index, x.value, x.width, x.count, 1, w.slot.ptr, 0, w.rows, w.stride);
          } else {
            kernels.listNonzeros(guess.ptr + row() + byte[from], size, mine(), w.rows, 1, index.ptr + 4 * x.first * size, value.ptr + row(), size, count.ptr + 4 * x.first, 1);
            kernels.addSparse(out, size, 0, x.first, x.last, index.ptr, value.ptr, size, count.ptr, 1, w.slot.ptr, 0, w.rows, w.stride);
          }
        }
        kernels.activate(guess.ptr + row() + byte[l], u.ptr + row() + byte[l], size, mine(), active[l], kind);
      }
    },
    compare(target, k) {
      for (let l = layers; l >= 1; l--) {
        difference(l, target);
        if (loss === "global") fromAbove(l);
        timesSlope(l);
      }
      for (let l = 1; l <= layers; l++) kernels.scale(error.ptr + row() + byte[l], size, mine(), at.padded[l], -k[l - 1]);
    },
    adjust() {
      products.toBias(params.bias, error.ptr);
      for (const w of params.weights)
        if (w.block.from === 0) products.fromInput(w, error.ptr);
        else products.fromLayer(w, [{ a: guess.ptr, b: error.ptr, k: 1 }]);
    },
  };
}
