import {
  checkCopyNetwork,
  copyTensors,
  copyWeightName,
  transpose,
  unsoundCopy,
} from "../learning/copy-network.ts";
import type { CopyActivation, CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
import { activations } from "../numerics/activation.ts";
import { InputError } from "../numerics/errors.ts";
import { keysOf } from "../numerics/keys.ts";
import type { Tensor } from "../numerics/vec.ts";
import { checkPortable } from "./portable.ts";
import type { InputMap, OutputNames, PortableNetwork, Quantisation, Quantum } from "./portable.ts";

/** A network as files hold it: tensors in PyTorch's layout, and strings with a prefix of ours. */
export interface Packed {
  readonly tensors: readonly Tensor[];
  readonly strings: Readonly<Record<string, string>>;
}

/** Begins the key of every string of ours. */
const prefix = "analog_eqprop.";
const key = `${prefix}network`;
const format = "analog-eqprop network 1";
const activationNames: readonly CopyActivation[] = [...keysOf(activations), "linear"];

/** Layers of a network: far more than settle, or than anybody trains here. */
const mostLayers = 1000;

/** What `analog_eqprop.network` says, as JSON: all of a network but its tensors. */
interface Description {
  readonly format: string;
  readonly sizes: readonly number[];
  readonly layers: readonly {
    readonly activation: CopyActivation;
    readonly from: readonly number[];
  }[];
  readonly inputs?: {
    readonly offset: number | readonly number[];
    readonly factor: number | readonly number[];
    readonly low: number | null;
    readonly high: number | null;
    readonly names?: readonly string[];
  };
  readonly outputs?: OutputNames;
  readonly quantisation?: {
    readonly states: readonly Quantum[];
    readonly sums: readonly Quantum[];
    readonly weights: readonly (readonly (readonly number[])[])[];
  };
}

/** The strings of a network: its metadata, and what its tensors do not say. */
function stringsOf(net: PortableNetwork): Readonly<Record<string, string>> {
  const entries = Object.entries(net.metadata).map(([k, v]) => [prefix + k, v] as const);
  return { ...Object.fromEntries(entries), [key]: JSON.stringify(described(net)) };
}

/**
 * What a file of ours holds of a network.
 * @throws InputError where it is none, or not made of numbers.
 */
export function packed(net: PortableNetwork): Packed {
  checkPortable(net);
  return { tensors: copyTensors(net.network), strings: stringsOf(net) };
}

/** The metadata among the strings of a file, without their prefix. */
export function metadataOf(
  strings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(strings)
      .filter(([k]) => k.startsWith(prefix) && k !== key)
      .map(([k, v]) => [k.slice(prefix.length), v]),
  );
}

/** What inputs and outputs are called, where a file of ours says it. */
export function namesSaid(strings: Readonly<Record<string, string>>): {
  readonly inputNames?: readonly string[];
  readonly outputs?: OutputNames;
} {
  const text = strings[key] as string | undefined;
  if (text === undefined) return {};
  const { inputs, outputs } = descriptionOf(text);
  return { inputNames: inputs?.names, outputs };
}

/**
 * The network of a file: as it describes itself, or layer by layer where it is somebody else's.
 * @param activation of the hidden layers of a file without a description.
 * @throws InputError that names what is missing, does not fit or is no number.
 */
export function unpackedNetwork(
  { tensors, strings }: Packed,
  activation?: ForeignActivation,
): PortableNetwork {
  const text = strings[key] as string | undefined;
  const network = text === undefined ? foreignNetwork(tensors, activation) : null;
  if (network) return sound({ network, metadata: metadataOf(strings) });
  const said = descriptionOf(text!);
  const own = networkOf(said, tensors);
  // Sizes that tensors do not have take no memory for maps of inputs.
  checkCopyNetwork(own);
  return sound({
    network: own,
    ...(said.inputs && { inputs: inputMapOf(said.inputs, said.sizes[0]) }),
    ...(said.outputs && { outputs: said.outputs }),
    ...(said.quantisation && {
      quantisation: {
        ...said.quantisation,
        weights: said.quantisation.weights.map((w) => w.map((s) => Float32Array.from(s))),
      },
    }),
    metadata: metadataOf(strings),
  });
}

