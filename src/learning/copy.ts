import type { Chip } from "../dynamics/chip.ts";
import { outerProducts, type OuterProducts } from "../dynamics/synapses/outer-products.ts";
import { parameters, type Parameters, type Weights } from "../dynamics/synapses/parameters.ts";
import type { Guessing } from "../dynamics/units/guessing.ts";
import { upward, type Graph } from "../energy/graph.ts";
import { xavier } from "../energy/initial.ts";
import {
  activationCode,
  activationOf,
  activations,
  type Activation,
} from "../numerics/activation.ts";
import { InputError } from "../numerics/errors.ts";
import type { Slot } from "../numerics/kernels/arena.ts";
import { random } from "../numerics/random.ts";
import type { Vec } from "../numerics/vec.ts";

/**
 * Whether a layer sees more than its own error. `local`: nothing. `global`: the whole gradient of
 * eq. 7, by backpropagation.
 */
export const seesAbove = { local: false, global: true } as const satisfies Readonly<
  Record<string, boolean>
>;

/** The loss by which a copy learns: `local`, an error for each layer, or `global`, one for all. */
export type CopyLoss = keyof typeof seesAbove;

/**
 * The digital copy: a feedforward network that learns to guess where the chip will settle (eq. 6),
 *
 *   sᶠⱼ = ρmod(uⱼ),  u = c + Σ ω sᶠ over the blocks from lower layers,
 *
 * on the chip's own block graph, its blocks that lead up. With `step` the hidden units guess the
 * rail nearer to u, and the outputs, which nothing above has to see through, ρmod.
 */
export interface DigitalCopy {
  readonly graph: Graph;
  readonly activation: Activation;
  readonly parameters: Parameters;
  /** [capacity × size], laid out like the chip's state: the guess sᶠ of the last `forward`. */
  readonly guess: Slot<Vec>;
  /** Guesses for the chip's presented inputs. */
  forward(): void;
  /** `[capacity × size]`: what `compare` found last. */
  readonly error: Slot<Vec>;
  /**
   * Errors of the last guesses: −k ∂L/∂u of L = ½ Σ (sᶠ − target)² (eq. 7–9), sample by sample;
   * `k[l−1]` for layer l. A step has no derivative and needs none: ρ(u), of which it is the nearer
   * rail, predicts the target, and follows the error of that prediction, −k (ρ(u) − target) (the
   * delta rule; ρ's matching loss). The loss is the copy's own unless told otherwise.
   */
  compare(target: Slot<Vec>, k: readonly number[], loss?: CopyLoss): void;
  /**
   * Accumulates the errors of `compare` into the weights, after `chip.adjust`, or after
   * `listInputs` where no chip learns.
   */
  adjust(): void;
  /** Lists the inputs of this member's share of the weights. */
  listInputs(): void;
}

/**
 * What a copy needs around it: memory, inputs, walls that its units saturate at. A chip is one; a
 * `feedforward` bench stands by itself.
 */
export interface CopyBench
  extends Pick<
    Chip,
    "memory" | "graph" | "layout" | "capacity" | "inputs" | "guess" | "walls" | "vector"
  > {
  /** Of a chip. */
  readonly guessing?: Guessing;
  readonly parameters?: Parameters;
}

/** What a copy is made of; left out: the paper's, with a leaky activation and local losses. */
export interface CopyOptions {
  readonly activation?: Activation;
  readonly loss?: CopyLoss;
  readonly seed?: number;
  /**
   * Guesses with the chip's own weights and biases, which only the chip learns (Bengio et al.
   * 2016).
   */
  readonly tied?: boolean;
}

/**
 * A copy for this chip in the chip's memory, Xavier-initialised from a stream of its own, of
 * resistors and with a local loss at zero.
 * @throws InputError for a global loss through steps, and for what does not suit the voltages of
 *   resistors or between clamps that give.
 */
