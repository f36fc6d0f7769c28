import { InputError } from "../numerics/errors.ts";
import { floatsFromBytes, floatsToBytes } from "./bytes.ts";
import { packedJson } from "./json.ts";
import type { Packed } from "./packed.ts";
import { outputName, type PortableNetwork } from "./portable.ts";

/** Begins the line that holds the network. */
const mark = "const network = ";

/**
 * An ES module without dependencies, for browsers and Node: `run(raw)` returns the outputs in
 * single precision, `predict(raw)` the largest and its name. Weights are base64 of little-endian
 * floats.
 */
export function writeJs(
  net: PortableNetwork,
  { tensors, strings }: Packed,
): Uint8Array<ArrayBuffer> {
  const sizes = net.network.sizes;
  const names = Array.from({ length: sizes[sizes.length - 1] }, (_, k) => outputName(net, k));
  const data = {
    strings,
    tensors: Object.fromEntries(
      tensors.map(({ name, shape, data: values }) => [
        name,
        { shape, base64: base64(floatsToBytes(values, "f32")) },
      ]),
    ),
  };
  return new TextEncoder().encode(
    [
      "// A digital network that was taken home from an analog chip, by analog-eqprop.",
      '// import { predict } from "./copy.js"; predict(raw) → { class, name, outputs }',
      `${mark}${JSON.stringify(data)};`,
      `export const names = ${JSON.stringify(names)};`,
      program,
    ].join("\n"),
  );
}

/** @throws InputError for what is no module of ours. */
export function readJs(bytes: Uint8Array): Packed {
  const text = new TextDecoder().decode(bytes);
  const begin = text.indexOf(`\n${mark}`);
  const end = text.indexOf(";\n", begin);
  if (begin < 0 || end < 0)
    throw new InputError("js: there is no network of analog-eqprop in the file");
  return packedJson(text.slice(begin + 1 + mark.length, end), "js", (name, tensor) => {
    const floats = bytesOf(tensor["base64"]);
    if (floats && floats.length % 4 === 0) return floatsFromBytes(floats, "f32");
    throw new InputError(`js: "${name}" holds no floats in base64`);
  });
}

const program = `
const { sizes, layers, inputs } = JSON.parse(network.strings["analog_eqprop.network"]);
const decode = (text) =>
  new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const tensors = Object.fromEntries(
  Object.entries(network.tensors).map(([name, t]) => [name, decode(t.base64)]),
);

const clip = (u, low, high) => Math.min(Math.max(u, low), high);
const activations = {
  hard: clip,
  leaky: (u, low, high) => clip(u, low, high) + 0.01 * u,
  sigmoid: (u) => 1 / (1 + Math.exp(-u)),
  step: (u) => (u > 0.5 ? 1 : 0),
  linear: (u) => u,
};

function input(raw) {
  if (!inputs) return Float32Array.from(raw);
  const at = (value, i) => (typeof value === "number" ? value : value[i]);
  const low = inputs.low ?? -Infinity;
  const high = inputs.high ?? Infinity;
  return Float32Array.from(raw, (r, i) =>
    clip((r - at(inputs.offset, i)) * at(inputs.factor, i), low, high),
  );
}

/** The outputs for one row of raw inputs. */
export function run(raw) {
  if (raw.length !== sizes[0]) throw new RangeError(raw.length + " inputs, expected " + sizes[0]);
  const states = [input(raw)];
  layers.forEach(({ activation, from }, l) => {
    const bias = tensors["layers." + l + ".bias"];
    const low = tensors["layers." + l + ".low"];
    const high = tensors["layers." + l + ".high"];
    const blocks = from.map((k) => [
      states[k],
      tensors["layers." + l + (k === l ? "" : ".from" + k) + ".weight"],
    ]);
    states.push(
      bias.map((b, j) => {
        let u = b;
        for (const [s, weight] of blocks) {
          const row = j * s.length;
          for (let i = 0; i < s.length; i++) u += weight[row + i] * s[i];
        }
        return activations[activation](u, low ? low[j] : 0, high ? high[j] : 1);
      }),
    );
  });
  return states.at(-1);
}

/** The largest output of one row of raw inputs, of equal ones the first. */
export function predict(raw) {
  const outputs = run(raw);
  const best = outputs.indexOf(outputs.reduce((a, b) => Math.max(a, b)));
  return { class: best, name: names[best], outputs };
}
`;

function base64(bytes: Uint8Array): string {
  const chunk = 0x6000;
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + chunk)));
  return text;
}

function bytesOf(text: unknown): Uint8Array | null {
  try {
    return typeof text === "string" ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}
