import { InputError } from "../../numerics/errors.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { stringRecord } from "../npz.ts";
import { unpackedNetwork } from "../packed.ts";
import type { PortableNetwork, Quantisation } from "../portable.ts";
import { productScale } from "../quantise.ts";
import { literalValue } from "./literals.ts";
import { stringsMark } from "./write.ts";

/**
 * The network of a header that `writeC` wrote.
 * @throws InputError for any other C.
 */
export function readC(bytes: Uint8Array): PortableNetwork {
  const text = new TextDecoder().decode(bytes);
  const json = textBetween(text, `/* ${stringsMark}`, " */");
  if (json === undefined)
    throw new InputError("c: there is no network of analog-eqprop in the file");
  const strings = stringRecord(new TextEncoder().encode(json), "c: the strings of the network");
  const arrays = arraysOf(text);
  const net = unpackedNetwork({ strings, tensors: arrays });
  return net.quantisation ? inReals(net, net.quantisation) : net;
}

function textBetween(text: string, begin: string, end: string): string | undefined {
  const first = text.indexOf(begin);
  if (first < 0) return undefined;
  const last = text.indexOf(end, first);
  return last < 0 ? undefined : text.slice(first + begin.length, last);
}

/** The arrays of weights and biases, as the tensors that they were. */
function arraysOf(text: string): readonly Tensor[] {
  const declared =
    /^static const (?:float|int8_t|int32_t) copy_(layers_[a-z0-9_]+)\[([\d* ]+)\] = \{$/gm;
  return [...text.matchAll(declared)].map((found): Tensor => {
    const begin = found.index + found[0].length;
    const end = text.indexOf("};", begin);
    const numbers = end < 0 ? [] : (text.slice(begin, end).match(/[^\s,]+/g) ?? []);
    const shape = found[2].split(" * ").map(Number);
    if (numbers.length !== shape.reduce((n, d) => n * d, 1))
      throw new InputError(`c: copy_${found[1]} has ${numbers.length} numbers, not what it says`);
    // Whole numbers of 32 bits are no floats.
    return {
      name: found[1].replaceAll("_", "."),
      shape,
      data: found[0].includes(" float ")
        ? Float32Array.from(numbers, literalValue)
        : Float64Array.from(numbers, literalValue),
    };
  });
}

/** What the whole numbers of weights and biases stand for. */
function inReals(net: PortableNetwork, { states, weights }: Quantisation): PortableNetwork {
  return {
    ...net,
    network: {
      ...net.network,
      layers: net.network.layers.map((layer, i) => {
        const first = weights[i][0].map((s) => productScale(states[layer.incoming[0].from], s));
        return {
          ...layer,
          bias: { ...layer.bias, data: layer.bias.data.map((q, j) => q * first[j]) },
          incoming: layer.incoming.map(({ from, weight }, k) => {
            const columns = weight.shape[1];
            const data = weight.data.map((q, at) => q * weights[i][k][at % columns]);
            return { from, weight: { ...weight, data } };
          }),
        };
      }),
    },
  };
}
