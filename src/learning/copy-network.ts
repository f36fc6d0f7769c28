import { activations, type Activation } from "../numerics/activation.ts";
import { InputError } from "../numerics/errors.ts";
import { allFinite, type Tensor } from "../numerics/vec.ts";

/**
 * ρ(u) = clip(u, low, high), from 0 to 1 unless a layer has walls; ρ(u) + 0.01 u; 1 / (1 + e⁻ᵘ); 1
 * above ½, otherwise 0; u itself.
 */
export type CopyActivation = Activation | "linear";

/** Slope that the leaky activation adds to ρ, so that saturated units still learn. */
export const leak = 0.01;

/** One layer above the input: u = c + Σ s_from · W, s = activation(u). */
export interface CopyLayer {
  /** c [n]. */
  readonly bias: Tensor;
  /**
   * Blocks from lower layers; `weight` is [n_from × n], row-major. More than one: skip connections.
   */
  readonly incoming: readonly { readonly from: number; readonly weight: Tensor }[];
  readonly activation: CopyActivation;
  /** Ends of ρ, unit by unit [n], ±∞ where there is none; absent: 0 and 1. */
  readonly walls?: { readonly low: Tensor; readonly high: Tensor };
}

/** The digital copy as plain data (eq. 6): `layers[i]` is layer i + 1, layer 0 is the input. */
export interface CopyNetwork {
  readonly sizes: readonly number[];
  readonly layers: readonly CopyLayer[];
}

/**
 * Lets a network pass whose layers l compute sₗ = ρ(bₗ + Σ sₖ Wₖₗ) over layers k < l below them: bₗ
 * [nₗ], Wₖₗ [nₖ × nₗ].
 * @throws InputError when layers, blocks and sizes do not fit each other.
 */
export function checkCopyNetwork(net: CopyNetwork): void {
  const { sizes, layers } = net;
  if (sizes.length < 2 || layers.length !== sizes.length - 1)
    throw new InputError(
      `copy: ${layers.length} layer(s) for sizes [${sizes.join(", ")}], expected one layer ` +
        "for every size but the first",
    );
  layers.forEach(({ bias, incoming, walls, activation }, i) => {
    const to = i + 1;
    expectShape(bias, [sizes[to]]);
    for (const wall of walls ? [walls.low, walls.high] : []) expectShape(wall, [sizes[to]]);
    if (walls && (activation === "linear" || !activations[activation].walls))
      throw new InputError(
        `copy: layer ${to} has walls and the activation ${activation}, which knows none; ` +
          "expected hard or leaky",
      );
    if (incoming.length === 0)
      throw new InputError(`copy: nothing drives layer ${to}: give it a block from a lower layer`);
    for (const { from, weight } of incoming) {
      if (!(from in sizes) || from >= to)
        throw new InputError(
          `copy: layer ${to} has a block from layer ${from}, expected a lower layer`,
        );
      expectShape(weight, [sizes[from], sizes[to]]);
    }
  });
}

/** The first weights or biases that hold NaN or infinities; undefined where all are numbers. */
export function unsoundCopy({ layers }: CopyNetwork): string | undefined {
  return layers
    .flatMap(({ bias, incoming }) => [...incoming.map(({ weight }) => weight), bias])
    .find(({ data }) => !allFinite(data))?.name;
}

/** @throws InputError where a copy that is to be written for other programs is no network. */
export function requireSoundCopy(net: CopyNetwork): void {
  checkCopyNetwork(net);
  const name = unsoundCopy(net);
  if (name !== undefined)
    throw new InputError(
      `copy: ${name} holds NaN or infinities, expected numbers: its training diverged, and there ` +
        "is nothing to take home; export an earlier copy, or train again with other settings",
    );
}

/**
 * The outputs [batch × n_L] of the copy for inputs [batch × n_0], in float64: the plain reference
 * that exports are checked against.
 */
