import { write } from "../../src/data/digits/hand.ts";
import { drawInk } from "../../src/data/digits/ink.ts";
import { loadSplit } from "../../src/data/node/index.ts";
import type { Chip, FabricateOptions } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { chain } from "../../src/energy/graph.ts";
import type { Ties } from "../../src/energy/hopfield.ts";
import { random } from "../../src/numerics/random.ts";
import { anderson } from "../../src/solver/minimise/anderson.ts";
import { blockDescent } from "../../src/solver/minimise/block-descent.ts";
import { fista } from "../../src/solver/minimise/fista.ts";
import { newtonCG } from "../../src/solver/minimise/newton-cg.ts";
import { spectralGradient } from "../../src/solver/minimise/spectral-gradient.ts";
import type { Solver } from "../../src/solver/solver.ts";
import { published } from "../data/node/synthetic.ts";
import { ideal } from "./setups.ts";
import { imagesIn } from "./images.ts";

/** Every minimiser of this package. */
export const minimisers: readonly Solver[] = [
  blockDescent(),
  spectralGradient(),
  fista(),
  newtonCG(),
  anderson(),
];

const side = 28;
const { pixels, labels } =
  published === undefined ? drawn(10) : imagesIn((await loadSplit("mnist", published, {})).train);

/** The built-in digits, one of each class. */
function drawn(count: number): { pixels: Uint8Array; labels: Uint8Array } {
  const pixels = new Uint8Array(count * side ** 2);
  const labels = Uint8Array.from({ length: count }, (_, i) => i);
  labels.forEach((label, i) => {
    const rng = random(1, "digit", i);
    drawInk(write(label, rng), rng, pixels.subarray(i * side ** 2, (i + 1) * side ** 2));
  });
  return { pixels, labels };
}

/**
 * An ideal chip, Xavier weights, that is shown at most ten digits (MNIST's where it is at hand) at
 * states 0.
 */
export function shownDigits(
  sizes: readonly number[],
  ties: Ties,
  batch: number,
  precision: FabricateOptions["precision"] = "f64",
): Chip {
  const chip = fabricate(ideal, chain(sizes), { batch, precision });
  chip.inputs.showBytes(
    pixels,
    Array.from({ length: batch }, (_, i) => i),
    1 / 255,
  );
  chip.inputs.label(labels.subarray(0, batch));
  chip.present();
  chip.tie(ties);
  chip.start();
  return chip;
}

/** max |a − b|. */
export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let top = 0;
  for (let i = 0; i < a.length; i++) top = Math.max(top, Math.abs(a[i] - b[i]));
  return top;
}
