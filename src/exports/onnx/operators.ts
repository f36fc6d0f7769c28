import { leak, transpose, type CopyLayer } from "../../learning/copy-network.ts";
import { InputError } from "../../numerics/errors.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { evenWalls } from "../packed.ts";
import type { Quantum } from "../portable.ts";
import {
  scaledSum,
  layerSum,
  type Activated,
  type Builder,
  type LayerSum,
  type Value,
} from "./layers.ts";
import type { OnnxNode, OnnxTensor } from "./model.ts";

/** A node whose inputs are known; null: an input that was left out. */
interface Step {
  readonly values: readonly (Value | null)[];
  readonly node: OnnxNode;
  readonly net: Builder;
}

type Operator = (step: Step) => Value;

/** The operators of perceptrons. @throws InputError (each) for what is no part of one. */
export const operators: Readonly<Record<string, Operator>> = {
  Gemm: gemm,
  MatMul: ({ values, net }) => linear(net, values[0], constantOf(values[1], "MatMul"), null),
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: ({ values, node, net }) => {
    const by = constantOf(values[1], "Div");
    const inverse = { ...by, data: Float64Array.from(by.data, (x) => 1 / x) };
    return multiply({ values: [values[0], { kind: "constant", tensor: inverse }], node, net });
  },
  Relu: ({ values: [u], net }) => {
    const sum = layerSum(net, u);
    return { kind: "activated", sum, activation: "hard", walls: evenWalls(sum.n, [0, Infinity]) };
  },
  Clip: clip,
  Max: ({ values, net }) => wall(values, net, "low"),
  Min: ({ values, net }) => wall(values, net, "high"),
  HardSigmoid: ({ values: [u], node, net }) => {
    const sum = layerSum(net, u);
    const scaled = scaledSum(net, sum, [numberOf(node, "alpha", 0.2)]);
    const beta = numberOf(node, "beta", 0.5);
    return {
      kind: "activated",
      sum: { ...scaled, bias: scaled.bias.map((b) => b + beta) },
      activation: "hard",
    };
  },
  Sigmoid: ({ values: [u], net }) => ({
    kind: "activated",
    sum: layerSum(net, u),
    activation: "sigmoid",
  }),
  Greater: ({ values: [u, than], net }) => {
    if (constantOf(than, "Greater").data.some((x) => x !== 0.5))
      throw new InputError("onnx: Greater compares with other than ½, which no ρ here does");
    return { kind: "above", sum: layerSum(net, u) };
  },
  Cast: ({ values: [value] }) =>
    value?.kind === "above"
      ? { kind: "activated", sum: value.sum, activation: "step" }
      : present(value),
  Softmax: ({ values: [of] }) => ({ kind: "softmax", of: present(of) }),
  LogSoftmax: ({ values: [of] }) => ({ kind: "softmax", of: present(of) }),
  Flatten: passed,
  Reshape: passed,
  Squeeze: passed,
  Unsqueeze: passed,
  Identity: passed,
  Dropout: passed,
  Transpose: ({ values: [value] }) => {
    const tensor = constantOf(value, "Transpose");
    return { kind: "constant", tensor: { ...tensor, ...transpose(matrixOf(tensor)) } };
  },
  Constant: ({ node: { attributes } }) => {
    const { value, value_float: float } = attributes;
    const tensor = (value as { tensor?: OnnxTensor } | undefined)?.tensor;
    if (tensor) return { kind: "constant", tensor };
    const number = (float as { number?: number } | undefined)?.number;
    if (number === undefined)
      throw new InputError("onnx: a Constant is neither a tensor nor a number");
    const data = Float64Array.of(number);
    return { kind: "constant", tensor: { name: "constant", shape: [], type: 1, data } };
  },
  QuantizeLinear: ({ values: [of, scale, zero] }) => ({
    kind: "whole",
    of: present(of),
    quantum: quantumOf(scale, zero),
  }),
  DequantizeLinear: dequantise,
};

function present(value: Value | null | undefined): Value {
  if (value) return value;
  throw new InputError("onnx: a node lacks its input");
}

function passed({ values: [value] }: Step): Value {
  return present(value);
}

function constantOf(value: Value | null | undefined, operator: string): OnnxTensor {
  if (value?.kind === "constant") return value.tensor;
  throw new InputError(`onnx: ${operator} with two computed inputs; expected one that is constant`);
}

function numberOf({ attributes }: OnnxNode, name: string, usual: number): number {
  const found = Object.hasOwn(attributes, name) ? attributes[name].number : undefined;
  return found ?? usual;
}

