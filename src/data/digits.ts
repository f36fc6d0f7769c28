import { random } from "../numerics/random.ts";
import type { Dataset, Split } from "./dataset.ts";
import { digitNames } from "./sources.ts";
import { imageSide, write } from "./digits/hand.ts";
import { drawInk } from "./digits/ink.ts";

const size = imageSide * imageSide;

/**
 * The built-in digits: 10 000 training and 2 000 test images [28 × 28] of handwriting-like digits,
 * drawn from `seed`. Classes are balanced, the order is random, and image i is drawn from a stream
 * of its own, so it depends on nothing but the seed, its part and i.
 */
export function digits(seed: number): Split {
  return {
    train: draw(seed, "train", 10_000),
    test: draw(seed, "test", 2_000),
    source: `built-in digits, seed ${seed}`,
    cites: [],
  };
}

function draw(seed: number, part: "train" | "test", count: number): Dataset {
  const labels = Uint8Array.from(
    random(seed, "digits", part, "order").permutation(count),
    (i) => i % digitNames.length,
  );
  const pixels = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const rng = random(seed, "digits", part, i);
    drawInk(write(labels[i], rng), rng, pixels.subarray(i * size, (i + 1) * size));
  }
  return {
    name: `digits-${part}`,
    count,
    shape: [imageSide, imageSide],
    inputNames: null,
    inputs: { kind: "bytes", values: pixels, scale: 1 / 255 },
    scaling: null,
    targets: { kind: "classes", names: digitNames, labels },
  };
}