export function digitalCopy(
  chip: CopyBench,
  { activation = "leaky", loss: own = "local", seed = 1, tied = false }: CopyOptions = {},
): DigitalCopy {
  if (!activations[activation].smooth && seesAbove[own])
    throw new InputError(
      `copy: a ${own} loss cannot pass a ${activation}, which has no derivative; choose the ` +
        "local loss or another activation",
    );
  const { memory, layout: at, inputs: x, guess } = chip;
  const graph = upward(chip.graph);
  const { signed = true, shareRows = 1 } = chip.guessing ?? {};
  // Members list the inputs of their share once, for the chip and for the copy.
  const params = tied ? chipsOwn(chip) : parameters(memory, at, graph, "copy");
  const products = outerProducts({ memory, at, inputs: x }, shareRows);
  if (chip.guessing) refuseUnsuited(chip.guessing, activation, tied);
  const parts: Parts = {
    bench: chip,
    parameters: params,
    activation,
    u: chip.vector(),
    error: chip.vector(),
    kinds: at.sizes.map((_, l) =>
      activationCode(activationOf(activation, l === at.sizes.length - 1)),
    ),
    byte: at.offset.map((o) => o * memory.bytes),
  };
  const backward = backwardPass(parts);
  // The voltages of resistors, whose weights have no sign, have no scale that Xavier would know,
  // and targets of their own tell the units apart: their copy begins with no guess.
  const initial = xavier(graph, "copy", random(seed, "phi"), memory.precision);
  if (!tied)
    params.load(
      !signed && own === "local"
        ? initial.map((t) => ({ ...t, data: t.data.map(() => 0) }))
        : initial,
    );
  return {
    graph,
    activation,
    parameters: params,
    guess,
    error: parts.error,
    forward: forwardPass(parts),
    compare(target, k, loss = own) {
      if (!tied) backward(target, k, loss);
    },
    adjust() {
      if (!tied) accumulate(products, params, guess, parts.error);
    },
    listInputs() {
      products.listInputs();
    },
  };
}

/** What the passes of a copy work on. */
interface Parts {
  readonly bench: CopyBench;
  readonly parameters: Parameters;
  readonly activation: Activation;
  /** [capacity × size] each: u of eq. 6, and the errors. */
  readonly u: Slot<Vec>;
  readonly error: Slot<Vec>;
  /** The kernels' number of each layer's activation. */
  readonly kinds: readonly number[];
  /** Where each layer begins in a row. */
  readonly byte: readonly number[];
}

/** u = c + Σ ω sᶠ, sᶠ = ρmod(u), layer by layer (eq. 6), for the samples in focus. */
function forwardPass({ bench, parameters: params, activation, u, kinds, byte }: Parts): () => void {
  const { memory, layout: at, inputs: x, guess, capacity } = bench;
  const { kernels, bytes } = memory;
  const { size } = at;
  const { low, high } = bench.walls;
  const index = memory.ints(capacity * size);
  const value = memory.reals(capacity * size);
  const count = memory.ints(capacity);
  // Padding units stay at 0: an activation that does not keep it runs on the real units only.
  const active = activations[activation].keepsZero ? at.padded : at.sizes;
  const row = () => x.first * size * bytes;
  const mine = () => x.last - x.first;
  const fromInput = (out: number, w: Weights) =>
    kernels.addSparse(
      out,
      size,
      0,
      x.first,
      x.last,
      x.index,
      x.value,
      x.width,
      x.count,
      1,
      w.slot.ptr,
      0,
      w.rows,
      w.stride,
    );
  const fromLayer = (out: number, w: Weights) => {
    kernels.listNonzeros(
      guess.ptr + row() + byte[w.block.from],
      size,
      mine(),
      w.rows,
      1,
      index.ptr + 4 * x.first * size,
      value.ptr + row(),
      size,
      count.ptr + 4 * x.first,
      1,
    );
    kernels.addSparse(
      out,
      size,
      0,
      x.first,
      x.last,
      index.ptr,
      value.ptr,
      size,
      count.ptr,
      1,
      w.slot.ptr,
      0,
      w.rows,
      w.stride,
    );
  };
  return () => {
    kernels.fillRows(u.ptr + row(), size, mine(), size, params.bias.ptr);
    for (let l = 1; l < at.sizes.length; l++) {
      for (const w of params.weights)
        if (w.block.to === l) (w.block.from === 0 ? fromInput : fromLayer)(u.ptr + byte[l], w);
      kernels.activate(
        guess.ptr + row() + byte[l],
        u.ptr + row() + byte[l],
        size,
        mine(),
        active[l],
        kinds[l],
        low.ptr + byte[l],
        high.ptr + byte[l],
      );
    }
  };
}

