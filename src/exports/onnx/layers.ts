import type { CopyActivation, CopyLayer } from "../../learning/copy-network.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Tensor } from "../../numerics/vec.ts";
import type { InputMap, PortableNetwork, Quantum } from "../portable.ts";
import type { OnnxTensor } from "./model.ts";

/** A sum u = bias + Σ s_from W, W [from × n] with the scales of its whole numbers, if any. */
export interface LayerSum {
  readonly kind: "sum";
  readonly n: number;
  readonly bias: Float64Array;
  readonly terms: readonly Term[];
  /** The whole number that it goes through. */
  readonly quantum?: Quantum;
}

interface Term {
  readonly from: number;
  readonly weight: Tensor;
  readonly scales?: Float32Array;
}

/** ρ(u). */
export interface Activated {
  readonly kind: "activated";
  readonly sum: LayerSum;
  readonly activation: CopyActivation;
  readonly walls?: CopyLayer["walls"];
}

/** x = clip(factor·raw + shift): one number for all inputs, or one for each. */
interface Seen {
  readonly kind: "input";
  readonly factor: readonly number[];
  readonly shift: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** What a name in the graph stands for. */
export type Value =
  | { readonly kind: "constant"; readonly tensor: OnnxTensor; readonly scales?: Float32Array }
  | Seen
  | LayerSum
  | Activated
  /** A part of the leaky ρ, or a sum times a number. */
  | { readonly kind: "scaled"; readonly sum: LayerSum; readonly by: number }
  /** u > ½. */
  | { readonly kind: "above"; readonly sum: LayerSum }
  | { readonly kind: "state"; readonly layer: number }
  | { readonly kind: "whole"; readonly of: Value; readonly quantum: Quantum }
  | { readonly kind: "softmax"; readonly of: Value };

/** The layers of a perceptron, as its graph is read. */
export interface Builder {
  readonly input: Seen;
  /** A row of the network that a linear layer can read: a layer is made where there is none yet. */
  state(value: Value): number;
  /** Says that a state goes through a whole number. */
  quantise(layer: number, quantum: Quantum): void;
  /** Width of a state; of the inputs what the first layer says. */
  width(layer: number, n: number): void;
  /** @throws InputError when a graph asks for far more numbers than its file holds. */
  charge(numbers: number): void;
  finish(output: Value): Pick<PortableNetwork, "network" | "inputs" | "quantisation">;
}

/** Numbers that a graph may ask for, by the byte of its file, and always. */
const perByte = 8;
const always = 2 ** 22;

export function builder(bytes: number): Builder {
  const input: Seen = { kind: "input", factor: [1], shift: [0], low: -Infinity, high: Infinity };
  const made = new Map<Value, number>();
  const layers: CopyLayer[] = [];
  const sizes: number[] = [0];
  const quanta = {
    states: new Map<number, Quantum>(),
    sums: new Map<number, Quantum>(),
    weights: [] as (readonly (Float32Array | undefined)[])[],
  };
  let seen: Seen | null = null;
  let budget = perByte * bytes + always;
  const add = (value: Activated): number => {
    const { sum, activation, walls } = value;
    const i = layers.length;
    if (sum.quantum) quanta.sums.set(i, sum.quantum);
    quanta.weights.push(sum.terms.map((t) => t.scales));
    layers.push({
      activation,
      bias: { name: `layers.${i}.bias`, shape: [sum.n], data: single(sum.bias, sum) },
      incoming: sum.terms.map(({ from, weight }) => ({ from, weight })),
      ...(walls && { walls }),
    });
    sizes.push(sum.n);
    return i + 1;
  };
  const self: Builder = {
    input,
    state(value) {
      if (value.kind === "state") return value.layer;
      if (value.kind === "input") {
        if (seen && seen !== value)
          throw new InputError("onnx: layers read the inputs scaled in two ways, expected one");
        seen = value;
        return 0;
      }
      const known = made.get(value);
      if (known !== undefined) return known;
      const layer = add(activatedOf(self, value));
      made.set(value, layer);
      return layer;
    },
    quantise(layer, quantum) {
      quanta.states.set(layer, quantum);
    },
    width(layer, n) {
      if (layer === 0 && sizes[0] === 0) sizes[0] = n;
      if (sizes[layer] !== n)
        throw new InputError(`onnx: a layer of ${n} inputs follows one of ${sizes[layer]} units`);
    },
    charge(numbers) {
      budget -= numbers;
      if (budget < 0)
        throw new InputError(
          "onnx: the graph asks for far more numbers than its file holds; it is no perceptron",
        );
    },
    finish(output) {
      const last = self.state(output.kind === "softmax" ? output.of : output);
      if (last === 0 || last !== layers.length)
        throw new InputError("onnx: the output is not that of the last layer");
      const inputs = seen && inputMapOf(seen, sizes[0]);
      const quantisation = quantisationOf(quanta, layers.length);
      return {
        network: { sizes, layers },
        ...(inputs && { inputs }),
        ...(quantisation && { quantisation }),
      };
    },
  };
  return self;
}

/** Biases of whole numbers are exact in double precision alone. */
function single(bias: Float64Array, { terms }: LayerSum): Tensor["data"] {
  return terms.some((t) => t.scales) ? bias : Float32Array.from(bias);
}

/** What a layer of its own computes. */
function activatedOf(net: Builder, value: Value): Activated {
  switch (value.kind) {
    case "activated":
      return value;
    case "sum":
    case "scaled":
      return { kind: "activated", sum: layerSum(net, value), activation: "linear" };
    default:
      throw new InputError(
        `onnx: a linear layer reads a ${value.kind}, expected the inputs or what another layer ` +
          "computes",
      );
  }
}

/** A value as a sum. @throws InputError for what is none. */
export function layerSum(net: Builder, value: Value | null | undefined): LayerSum {
  if (value?.kind === "sum") return value;
  if (value?.kind !== "scaled")
    throw new InputError(
      `onnx: found ${value ? `a ${value.kind}` : "nothing"} where the sum of a linear ` +
        "layer is expected",
    );
  return scaledSum(net, value.sum, [value.by]);
}

/** u ⊙ by, by [1] or [n]. */
export function scaledSum(
  net: Builder,
  { n, bias, terms }: LayerSum,
  by: ArrayLike<number>,
): LayerSum {
  net.charge(terms.reduce((sum, t) => sum + t.weight.data.length, n));
  const at = (j: number) => by[by.length === 1 ? 0 : j];
  return {
    kind: "sum",
    n,
    bias: bias.map((b, j) => b * at(j)),
    terms: terms.map(({ from, weight }) => ({
      from,
      weight: { ...weight, data: weight.data.map((w, k) => w * at(k % n)) },
    })),
  };
}

function inputMapOf({ factor, shift, low, high }: Seen, n: number): InputMap | null {
  const isSame =
    factor.every((f) => f === 1) &&
    shift.every((s) => s === 0) &&
    low === -Infinity &&
    high === Infinity;
  if (isSame) return null;
  for (const values of [factor, shift])
    if (values.length !== 1 && values.length !== n)
      throw new InputError(`onnx: ${values.length} scales for ${n} inputs, expected one each`);
  if (factor.includes(0)) throw new InputError("onnx: an input is multiplied by 0");
  const at = (values: readonly number[], i: number) => values[values.length === 1 ? 0 : i];
  return {
    offset: Float32Array.from({ length: n }, (_, i) => -at(shift, i) / at(factor, i) + 0),
    factor: Float32Array.from({ length: n }, (_, i) => at(factor, i)),
    low,
    high,
  };
}

/** @throws InputError where only a part of a network is in whole numbers. */
function quantisationOf(
  quanta: {
    readonly states: ReadonlyMap<number, Quantum>;
    readonly sums: ReadonlyMap<number, Quantum>;
    readonly weights: readonly (readonly (Float32Array | undefined)[])[];
  },
  count: number,
): PortableNetwork["quantisation"] {
  const { states, sums, weights } = quanta;
  const scales = weights.map((w) => w.filter((s) => s !== undefined));
  if (states.size + sums.size === 0 && scales.every((s) => s.length === 0)) return undefined;
  const all = (of: ReadonlyMap<number, Quantum>, n: number) =>
    of.size === n && Array.from({ length: n }, (_, k) => k).every((k) => of.has(k));
  if (
    !all(states, count) ||
    !all(sums, count - 1) ||
    scales.some((s, i) => s.length !== weights[i].length)
  )
    throw new InputError(
      "onnx: only some of the values are in whole numbers of eight bits; expected all states, " +
        "all sums but the last, and all weights, or none",
    );
  return {
    states: Array.from({ length: count }, (_, l) => states.get(l)!),
    sums: Array.from({ length: count - 1 }, (_, i) => sums.get(i)!),
    weights: scales,
  };
}