export function evaluateCopyNetwork(
  net: CopyNetwork,
  inputs: Float64Array,
  batch: number,
): Float64Array {
  const { states } = traceCopyNetwork(net, inputs, batch);
  return states[states.length - 1];
}

/** What a copy computes on the way: `states[l]` [batch × n_l] and `sums[l − 1]`, u of layer l. */
export function traceCopyNetwork(
  net: CopyNetwork,
  inputs: Float64Array,
  batch: number,
): { readonly sums: readonly Float64Array[]; readonly states: readonly Float64Array[] } {
  checkCopyNetwork(net);
  const { sizes } = net;
  if (inputs.length !== batch * sizes[0])
    throw new InputError(`copy: ${inputs.length} input values, expected ${batch} × ${sizes[0]}`);
  const states = [inputs];
  const sums = net.layers.map(({ bias, incoming, activation, walls }, i) => {
    const n = sizes[i + 1];
    const u = Float64Array.from({ length: batch * n }, (_, k) => bias.data[k % n]);
    for (const { from, weight } of incoming) accumulate(u, states[from], weight, batch);
    states.push(
      u.map((x, k) => activate(activation, x, walls?.low.data[k % n], walls?.high.data[k % n])),
    );
    return u;
  });
  return { sums, states };
}

/**
 * The copy in PyTorch's Linear layout, weights [out × in]: `layers.0.weight`, `layers.0.bias`, …; a
 * block that skips layers is `layers.2.from0.weight`, and where a layer has walls they are
 * `layers.0.low` and `layers.0.high`.
 */
export function copyTensors(net: CopyNetwork): Tensor[] {
  requireSoundCopy(net);
  return net.layers.flatMap(({ bias, incoming, walls }, i) => [
    ...incoming.map(({ from, weight }) => ({
      ...transpose(weight),
      name: copyWeightName(i, from),
    })),
    { ...bias, name: `layers.${i}.bias` },
    ...(walls
      ? [
          { ...walls.low, name: `layers.${i}.low` },
          { ...walls.high, name: `layers.${i}.high` },
        ]
      : []),
  ]);
}

/** How the weights into `layers[i]` from layer `from` are named in exports. */
export function copyWeightName(i: number, from: number): string {
  return from === i ? `layers.${i}.weight` : `layers.${i}.from${from}.weight`;
}

function accumulate(u: Float64Array, s: Float64Array, weight: Tensor, batch: number): void {
  const [rows, columns] = weight.shape;
  for (let b = 0; b < batch; b++)
    for (let r = 0; r < rows; r++) {
      const x = s[b * rows + r];
      // Images are mostly zeros, and zero times a number adds nothing.
      if (x === 0) continue;
      for (let c = 0; c < columns; c++) u[b * columns + c] += x * weight.data[r * columns + c];
    }
}

function activate(activation: CopyActivation, u: number, low = 0, high = 1): number {
  switch (activation) {
    case "hard":
      return clip(u, low, high);
    case "leaky":
      return clip(u, low, high) + leak * u;
    case "sigmoid":
      return 1 / (1 + Math.exp(-u));
    case "step":
      return u > 0.5 ? 1 : 0;
    case "linear":
      return u;
    default:
      return activation satisfies never;
  }
}

function clip(u: number, low: number, high: number): number {
  return Math.min(Math.max(u, low), high);
}

/** A matrix [rows × columns] with its axes exchanged. */
export function transpose({ name, shape: [rows, columns], data }: Tensor): Tensor {
  const out = data.slice();
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return { name, shape: [columns, rows], data: out };
}

function expectShape({ name, shape, data }: Tensor, expected: readonly number[]): void {
  if (shape.join() !== expected.join() || data.length !== expected.reduce((n, d) => n * d, 1))
    throw new InputError(
      `copy: "${name}" has ${data.length} values of shape [${shape.join(", ")}], expected ` +
        `[${expected.join(", ")}]`,
    );
}