function matrixOf(tensor: OnnxTensor): Tensor {
  if (tensor.shape.length === 2) return tensor;
  throw new InputError(
    `onnx: ${JSON.stringify(tensor.name.slice(0, 80))} has the shape ` +
      `[${tensor.shape.join(", ")}], expected a matrix of weights`,
  );
}

/** x·W with W [rows × n], and scales of its whole numbers. */
function linear(
  net: Builder,
  x: Value | null | undefined,
  weight: OnnxTensor,
  scales: Float32Array | null,
): LayerSum {
  const matrix = matrixOf(weight);
  const [rows, n] = matrix.shape;
  net.charge(rows * n);
  const from = net.state(present(x));
  net.width(from, rows);
  return {
    kind: "sum",
    n,
    bias: new Float64Array(n),
    terms: [
      {
        from,
        weight: { name: weight.name, shape: matrix.shape, data: matrix.data },
        ...(scales && { scales }),
      },
    ],
  };
}

function gemm({ values: [x, w, c], node, net }: Step): Value {
  if (numberOf(node, "transA", 0) !== 0)
    throw new InputError("onnx: Gemm with transA = 1, expected one sample a row");
  const given = constantOf(w, "Gemm");
  const scales = w?.kind === "constant" ? (w.scales ?? null) : null;
  const weight =
    numberOf(node, "transB", 0) === 0 ? given : { ...given, ...transpose(matrixOf(given)) };
  const alpha = numberOf(node, "alpha", 1);
  const product = linear(net, x, weight, scales);
  const sum = alpha === 1 ? product : scaledSum(net, product, [alpha]);
  if (!c) return sum;
  const beta = numberOf(node, "beta", 1);
  if (c.kind === "constant") return biased(sum, c.tensor, beta);
  const before = layerSum(net, c);
  return joined(net, beta === 1 ? before : scaledSum(net, before, [beta]), sum);
}

function biased(sum: LayerSum, { data, name }: OnnxTensor, by = 1): LayerSum {
  if (data.length !== 1 && data.length !== sum.n)
    throw new InputError(
      `onnx: ${JSON.stringify(name.slice(0, 80))} has ${data.length} biases for ${sum.n} units`,
    );
  const at = (j: number) => data[data.length === 1 ? 0 : j];
  return { ...sum, bias: sum.bias.map((b, j) => b + by * at(j)) };
}

/** a + b; blocks from one layer are one. */
function joined(net: Builder, a: LayerSum, b: LayerSum): LayerSum {
  if (a.n !== b.n) throw new InputError(`onnx: sums of ${a.n} and of ${b.n} units are added`);
  net.charge(a.n);
  const terms = [...a.terms];
  for (const term of b.terms) {
    const k = terms.findIndex((t) => t.from === term.from);
    if (k < 0) {
      terms.push(term);
      continue;
    }
    net.charge(term.weight.data.length);
    const { data } = terms[k].weight;
    const both = Float64Array.from(data, (w, i) => w + term.weight.data[i]);
    terms[k] = { from: term.from, weight: { ...term.weight, data: both } };
  }
  return { kind: "sum", n: a.n, bias: a.bias.map((x, j) => x + b.bias[j]), terms };
}

function add({ values: [a, b], net }: Step): Value {
  const [x, y] = a?.kind === "constant" ? [b, a] : [a, b];
  if (x?.kind === "input") {
    const shift = broadcast(x.shift, constantOf(y, "Add").data, (s, c) => s + c);
    return { ...unclipped(x), shift };
  }
  if (y?.kind === "constant") return biased(layerSum(net, x), y.tensor);
  const [clipped, part] = x?.kind === "scaled" ? [y, x] : [x, y];
  if (
    clipped?.kind === "activated" &&
    clipped.activation === "hard" &&
    part?.kind === "scaled" &&
    part.sum === clipped.sum &&
    Math.abs(part.by - leak) < 1e-8
  )
    return { ...clipped, activation: "leaky" };
  return joined(net, layerSum(net, x), layerSum(net, y));
}

function subtract({ values: [a, b], net }: Step): Value {
  const by = constantOf(b, "Sub");
  if (a?.kind !== "input") return biased(layerSum(net, a), by, -1);
  return { ...unclipped(a), shift: broadcast(a.shift, by.data, (s, c) => s - c) };
}

function multiply({ values: [a, b], net }: Step): Value {
  const [x, y] = a?.kind === "constant" ? [b, a] : [a, b];
  const { data } = constantOf(y, "Mul");
  if (x?.kind === "input")
    return {
      ...unclipped(x),
      factor: broadcast(x.factor, data, (f, c) => f * c),
      shift: broadcast(x.shift, data, (s, c) => s * c),
    };
  const sum = layerSum(net, x);
  if (data.length === 1) return { kind: "scaled", sum, by: data[0] };
  if (data.length !== sum.n)
    throw new InputError(`onnx: ${data.length} factors for ${sum.n} units, expected one each`);
  return scaledSum(net, sum, data);
}

