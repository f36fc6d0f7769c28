import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { take, type Dataset } from "../../src/data/dataset.ts";
import { digits } from "../../src/data/digits.ts";
import { write } from "../../src/data/digits/hand.ts";
import { drawInk } from "../../src/data/digits/ink.ts";
import { random } from "../../src/numerics/random.ts";
import { errorOf, train } from "./perceptron.ts";
import { imagesIn } from "../support/images.ts";

const { train: training, test: testing } = digits(1);
const image = (data: Dataset, i: number) => imagesIn(data).pixels.subarray(i * 784, (i + 1) * 784);
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

describe("the built-in digits", () => {
  it("are 10 000 and 2 000 images of 28 × 28 pixels, a tenth of them of each class, in random order", () => {
    for (const [data, count] of [
      [training, 10_000],
      [testing, 2_000],
    ] as const) {
      expect(data).toMatchObject({ count, shape: [28, 28] });
      const { pixels, labels, classes, scale } = imagesIn(data);
      expect([classes, scale]).toEqual([10, 1 / 255]);
      expect(pixels).toHaveLength(count * 784);
      const counts = Array.from({ length: 10 }, (_, c) => labels.filter((l) => l === c).length);
      expect(counts).toEqual(Array.from({ length: 10 }, () => count / 10));
      // 4σ of a binomial with p = 1/10: neighbours agree in class no more often than by chance.
      const repeats = labels.filter((l, i) => i > 0 && l === labels[i - 1]).length;
      expect(Math.abs(repeats - count / 10)).toBeLessThan(4 * Math.sqrt(count * 0.09));
    }
  });

  it("are the same bytes for the same seed, for ever", () => {
    expect([
      hash(imagesIn(take(training, 100)).pixels),
      hash(imagesIn(take(testing, 100)).pixels),
    ]).toEqual(["230d4704afd40acd", "9d750be3beb99d22"]);
  });

  it("are drawn one by one: an image depends on the seed, its part, its index and its class only", () => {
    const rng = random(1, "digits", "train", 4321);
    const alone = new Uint8Array(784);
    drawInk(write(imagesIn(training).labels[4321], rng), rng, alone);
    expect(alone).toEqual(image(training, 4321));
  });

  it("never repeat an image, within or between training and test", () => {
    const seen = new Set<string>();
    for (const data of [training, testing])
      for (let i = 0; i < data.count; i++) seen.add(hash(image(data, i)));
    expect(seen.size).toBe(12_000);
  });

  it("differ from one seed to the next", () => {
    const rng = random(2, "digits", "train", 0);
    const other = new Uint8Array(784);
    drawInk(write(imagesIn(training).labels[0], rng), rng, other);
    expect(other).not.toEqual(image(training, 0));
  });

  it("are ink on empty paper: most pixels exactly 0, yet each digit has dark strokes inside the frame", () => {
    let zeros = 0;
    for (let i = 0; i < training.count; i++) {
      const pixels = image(training, i);
      const empty = pixels.filter((p) => p === 0).length;
      zeros += empty;
      expect(empty).toBeGreaterThan(0.6 * 784);
      expect(pixels.filter((p) => p > 100).length).toBeGreaterThan(12);
    }
    expect(zeros / imagesIn(training).pixels.length).toBeGreaterThan(0.75);
  });

  it("need a hidden layer: a linear classifier makes more errors, by over 4σ of the test set", () => {
    const few = take(training, 3000);
    const linear = errorOf(train(few, 0, 6, 0.02, random(1, "linear")), testing);
    const hidden = errorOf(train(few, 64, 6, 0.02, random(1, "hidden")), testing);
    const variance = (p: number) => (p * (100 - p)) / testing.count;
    expect(linear - hidden).toBeGreaterThan(4 * Math.sqrt(variance(linear) + variance(hidden)));
    expect(hidden).toBeLessThan(8);
  });
});
