import { blockName, chain, directed, graph, upward, type Graph } from "../energy/graph.ts";
import { random } from "../numerics/random.ts";
import type { Experiment } from "./schema.ts";

/** The block graph an experiment asks for; partial blocks draw their synapses from the seed. */
export function networkOf(experiment: Pick<Experiment, "network" | "seed">): Graph {
  const both = blocksOf(experiment);
  if (experiment.network.feedforward) return { ...upward(both), directed: true };
  return experiment.network.asymmetric ? directed(both) : both;
}

function blocksOf({ network, seed }: Pick<Experiment, "network" | "seed">): Graph {
  if (!network.blocks) return chain(network.layers);
  return graph(
    network.layers,
    network.blocks.map(({ from, to, density }) => {
      if (density === 1) return { from, to };
      const draw = random(seed, "mask", blockName({ from, to }));
      const synapses = network.layers[from] * network.layers[to];
      return {
        from,
        to,
        mask: Uint8Array.from({ length: synapses }, () => (draw.uniform() < density ? 1 : 0)),
      };
    }),
  );
}
