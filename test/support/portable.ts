import type { CopyActivation, CopyNetwork } from "../../src/learning/copy-network.ts";
import { random, type Random } from "../../src/numerics/random.ts";
import { vec, type Precision, type Tensor } from "../../src/numerics/vec.ts";
import type { PortableNetwork } from "../../src/exports/portable.ts";

export type Blocks = readonly (readonly [from: number, to: number])[];

/** Blocks of four layers. */
export const blocks = {
  chain: [
    [0, 1],
    [1, 2],
    [2, 3],
  ],
  skips: [
    [0, 1],
    [0, 2],
    [1, 2],
    [2, 3],
    [0, 3],
    [1, 3],
  ],
} as const satisfies Readonly<Record<string, Blocks>>;

/**
 * A copy whose sums u spread around ½ by about ½, so that some units are clipped and some are not.
 */
export function copyNetwork(
  sizes: readonly number[],
  joined: Blocks,
  activation: CopyActivation,
  precision: Precision = "f32",
): CopyNetwork {
  const rng = random(1, activation);
  const layers = sizes.slice(1).map((n, i) => ({
    bias: normal(`c${i}`, [n], { mean: 0.5, spread: 0.2 }, precision, rng),
    incoming: joined
      .filter(([, to]) => to === i + 1)
      .map(([from]) => {
        const drawn = { mean: 0, spread: 0.7 / Math.sqrt(sizes[from]) };
        return { from, weight: normal(`w${from}`, [sizes[from], n], drawn, precision, rng) };
      }),
    // Sums near the threshold could fall on either side of it: there are none within 10⁻⁵. The
    // outputs of steps are leaky.
    activation: activation === "step" && i === sizes.length - 2 ? ("leaky" as const) : activation,
  }));
  return { sizes: [...sizes], layers };
}

function normal(
  name: string,
  shape: number[],
  { mean, spread }: { readonly mean: number; readonly spread: number },
  precision: Precision,
  rng: Random,
): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return { name, shape, data: vec(precision, count).map(() => mean + spread * rng.normal()) };
}

/** Walls of a layer that differ from unit to unit, some of them at infinity. */
export function walled(net: CopyNetwork): CopyNetwork {
  const wall = (n: number, end: string, of: (j: number) => number): Tensor => ({
    name: end,
    shape: [n],
    data: Float32Array.from({ length: n }, (_, j) => of(j)),
  });
  return {
    ...net,
    layers: net.layers.map((layer) => {
      const n = layer.bias.shape[0];
      return {
        ...layer,
        walls: {
          low: wall(n, "low", (j) => (j % 3 === 0 ? -Infinity : 0.1 * j)),
          high: wall(n, "high", (j) => (j % 3 === 1 ? Infinity : 0.1 * j + 0.8)),
        },
      };
    }),
  };
}

/** A network of bytes, with names of its outputs that files could trip over. */
export function portable(network: CopyNetwork): PortableNetwork {
  const n = network.sizes[0];
  return {
    network,
    inputs: {
      offset: Float32Array.from({ length: n }, (_, i) => i),
      factor: Float32Array.from({ length: n }, (_, i) => 1 / (200 + i)),
      low: -0.5,
      high: 1,
    },
    outputs: {
      kind: "classes",
      names: Array.from({ length: network.sizes.at(-1)! }, (_, k) => `class "${k}" */ é ?`),
    },
    metadata: { seed: "a seed to be found */", note: "/* λ */" },
  };
}

/** Raw inputs of whole bytes [rows × n]. */
export function bytesOf(rows: number, n: number): Float64Array {
  const rng = random(2, rows);
  return Float64Array.from({ length: rows * n }, () => Math.floor(256 * rng.uniform()));
}