function unclipped<T extends { readonly low: number; readonly high: number }>(x: T): T {
  if (x.low === -Infinity && x.high === Infinity) return x;
  throw new InputError("onnx: inputs are scaled after they were clipped; expected scaled first");
}

function broadcast(
  a: readonly number[],
  b: ArrayLike<number>,
  of: (x: number, y: number) => number,
): readonly number[] {
  if (a.length !== 1 && b.length !== 1 && a.length !== b.length)
    throw new InputError(`onnx: ${a.length} and ${b.length} scales of inputs do not fit together`);
  const n = Math.max(a.length, b.length);
  const at = (v: ArrayLike<number>, i: number) => v[v.length === 1 ? 0 : i];
  return Array.from({ length: n }, (_, i) => of(at(a, i), at(b, i)));
}

function clip({ values: [x, min, max], node, net }: Step): Value {
  const end = (value: Value | null | undefined, name: string, usual: number): number => {
    if (!value) return numberOf(node, name, usual);
    const { data } = constantOf(value, "Clip");
    return data.length > 0 ? data[0] : usual;
  };
  const low = end(min, "min", -Infinity);
  const high = end(max, "max", Infinity);
  if (x?.kind === "input") return { ...x, low: Math.max(x.low, low), high: Math.min(x.high, high) };
  const sum = layerSum(net, x);
  const usual = low === 0 && high === 1;
  return {
    kind: "activated",
    sum,
    activation: "hard",
    ...(!usual && { walls: evenWalls(sum.n, [low, high]) }),
  };
}

/** Max with what a unit is not to fall below, and then Min with what it is not to exceed. */
function wall(values: readonly (Value | null)[], net: Builder, end: "low" | "high"): Value {
  const [x, y] = values[0]?.kind === "constant" ? [values[1], values[0]] : values;
  const { data } = constantOf(y, end === "low" ? "Max" : "Min");
  const before: Activated =
    x?.kind === "activated" && x.activation === "hard" && x.walls
      ? x
      : {
          kind: "activated",
          sum: layerSum(net, x),
          activation: "hard",
          walls: evenWalls(layerSum(net, x).n, [-Infinity, Infinity]),
        };
  const { n } = before.sum;
  if (data.length !== 1 && data.length !== n)
    throw new InputError(`onnx: ${data.length} walls for ${n} units, expected one each`);
  net.charge(n);
  const walls: CopyLayer["walls"] = {
    ...before.walls!,
    [end]: {
      name: end,
      shape: [n],
      data: Float32Array.from({ length: n }, (_, j) => data[data.length === 1 ? 0 : j]),
    },
  };
  return { ...before, walls };
}

function quantumOf(scale: Value | null | undefined, zero: Value | null | undefined): Quantum {
  const { data } = constantOf(scale, "QuantizeLinear");
  const { data: zeros, type } = constantOf(zero, "QuantizeLinear");
  if (data.length !== 1 || zeros.length !== 1 || type !== 3 || !(data[0] > 0))
    throw new InputError(
      "onnx: values are quantised in another way than by one scale and one zero of type int8",
    );
  return { scale: data[0], zero: zeros[0] };
}

/** Whole numbers read as reals: constants with a scale for each output, sums, states. */
function dequantise({ values: [value, scale, zero], net }: Step): Value {
  if (value?.kind === "constant") {
    const { tensor } = value;
    const { data: scales } = constantOf(scale, "DequantizeLinear");
    const zeros = zero ? constantOf(zero, "DequantizeLinear").data : null;
    const rows = tensor.shape[0] ?? 1;
    if (scales.length !== rows || zeros?.some((z) => z !== 0))
      throw new InputError(
        "onnx: weights are quantised in another way than about zero with a scale for each output",
      );
    net.charge(tensor.data.length);
    const columns = tensor.data.length / rows;
    const data = Float64Array.from(tensor.data, (q, k) => q * scales[Math.floor(k / columns)]);
    return {
      kind: "constant",
      tensor: { ...tensor, data },
      ...(tensor.shape.length === 2 && { scales: Float32Array.from(scales) }),
    };
  }
  if (value?.kind !== "whole")
    throw new InputError("onnx: DequantizeLinear reads what no QuantizeLinear wrote");
  // A sum that went through one already is the state of a linear layer.
  if (value.of.kind === "sum" && !value.of.quantum) return { ...value.of, quantum: value.quantum };
  const layer = net.state(value.of);
  net.quantise(layer, value.quantum);
  return { kind: "state", layer };
}