/** What hidden layers may be in a file that does not say it. */
const foreignActivations = {
  relu: { activation: "hard", walls: [0, Infinity] },
  relu6: { activation: "hard", walls: [0, 6] },
  clip: { activation: "hard", walls: null },
  sigmoid: { activation: "sigmoid", walls: null },
  linear: { activation: "linear", walls: null },
} as const satisfies Readonly<
  Record<
    string,
    { readonly activation: CopyActivation; readonly walls: readonly [number, number] | null }
  >
>;

/** What hidden layers compute, by the name that a user gives it. */
export type ForeignActivation = keyof typeof foreignActivations;

/** Those names. */
export const foreignActivationNames = keysOf(foreignActivations);

/** Walls of n units that are all alike. */
export function evenWalls(n: number, [low, high]: readonly [number, number]): CopyLayer["walls"] {
  const wall = (name: string, at: number) => ({
    name,
    shape: [n],
    data: new Float32Array(n).fill(at),
  });
  return { low: wall("low", low), high: wall("high", high) };
}

/** @throws InputError where a network that was read is not made of numbers, or does not fit. */
export function sound(net: PortableNetwork): PortableNetwork {
  checkPortable(net);
  const name = unsoundCopy(net.network);
  if (name === undefined) return net;
  throw new InputError(
    `network: ${name} holds NaN or infinities, expected numbers: its training diverged, or the ` +
      "file is damaged",
  );
}

function described({ network, inputs, outputs, quantisation }: PortableNetwork): Description {
  return {
    format,
    sizes: network.sizes,
    layers: network.layers.map(({ activation, incoming }) => ({
      activation,
      from: incoming.map((i) => i.from),
    })),
    ...(inputs && {
      inputs: {
        offset: brief(inputs.offset),
        factor: brief(inputs.factor),
        low: ended(inputs.low),
        high: ended(inputs.high),
        ...(inputs.names && { names: inputs.names }),
      },
    }),
    ...(outputs && { outputs }),
    ...(quantisation && { quantisation: describedQuantisation(quantisation) }),
  };
}

function describedQuantisation({ states, sums, weights }: Quantisation) {
  return { states, sums, weights: weights.map((w) => w.map((s) => Array.from(s))) };
}

/** One number where all are the same. */
function brief(values: Float32Array): number | readonly number[] {
  return values.every((v) => v === values[0]) ? values[0] : Array.from(values);
}

/** JSON has no infinity. */
function ended(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}

function inputMapOf(said: NonNullable<Description["inputs"]>, n: number): InputMap {
  const all = (v: number | readonly number[]) =>
    typeof v === "number" ? new Float32Array(n).fill(v) : Float32Array.from(v);
  return {
    offset: all(said.offset),
    factor: all(said.factor),
    low: said.low ?? -Infinity,
    high: said.high ?? Infinity,
    ...(said.names && { names: said.names }),
  };
}

function networkOf({ sizes, layers }: Description, tensors: readonly Tensor[]): CopyNetwork {
  const find = (name: string): Tensor => {
    const found = tensors.find((t) => t.name === name);
    if (found) return found;
    throw new InputError(`network: no tensor "${name}"; the file is damaged or was edited`);
  };
  const has = (name: string) => tensors.some((t) => t.name === name);
  return {
    sizes,
    layers: layers.map(({ activation, from }, i): CopyLayer => {
      const wall = (end: "low" | "high") => find(`layers.${i}.${end}`);
      return {
        activation,
        bias: find(`layers.${i}.bias`),
        incoming: from.map((l) => ({
          from: l,
          weight: transpose(matrix(find(copyWeightName(i, l)))),
        })),
        ...(has(`layers.${i}.low`) && { walls: { low: wall("low"), high: wall("high") } }),
      };
    }),
  };
}

function matrix(t: Tensor): Tensor {
  if (t.shape.length === 2) return t;
  throw new InputError(
    `network: "${t.name}" has the shape [${t.shape.join(", ")}], expected a matrix [out, in]`,
  );
}

/**
 * The perceptron of a state_dict: `….weight` [out × in] in the order of their names, each with a
 * `….bias` [out]; a last layer is linear.
 */
