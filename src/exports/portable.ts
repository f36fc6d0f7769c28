import { checkCopyNetwork } from "../learning/copy-network.ts";
import type { CopyNetwork } from "../learning/copy-network.ts";
import { InputError } from "../numerics/errors.ts";

/** x = clip((raw − offset) · factor, low, high), input by input: what is seen of raw numbers. */
export interface InputMap {
  /** [n_0] each. */
  readonly offset: Float32Array;
  readonly factor: Float32Array;
  /** ±∞ where nothing is clipped. */
  readonly low: number;
  readonly high: number;
  /** What inputs are called, where they are columns; `colour=red` is 1 where the colour is red. */
  readonly names?: readonly string[];
}

/** A real as a whole number of eight bits: r = scale·(q − zero), −128 ≤ q ≤ 127. */
export interface Quantum {
  readonly scale: number;
  readonly zero: number;
}

/**
 * Static quantisation in the form of ONNX's QDQ and of LiteRT: weights −127 … 127 about 0 with a
 * scale for each output, sums u and states s with one scale a tensor, biases 32 bits with the scale
 * of their products. The outputs stay real.
 */
export interface Quantisation {
  /** `states[l]` of layer l, the inputs first, the outputs not among them. */
  readonly states: readonly Quantum[];
  /** `sums[i]` of u of layer i + 1, the outputs not among them. */
  readonly sums: readonly Quantum[];
  /** `weights[i][k]` [n]: scales of the k-th block into layer i + 1, an entry for each output. */
  readonly weights: readonly (readonly Float32Array[])[];
}

/** What outputs say: which class, by the largest of them, or a value each in the user's unit. */
export interface OutputNames {
  readonly kind: "classes" | "values";
  readonly names: readonly string[];
}

/** A digital network as it travels: what it computes, of which raw inputs, and what it means. */
export interface PortableNetwork {
  readonly network: CopyNetwork;
  /** Absent: raw inputs are the network's own. */
  readonly inputs?: InputMap;
  /** Absent: numbered classes. */
  readonly outputs?: OutputNames;
  /** Present where weights and states are whole numbers of eight bits. */
  readonly quantisation?: Quantisation;
  /** Free text by key, without a prefix: `seed`, `config`, `testErrorCopy`, `testR2Copy`, … */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Lets a network pass whose parts fit each other.
 * @throws InputError that names the part.
 */
export function checkPortable({ network, inputs, outputs }: PortableNetwork): void {
  checkCopyNetwork(network);
  const first = network.sizes[0];
  const last = network.sizes[network.sizes.length - 1];
  if (network.sizes.includes(0))
    throw new InputError("network: a layer has no units, expected at least one");
  if (inputs && ![inputs.offset, inputs.factor].every((v) => v.every(Number.isFinite)))
    throw new InputError("network: the map of its inputs holds NaN or infinities");
  if (inputs && !(inputs.low <= inputs.high))
    throw new InputError("network: its inputs are clipped between ends that cross");
  if (inputs && (inputs.factor.length !== first || inputs.offset.length !== first))
    throw new InputError(
      `network: ${inputs.factor.length} factors and ${inputs.offset.length} offsets of inputs, ` +
        `expected ${first} each`,
    );
  if (inputs?.names && inputs.names.length !== first)
    throw new InputError(`network: ${inputs.names.length} names for ${first} inputs`);
  if (outputs && outputs.names.length !== last)
    throw new InputError(`network: ${outputs.names.length} names for ${last} outputs`);
}

/** What a network sees of raw inputs [batch × n_0]. */
export function mappedInputs(
  { inputs }: Pick<PortableNetwork, "inputs">,
  raw: ArrayLike<number>,
): Float64Array {
  return inputs ? seenInputs(inputs, raw) : Float64Array.from(raw);
}

/** x of raw inputs [batch × n_0], by a map of n_0 inputs. */
export function seenInputs(
  { offset, factor, low, high }: InputMap,
  raw: ArrayLike<number>,
): Float64Array {
  const n = offset.length;
  return Float64Array.from(raw, (r, k) =>
    Math.min(Math.max((r - offset[k % n]) * factor[k % n], low), high),
  );
}

/** What an output is called. */
export function outputName({ outputs }: Pick<PortableNetwork, "outputs">, k: number): string {
  return outputs?.names[k] ?? String(k);
}

/** @throws InputError for a network that the other kind of header is for. */
export function requireQuantised(net: PortableNetwork, quantised: boolean): void {
  if ((net.quantisation !== undefined) === quantised) return;
  throw new InputError(
    quantised
      ? "int8: the network is not quantised yet; calibrate it on training data with `quantise`"
      : "the network is in whole numbers of eight bits; write it as onnx-int8 or c-int8",
  );
}
