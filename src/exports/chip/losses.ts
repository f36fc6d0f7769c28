import type { Circuit } from "../../circuit/circuit.ts";
import type { Components } from "../../circuit/die.ts";
import type { CopyLayer, CopyNetwork } from "../../learning/copy-network.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { square } from "../../numerics/power.ts";
import { nominalWeight } from "./settings.ts";

/** What a layer's synapses and units became of what was asked of them. */
export interface LayerLoss {
  /** Above the inputs, from 1. */
  readonly layer: number;
  /** The largest weight that was asked, in units of the leak. */
  readonly largest: number;
  /** σ of what is conducted about what was asked, over the rms of what was asked. */
  readonly relativeError: number;
  /** The same of what each step loses: the ends of the range, its steps, writing and mismatch. */
  readonly range: number;
  readonly bits: number;
  readonly writing: number;
}

/** How far a die's synapses are from what they were to be, layer by layer and step by step. */
export function layerLosses(
  { layers }: CopyNetwork,
  circuit: Circuit,
  die: Components,
): readonly LayerLoss[] {
  const nominal = nominalWeight(circuit);
  return layers.map(({ incoming }, i) => {
    let largest = 0;
    const squares = { asked: 0, error: 0, range: 0, bits: 0, writing: 0 };
    for (const { from, weight } of incoming) {
      const { forward } = blockOf(die, from, i + 1);
      weight.data.forEach((w, k) => {
        const { ranged, stepped } = nominal(w);
        largest = Math.max(largest, Math.abs(w));
        squares.asked += square(w);
        squares.error += square(forward[k] - w);
        squares.range += square(ranged - w);
        squares.bits += square(stepped - ranged);
        squares.writing += square(forward[k] - stepped);
      });
    }
    const part = (sum: number) => (squares.asked > 0 ? Math.sqrt(sum / squares.asked) : 0);
    return {
      layer: i + 1,
      largest,
      relativeError: part(squares.error),
      range: part(squares.range),
      bits: part(squares.bits),
      writing: part(squares.writing),
    };
  });
}

/**
 * The network with one layer as the die has it: its synapses with their gains, its leaks, offsets
 * and rails; the others as they were asked.
 */
export function withLayerOf(net: CopyNetwork, die: Components, layer: number): CopyNetwork {
  return {
    ...net,
    layers: net.layers.map((asked, i) => (i + 1 === layer ? dieLayer(asked, die, layer) : asked)),
  };
}

function dieLayer(asked: CopyLayer, die: Components, layer: number): CopyLayer {
  const { leak, bias, offset, low, high } = die.layers[layer - 1];
  const n = leak.length;
  const vector = (name: string, data: Float64Array): Tensor => ({ name, shape: [n], data });
  return {
    activation: "hard",
    // Of a unit by itself: g s = b + o + Σ w s.
    bias: vector(
      asked.bias.name,
      bias.map((b, j) => (b + offset[j]) / leak[j]),
    ),
    incoming: asked.incoming.map(({ from, weight }) => ({
      from,
      weight: {
        ...weight,
        data: blockOf(die, from, layer).forward.map((w, k) => w / leak[k % n]),
      },
    })),
    walls: { low: vector("low", low), high: vector("high", high) },
  };
}

function blockOf({ blocks }: Components, from: number, to: number) {
  const found = blocks.find((b) => b.from === from && b.to === to);
  if (found) return found;
  throw new Error(`a die without block ${from}-${to}`);
}