function foreignNetwork(
  tensors: readonly Tensor[],
  activation: ForeignActivation | undefined,
): CopyNetwork {
  const weights = tensors
    .filter((t) => /(^|\.)weight$/.test(t.name))
    .map(matrix)
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const known = new Set(weights.flatMap(({ name }) => [name, biasName(name)]));
  const other = tensors.find((t) => !known.has(t.name));
  if (weights.length === 0 || other)
    throw new InputError(
      `network: ${other ? `"${other.name}" is no weight or bias` : "no tensor is a weight"} of a ` +
        "linear layer; expected a perceptron as PyTorch's nn.Sequential saves it, 0.weight " +
        "[out, in], 0.bias [out], 2.weight, …",
    );
  if (activation === undefined && weights.length > 1)
    throw new InputError(
      "network: the file does not say what its hidden layers compute; name it with " +
        `--activation ${foreignActivationNames.join(", ")}`,
    );
  const layers = weights.map((weight, i): CopyLayer => {
    const n = weight.shape[0];
    const hidden = i < weights.length - 1 && activation ? foreignActivations[activation] : null;
    return {
      activation: hidden?.activation ?? "linear",
      bias: tensors.find((t) => t.name === biasName(weight.name)) ?? {
        name: biasName(weight.name),
        shape: [n],
        data: new Float32Array(n),
      },
      incoming: [{ from: i, weight: transpose(weight) }],
      ...(hidden?.walls && { walls: evenWalls(n, hidden.walls) }),
    };
  });
  return { sizes: [weights[0].shape[1], ...weights.map((w) => w.shape[0])], layers };
}

function biasName(weight: string): string {
  return weight.replace(/weight$/, "bias");
}

/** @throws InputError that names the first field that is not as `described` writes it. */
function descriptionOf(text: string): Description {
  const fail = (what: string): never => {
    throw new InputError(
      `network: ${what} in the description ${key}; the file is damaged or was edited`,
    );
  };
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return fail("no JSON");
  }
  const d = said as Description;
  if (!isObject(d) || d.format !== format) return fail(`no format "${format}"`);
  const expect = (name: string, holds: boolean) => (holds ? true : fail(`"${name}" is not right`));
  expect(
    "sizes",
    isListOf(d.sizes, (n) => Number.isSafeInteger(n) && (n as number) > 0) &&
      d.sizes.length <= mostLayers,
  );
  expect(
    "layers",
    isListOf(
      d.layers,
      (l) =>
        isObject(l) &&
        activationNames.includes(l["activation"] as CopyActivation) &&
        isListOf(l["from"], Number.isSafeInteger),
    ) && d.layers.length === d.sizes.length - 1,
  );
  if (d.inputs !== undefined) expect("inputs", isInputs(d.inputs, d.sizes[0]));
  if (d.outputs !== undefined) expect("outputs", isOutputs(d.outputs));
  if (d.quantisation !== undefined) expect("quantisation", isQuantisation(d.quantisation, d));
  return d;
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const isListOf = (v: unknown, holds: (entry: unknown) => boolean): v is unknown[] =>
  Array.isArray(v) && v.every(holds);

function isInputs(said: unknown, n: number): boolean {
  if (!isObject(said)) return false;
  const many = (v: unknown) =>
    Number.isFinite(v) || (isListOf(v, Number.isFinite) && v.length === n);
  const end = (v: unknown) => v === null || Number.isFinite(v);
  const { names } = said;
  return (
    many(said["factor"]) &&
    many(said["offset"]) &&
    end(said["low"]) &&
    end(said["high"]) &&
    (names === undefined ||
      (isListOf(names, (name) => typeof name === "string") && names.length === n))
  );
}

function isOutputs(said: unknown): boolean {
  return (
    isObject(said) &&
    (said["kind"] === "classes" || said["kind"] === "values") &&
    isListOf(said["names"], (name) => typeof name === "string")
  );
}

function isQuantisation(said: unknown, { sizes, layers }: Description): boolean {
  if (!isObject(said)) return false;
  const quantum = (q: unknown) =>
    isObject(q) && (q["scale"] as number) > 0 && Number.isSafeInteger(q["zero"]);
  const { states, sums, weights } = said;
  return (
    isListOf(states, quantum) &&
    states.length === layers.length &&
    isListOf(sums, quantum) &&
    sums.length === layers.length - 1 &&
    Array.isArray(weights) &&
    weights.length === layers.length &&
    layers.every(({ from }, i) => {
      const scales: unknown = weights[i];
      return (
        isListOf(scales, (s) => isListOf(s, (x) => (x as number) > 0)) &&
        scales.length === from.length &&
        scales.every((s) => (s as unknown[]).length === sizes[i + 1])
      );
    })
  );
}
