import { leak, traceCopyNetwork } from "../learning/copy-network.ts";
import type { CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
import { InputError } from "../numerics/errors.ts";
import type { Tensor } from "../numerics/vec.ts";
import { mappedInputs } from "./portable.ts";
import type { InputMap, PortableNetwork, Quantisation, Quantum } from "./portable.ts";

const { fround } = Math;

/** Rows that products of eight bits can be summed over in 32: 255 · 127 · n < 2³¹. */
const mostRows = 60_000;

/**
 * The network in whole numbers, calibrated on raw inputs [count × n_0]: ranges of sums and states
 * are the least and the largest met there, and 0. Weights and biases become what their numbers
 * stand for.
 * @throws InputError without inputs, and for layers of more than 60 000 units.
 */
export function quantise(
  net: PortableNetwork,
  raw: ArrayLike<number>,
  count: number,
): PortableNetwork {
  const { network } = net;
  if (count < 1) throw new InputError("int8: nothing to calibrate on, expected at least one input");
  const wide = network.sizes.find((n) => n > mostRows);
  if (wide !== undefined)
    throw new InputError(`int8: a layer of ${wide} units, expected at most ${mostRows}`);
  const { sums, states } = ranges(net, raw, count);
  const stateQuanta = states.map(quantumOf);
  const weights = network.layers.map(({ incoming }) =>
    incoming.map(({ weight }) => outputScales(weight)),
  );
  return {
    ...net,
    network: {
      ...network,
      layers: network.layers.map((layer, i) => rounded(layer, weights[i], stateQuanta)),
    },
    quantisation: { states: stateQuanta, sums: sums.map(quantumOf), weights },
  };
}

/** The whole number of r: round(r / scale) + zero, ties to even, as single precision has it. */
function toInt8(r: number, { scale, zero }: Quantum): number {
  return Math.min(127, Math.max(-128, nearest(fround(r / scale)) + zero));
}

/** Of a weight, about 0. */
export function weightInt8(w: number, scale: number): number {
  return Math.min(127, Math.max(-127, nearest(w / scale)));
}

/** Of a bias whose products have this scale. */
export function biasInt32(b: number, scale: number): number {
  return Math.min(2 ** 31 - 1, Math.max(-(2 ** 31) + 1, nearest(b / scale)));
}

/** The scale of the products of a block's weights and of what it comes from. */
export function productScale(state: Quantum, weight: number): number {
  return fround(state.scale * weight);
}

/** ρ of a layer's unit in single precision. */
function activate32(
  { activation, walls }: Pick<CopyLayer, "activation" | "walls">,
  u: number,
  unit: number,
): number {
  const low = walls ? fround(walls.low.data[unit]) : 0;
  const high = walls ? fround(walls.high.data[unit]) : 1;
  const clipped = Math.min(Math.max(u, low), high);
  switch (activation) {
    case "hard":
      return clipped;
    case "leaky":
      return fround(clipped + fround(u * fround(leak)));
    case "sigmoid":
      return fround(1 / (1 + Math.exp(-u)));
    case "step":
      return u > 0.5 ? 1 : 0;
    case "linear":
      return u;
    default:
      return activation satisfies never;
  }
}

/** What a sum of each eight-bit number becomes as a state of one: `[q + 128]`. */
export function activationTable(
  layer: Pick<CopyLayer, "activation" | "walls">,
  sum: Quantum,
  state: Quantum,
  unit = 0,
): Int8Array {
  return Int8Array.from({ length: 256 }, (_, k) =>
    toInt8(activate32(layer, fround((k - 128 - sum.zero) * sum.scale), unit), state),
  );
}

/** Whether all units of a layer have the same ρ. */
export function sameWalls({ walls }: Pick<CopyLayer, "walls">): boolean {
  return (
    !walls || [walls.low, walls.high].every(({ data }) => data.every((w) => Object.is(w, data[0])))
  );
}

/**
 * The outputs [batch × n_L] of a quantised network, with the whole numbers and the single-precision
 * operations of its exports.
 */
export function evaluateQuantised(
  net: { readonly network: CopyNetwork; readonly inputs?: InputMap },
  quantisation: Quantisation,
  raw: ArrayLike<number>,
  batch: number,
): Float64Array {
  const { sizes, layers } = net.network;
  const { states } = quantisation;
  const n0 = sizes[0];
  if (raw.length !== batch * n0)
    throw new InputError(`network: ${raw.length} input values, expected ${batch} × ${n0}`);
  const parts = layers.map((layer, i) => integerLayer(layer, i, quantisation));
  const outputs = new Float64Array(batch * sizes[sizes.length - 1]);
  for (let b = 0; b < batch; b++) {
    const known = [Float64Array.from({ length: n0 }, (_, k) => input32(net.inputs, raw, b, k, n0))];
    // From here on what is known of a layer are its whole numbers less their zero.
    known[0] = known[0].map((x) => toInt8(x, states[0]) - states[0].zero);
    layers.forEach((layer, i) => {
      const u = integerSums(parts[i], known, sizes[i + 1]);
      if (i === layers.length - 1)
        outputs.set(
          u.map((x, j) => activate32(layer, x, j)),
          b * u.length,
        );
      else known.push(u.map((x, j) => nextState(layer, x, j, quantisation, i)));
    });
  }
  return outputs;
}

function nextState(
  layer: CopyLayer,
  u: number,
  unit: number,
  { sums, states }: Quantisation,
  i: number,
): number {
  const sum = fround((toInt8(u, sums[i]) - sums[i].zero) * sums[i].scale);
  const state = states[i + 1];
  return toInt8(activate32(layer, sum, unit), state) - state.zero;
}

function input32(
  inputs: InputMap | undefined,
  raw: ArrayLike<number>,
  row: number,
  k: number,
  n: number,
): number {
  const r = fround(raw[row * n + k]);
  if (!inputs) return r;
  const x = fround(fround(r - inputs.offset[k]) * inputs.factor[k]);
  return Math.min(Math.max(x, inputs.low), inputs.high);
}

interface IntegerBlock {
  readonly from: number;
  /** [n_from × n]. */
  readonly weight: Int8Array;
  /** [n]: of the products. */
  readonly scale: Float32Array;
}

function integerLayer(
  { incoming, bias }: CopyLayer,
  i: number,
  { states, weights }: Quantisation,
): { readonly blocks: readonly IntegerBlock[]; readonly bias: Float64Array } {
  const blocks = incoming.map(({ from, weight }, k) => {
    const scales = weights[i][k];
    const columns = weight.shape[1];
    return {
      from,
      weight: Int8Array.from(weight.data, (w, at) => weightInt8(w, scales[at % columns])),
      scale: scales.map((s) => productScale(states[from], s)),
    };
  });
  return {
    blocks,
    bias: Float64Array.from(bias.data, (b, j) => biasInt32(b, blocks[0].scale[j])),
  };
}

function integerSums(
  { blocks, bias }: ReturnType<typeof integerLayer>,
  known: readonly Float64Array[],
  n: number,
): Float64Array {
  const u = new Float64Array(n);
  blocks.forEach(({ from, weight, scale }, k) => {
    const sum = k === 0 ? bias.slice() : new Float64Array(n);
    const s = known[from];
    for (let r = 0; r < s.length; r++) {
      const x = s[r];
      if (x !== 0) for (let c = 0; c < n; c++) sum[c] += x * weight[r * n + c];
    }
    for (let c = 0; c < n; c++) u[c] = fround(u[c] + fround(fround(sum[c]) * scale[c]));
  });
  return u;
}

type Range = readonly [low: number, high: number];

/** The ranges of u and s that inputs lead to; those of the outputs are left out. */
function ranges(
  net: PortableNetwork,
  raw: ArrayLike<number>,
  count: number,
): { readonly sums: readonly Range[]; readonly states: readonly Range[] } {
  const n = net.network.sizes[0];
  const found = {
    sums: net.network.layers.slice(1).map((): Range => [0, 0]),
    states: net.network.layers.map((): Range => [0, 0]),
  };
  const all = Float64Array.from(raw);
  const chunk = 100;
  for (let first = 0; first < count; first += chunk) {
    const rows = Math.min(chunk, count - first);
    const x = mappedInputs(net, all.subarray(first * n, (first + rows) * n));
    const { sums, states } = traceCopyNetwork(net.network, x, rows);
    found.sums = found.sums.map((r, i) => widened(r, sums[i]));
    found.states = found.states.map((r, i) => widened(r, states[i]));
  }
  return found;
}

function widened(range: Range, values: Float64Array): Range {
  let [low, high] = range;
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

function quantumOf([low, high]: Range): Quantum {
  const scale = fround((high - low) / 255);
  return scale > 0
    ? { scale, zero: Math.min(127, Math.max(-128, nearest(-128 - low / scale))) }
    : { scale: 1, zero: 0 };
}

/** |w| of each output's largest weight is 127 of them. */
function outputScales({ shape: [rows, columns], data }: Tensor): Float32Array {
  return Float32Array.from({ length: columns }, (_, c) => {
    let top = 0;
    for (let r = 0; r < rows; r++) top = Math.max(top, Math.abs(data[r * columns + c]));
    return top > 0 ? top / 127 : 1;
  });
}

/** The layer with what its whole numbers stand for, in double precision. */
function rounded(
  layer: CopyLayer,
  scales: readonly Float32Array[],
  states: readonly Quantum[],
): CopyLayer {
  const incoming = layer.incoming.map(({ from, weight }, k) => {
    const columns = weight.shape[1];
    const value = (w: number, at: number) => {
      const scale = scales[k][at % columns];
      return scale * weightInt8(w, scale);
    };
    return { from, weight: { ...weight, data: Float64Array.from(weight.data, value) } };
  });
  const first = layer.incoming[0].from;
  const bias = Float64Array.from(layer.bias.data, (b, j) => {
    const scale = productScale(states[first], scales[0][j]);
    return scale * biasInt32(b, scale);
  });
  return { ...layer, incoming, bias: { ...layer.bias, data: bias } };
}

/** The nearest whole number, of two the even one. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const part = x - below;
  if (part !== 0.5) return part < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
