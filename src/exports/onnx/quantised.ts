import type { BinaryWriter } from "@bufbuild/protobuf/wire";
import { copyWeightName, type CopyNetwork } from "../../learning/copy-network.ts";
import { floatsToBytes } from "../bytes.ts";
import type { Quantisation } from "../portable.ts";
import { biasInt32, productScale, weightInt8 } from "../quantise.ts";
import { initializer, node } from "./proto.ts";

/** Puts a state or a sum through its whole number of eight bits, and names what is read of it. */
export function throughInt8(g: BinaryWriter) {
  const through = (name: string, quantum: string): string => {
    const parameters = [`${quantum}.scale`, `${quantum}.zero`];
    node(g, "QuantizeLinear", [name, ...parameters], `${name}.int8`);
    node(g, "DequantizeLinear", [`${name}.int8`, ...parameters], `${name}.real`);
    return `${name}.real`;
  };
  return {
    state: (name: string, l: number) => through(name, `states.${l}`),
    sum: (name: string, i: number) => through(name, `sums.${i}`),
  };
}

/** The real weights and biases of whole numbers, a scale for each output. */
export function dequantisedWeights(g: BinaryWriter, { layers }: CopyNetwork): void {
  layers.forEach(({ incoming }, i) => {
    for (const { from } of incoming) {
      const name = copyWeightName(i, from);
      node(g, "DequantizeLinear", [`${name}.int8`, `${name}.scale`, `${name}.zero`], name, {
        axis: 0,
      });
    }
    const bias = `layers.${i}.bias`;
    node(g, "DequantizeLinear", [`${bias}.int32`, `${bias}.scale`], bias, { axis: 0 });
  });
}

/** The whole numbers, their scales and zeros. */
export function quantumInitializers(
  g: BinaryWriter,
  { sizes, layers }: CopyNetwork,
  { states, sums, weights }: Quantisation,
): void {
  const floats = (name: string, shape: readonly number[], data: Float32Array) =>
    initializer(g, name, shape, "float", floatsToBytes(data));
  const whole = (name: string, shape: readonly number[], data: Int8Array) =>
    initializer(g, name, shape, "int8", new Uint8Array(data.buffer));
  for (const [kind, quanta] of Object.entries({ states, sums }))
    quanta.forEach(({ scale, zero }, k) => {
      floats(`${kind}.${k}.scale`, [], Float32Array.of(scale));
      whole(`${kind}.${k}.zero`, [], Int8Array.of(zero));
    });
  layers.forEach(({ incoming, bias }, i) => {
    const n = sizes[i + 1];
    incoming.forEach(({ from, weight }, k) => {
      const name = copyWeightName(i, from);
      const scales = weights[i][k];
      const m = sizes[from];
      const values = Int8Array.from({ length: n * m }, (_, at) => {
        const j = Math.floor(at / m);
        return weightInt8(weight.data[(at % m) * n + j], scales[j]);
      });
      whole(`${name}.int8`, [n, m], values);
      floats(`${name}.scale`, [n], scales);
      whole(`${name}.zero`, [n], new Int8Array(n));
    });
    const scales = weights[i][0].map((s) => productScale(states[incoming[0].from], s));
    const values = new DataView(new ArrayBuffer(4 * n));
    bias.data.forEach((b, j) => {
      values.setInt32(4 * j, biasInt32(b, scales[j]), true);
    });
    initializer(g, `layers.${i}.bias.int32`, [n], "int32", new Uint8Array(values.buffer));
    floats(`layers.${i}.bias.scale`, [n], scales);
  });
}