/** error ← −k ∂L/∂u of L = ½ Σ (sᶠ − target)² (eq. 7–9), for the samples in focus. */
function backwardPass({
  bench,
  parameters: params,
  u,
  error,
  kinds,
  byte,
}: Parts): (target: Slot<Vec>, k: readonly number[], loss: CopyLoss) => void {
  const { memory, layout: at, inputs: x, guess } = bench;
  const { kernels, bytes } = memory;
  const { size } = at;
  const { low, high } = bench.walls;
  const layers = at.sizes.length - 1;
  const hard = activationCode("hard");
  const step = activationCode("step");
  const row = () => x.first * size * bytes;
  const mine = () => x.last - x.first;
  /** ∂L/∂u of one layer, without what comes from above. */
  const difference = (l: number, target: Slot<Vec>) => {
    const o = row() + byte[l];
    if (kinds[l] === step)
      kernels.activate(
        error.ptr + o,
        u.ptr + o,
        size,
        mine(),
        at.padded[l],
        hard,
        low.ptr + byte[l],
        high.ptr + byte[l],
      );
    kernels.scaledDifference(
      error.ptr + o,
      (kinds[l] === step ? error : guess).ptr + o,
      target.ptr + o,
      size,
      mine(),
      at.padded[l],
      1,
    );
  };
  const fromAbove = (l: number) => {
    for (const w of params.weights)
      if (w.block.from === l)
        kernels.addDots(
          error.ptr + row() + byte[l],
          size,
          error.ptr + row() + byte[w.block.to],
          size,
          mine(),
          w.slot.ptr,
          w.stride,
          w.rows,
        );
  };
  const timesSlope = (l: number) => {
    const o = row() + byte[l];
    if (kinds[l] !== step)
      kernels.timesSlope(
        error.ptr + o,
        u.ptr + o,
        guess.ptr + o,
        size,
        mine(),
        at.padded[l],
        kinds[l],
        low.ptr + byte[l],
        high.ptr + byte[l],
      );
  };
  return (target, k, loss) => {
    for (let l = layers; l >= 1; l--) {
      difference(l, target);
      if (seesAbove[loss]) fromAbove(l);
      timesSlope(l);
    }
    for (let l = 1; l <= layers; l++)
      kernels.scale(error.ptr + row() + byte[l], size, mine(), at.padded[l], -k[l - 1]);
  };
}

/**
 * parameters += Σ guessᵀ·error over the presented samples, block by block, and bias += Σ error: the
 * descent that `compare` prepared. Needs `listInputs`.
 */
export function accumulate(
  products: OuterProducts,
  { bias, weights }: Parameters,
  guess: Slot<Vec>,
  error: Slot<Vec>,
): void {
  products.toBias(bias, error.ptr);
  for (const w of weights)
    if (w.block.from === 0) products.fromInput(w, error.ptr);
    else products.fromLayer(w, [{ a: guess.ptr, b: error.ptr, k: 1 }]);
}

/**
 * The parameters of a copy that has none of its own: there is nothing to keep or to load besides
 * the chip's.
 */
function chipsOwn({ parameters: own }: CopyBench): Parameters {
  if (!own)
    throw new InputError(
      "copy: a tied copy guesses with a chip's own weights, and there is no chip; leave tied out",
    );
  const { weights, bias } = own;
  return {
    weights: weights.filter((w) => w.block.from < w.block.to),
    bias,
    tensors: () => [],
    load() {
      /* the chip loads them */
    },
  };
}

function refuseUnsuited(
  { circuit, beyond, signed }: Guessing,
  activation: Activation,
  tied: boolean,
): void {
  if (beyond !== null && activation !== "hard" && activation !== "leaky")
    throw new InputError(
      `learning.copy.activation: ${activation} guesses between 0 and 1, and voltages of ` +
        `circuit ${circuit} lie where its ${beyond} let them; expected ` +
        "leaky or hard",
    );
  if (!signed && tied)
    throw new InputError(
      "learning.rule: a tied copy guesses with the chip's own weights, and those of circuit " +
        `${circuit} are conductances, none of them negative; expected initialized`,
    );
}
