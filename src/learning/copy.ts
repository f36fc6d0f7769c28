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
   * One step down L = ½ Σ (sᶠ − target)² (eq. 7–9), mean over the minibatch, for the guesses of the last
   * `forward`; `k[l−1]` is η_l / batch. Needs the inputs' lists by input (`chip.adjust` makes them).
   */
  learn(target: Slot<Vec>, k: readonly number[]): void;
}

export interface CopyOptions { readonly activation?: Activation; readonly loss?: CopyLoss; readonly seed?: number }

/** A copy for this chip, Xavier-initialised from a stream of its own, in the chip's memory. */
export function digitalCopy(chip: Chip, { activation = "leaky", loss = "local", seed = 1 }: CopyOptions = {}): DigitalCopy {
  const { memory, layout: at, inputs: x } = chip, { kernels, bytes } = memory;
  const graph: Graph = { sizes: chip.graph.sizes, blocks: chip.graph.blocks.filter((b) => b.from < b.to) };
  const params = parameters(memory, at, graph, "copy");
  const u = chip.vector(), guess = chip.guess, error = chip.vector();
  const products = outerProducts(memory, at, chip.capacity);
  const index = memory.ints(chip.capacity * at.size), value = memory.reals(chip.capacity * at.size), count = memory.ints(chip.capacity);
  const kind = activationCode(activation), layers = at.sizes.length - 1;
  // The sigmoid of a padding unit is not 0, so it runs on the real units only.
  const active = activation === "sigmoid" ? at.sizes : at.padded;
  const byte = at.offset.map((o) => o * bytes);
  params.load(xavier(graph, "copy", random(seed, "phi"), memory.precision));

  /** error ← (sᶠ − target) ⊙ ρmod′(u) with the errors of the layers above sent down through ω. */
  const backpropagate = (target: Slot<Vec>) => {
    for (let l = layers; l >= 1; l--) {
      kernels.scaledDifference(error.ptr + byte[l], guess.ptr + byte[l], target.ptr + byte[l], at.size, x.rows, at.padded[l], 1);
      for (const w of params.weights)
        if (w.block.from === l)
          kernels.addDots(error.ptr + byte[l], at.size, error.ptr + byte[w.block.to], at.size, x.rows, w.slot.ptr, w.stride, w.rows);
      kernels.timesSlope(error.ptr + byte[l], u.ptr + byte[l], guess.ptr + byte[l], at.size, x.rows, at.padded[l], kind);
    }
  };
  const localErrors = (target: Slot<Vec>) => {
    const whole = x.rows * at.size;
    kernels.scaledDifference(error.ptr, guess.ptr, target.ptr, whole, 1, whole, 1);
    kernels.timesSlope(error.ptr, u.ptr, guess.ptr, whole, 1, whole, kind);
  };
  return {
    graph, activation, parameters: params, guess,
    forward() {
      kernels.fillRows(u.ptr, at.size, x.rows, at.size, params.bias.ptr);
      for (let l = 1; l <= layers; l++) {
        for (const w of params.weights) {
          if (w.block.to !== l) continue;
          const out = u.ptr + byte[l];
          if (w.block.from === 0) {
            kernels.addSparse(out, at.size, 0, 0, x.rows, x.index, x.value, x.width, x.count, 1, w.slot.ptr, 0, w.rows, w.stride);
          } else {
            kernels.listNonzeros(guess.ptr + byte[w.block.from], at.size, x.rows, w.rows, 1, index.ptr, value.ptr, at.size, count.ptr, 1);
            kernels.addSparse(out, at.size, 0, 0, x.rows, index.ptr, value.ptr, at.size, count.ptr, 1, w.slot.ptr, 0, w.rows, w.stride);
          }
        }
        kernels.activate(guess.ptr + byte[l], u.ptr + byte[l], at.size, x.rows, active[l], kind);
      }
    },
    learn(target, k) {
      if (loss === "local") localErrors(target); else backpropagate(target);
      for (let l = 1; l <= layers; l++)
        kernels.scale(error.ptr + byte[l], at.size, x.rows, at.padded[l], -k[l - 1]);
      kernels.addRowSums(params.bias.ptr, error.ptr, at.size, x.rows, at.size);
      for (const w of params.weights)
        if (w.block.from === 0) products.fromInput(w, x, error.ptr);
        else products.fromLayer(w, [{ a: guess.ptr, b: error.ptr, k: 1 }], x.rows);
    },
  };
}
