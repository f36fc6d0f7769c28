import type { Dataset } from "../../src/data/dataset.ts";
import type { Random } from "../../src/numerics/random.ts";
import { imagesIn } from "../support/images.ts";

/**
 * y = W h + b with h = max(0, V x + a), or y = W x + b without hidden units; weights are [from ×
 * to].
 */
interface Perceptron {
  readonly V: Float64Array;
  readonly a: Float64Array;
  readonly W: Float64Array;
  readonly b: Float64Array;
}

/** The entries of a vector that are not 0. */
interface Sparse {
  readonly at: number[];
  readonly x: number[];
}

/**
 * Softmax cross-entropy by stochastic gradient descent, image by image, the rate falling linearly
 * to 0.
 */
export function train(
  data: Dataset,
  hidden: number,
  epochs: number,
  rate: number,
  rng: Random,
): Perceptron {
  const { pixels, classes } = imagesIn(data);
  const inputs = pixels.length / data.count;
  const steps = epochs * data.count;
  const glorot = (n: number, m: number) =>
    Float64Array.from({ length: n * m }, () => (2 * rng.uniform() - 1) * Math.sqrt(6 / (n + m)));
  const net = {
    V: glorot(inputs, hidden),
    a: new Float64Array(hidden),
    W: glorot(hidden || inputs, classes),
    b: new Float64Array(classes),
  };
  for (let epoch = 0, step = 0; epoch < epochs; epoch++)
    for (const i of rng.permutation(data.count)) descend(net, data, i, rate * (1 - step++ / steps));
  return net;
}

/** Percent of images whose largest output is not the label. */
export function errorOf(net: Perceptron, data: Dataset): number {
  const { labels } = imagesIn(data);
  let wrong = 0;
  for (let i = 0; i < data.count; i++) {
    const { y } = forward(net, data, i);
    if (y.indexOf(Math.max(...y)) !== labels[i]) wrong++;
  }
  return (100 * wrong) / data.count;
}

function descend(net: Perceptron, data: Dataset, i: number, rate: number): void {
  const { input, top, y } = forward(net, data, i);
  const largest = Math.max(...y);
  const e = y.map((v) => Math.exp(v - largest));
  const sum = e.reduce((s, v) => s + v);
  const dy = e.map((v, c) => v / sum - (c === imagesIn(data).labels[i] ? 1 : 0));
  if (net.a.length > 0) {
    const dh = new Float64Array(net.a.length);
    for (const j of top.at)
      for (let c = 0; c < dy.length; c++) dh[j] += net.W[j * dy.length + c] * dy[c];
    subtract(net.V, net.a, input, dh, rate);
  }
  subtract(net.W, net.b, top, dy, rate);
}

function forward(
  { V, a, W, b }: Perceptron,
  data: Dataset,
  i: number,
): { input: Sparse; top: Sparse; y: Float64Array } {
  const { pixels, scale } = imagesIn(data);
  const size = pixels.length / data.count;
  const input = sparse(pixels.subarray(i * size, (i + 1) * size), scale);
  const top = a.length === 0 ? input : sparse(affine(V, a, input), 1);
  return { input, top, y: affine(W, b, top) };
}

/** The positive entries of a vector, scaled. */
function sparse(values: ArrayLike<number>, scale: number): Sparse {
  const at: number[] = [];
  const x: number[] = [];
  for (let k = 0; k < values.length; k++)
    if (values[k] > 0) {
      at.push(k);
      x.push(values[k] * scale);
    }
  return { at, x };
}

function affine(weights: Float64Array, bias: Float64Array, { at, x }: Sparse): Float64Array {
  const out = bias.slice();
  const n = out.length;
  for (let k = 0; k < at.length; k++)
    for (let j = 0; j < n; j++) out[j] += x[k] * weights[at[k] * n + j];
  return out;
}

function subtract(
  weights: Float64Array,
  bias: Float64Array,
  { at, x }: Sparse,
  slope: Float64Array,
  rate: number,
): void {
  const n = slope.length;
  for (let k = 0; k < at.length; k++)
    for (let j = 0; j < n; j++) weights[at[k] * n + j] -= rate * x[k] * slope[j];
  for (let j = 0; j < n; j++) bias[j] -= rate * slope[j];
}
