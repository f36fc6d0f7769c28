import type { Chip } from "../../src/dynamics/chip.ts";
import { fabricate } from "../../src/dynamics/fabricate.ts";
import { digits } from "../../src/data/digits.ts";
import { chain } from "../../src/energy/graph.ts";
import { digitalCopy } from "../../src/learning/copy.ts";
import { ideal } from "./setups.ts";
import { imagesIn } from "./images.ts";

const { pixels, scale } = imagesIn(digits(1).train);

/**
 * A double-precision chip at zero, the first digits on its inputs, tied by λ to what a fresh copy
 * guesses.
 */
export function digitNet(sizes: readonly number[], lambda: number, batch = 1): Chip {
  const chip = fabricate(ideal, chain(sizes), { batch, precision: "f64" });
  const copy = digitalCopy(chip);
  chip.inputs.showBytes(
    pixels,
    Uint32Array.from({ length: batch }, (_, i) => i),
    scale,
  );
  chip.present();
  copy.forward();
  chip.start();
  chip.tie({ lambda, beta: 0 });
  return chip;
}
