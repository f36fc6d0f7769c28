import type { Tensor } from "../numerics/vec.ts";
import type { CopyNetwork } from "../output/copy-network.ts";
import type { Experiment } from "./schema.ts";

/**
 * The digital copy in the tensors of a snapshot (`copy.block.0-1.weight` [from × to], `copy.layer.1.bias`),
 * or undefined when the rule has none.
 */
export function copyOf({ network, learning }: Experiment, tensors: readonly Tensor[]): CopyNetwork | undefined {
  if (learning.rule === "plain") return undefined;
  const { layers: sizes } = network;
  const blocks = tensors.flatMap((weight) => {
    const match = /^copy\.block\.(\d+)-(\d+)\.weight$/.exec(weight.name);
    return match ? [{ from: Number(match[1]), to: Number(match[2]), weight }] : [];
  });
  return {
    sizes,
    layers: sizes.slice(1).map((_, i) => {
      const to = i + 1;
      const bias = tensors.find((t) => t.name === `copy.layer.${to}.bias`);
      if (!bias) throw new Error(`snapshot without copy.layer.${to}.bias`);
      const incoming = blocks.filter((b) => b.to === to && b.from < to).map(({ from, weight }) => ({ from, weight }));
      return { bias, incoming, activation: learning.copy.activation };
    }),
  };
}
