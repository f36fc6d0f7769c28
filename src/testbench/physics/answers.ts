import type { Circuit } from "../../circuit/circuit.ts";
import { sourcesOf } from "../../dynamics/units/scale.ts";
import {
  hindrances,
  physicalAnswers,
  type Answer,
  type Case,
  type Given,
  type HeldWeights,
  type ElementCounts,
} from "../../circuit/physics/index.ts";
import type { Dataset } from "../../data/dataset.ts";
import { asymmetry } from "../../dynamics/asymmetry.ts";
import { chain, type Graph } from "../../energy/graph.ts";
import type { Tensor } from "../../numerics/vec.ts";
import { familyBench } from "../families.ts";
import { measure, type Networks } from "./operation.ts";
import { settles } from "../../experiment/rules.ts";
import type { Experiment } from "../../experiment/schema.ts";

/** What a trained chip is as hardware, and what of it works against learning, in sentences. */
export interface Physics {
  readonly physics: readonly Answer[];
  readonly hindrances: readonly string[];
}

/**
 * The physics of a trained chip, measured on test images with its noise switched off; nothing where
 * no chip was trained.
 */
export function physicsOf(
  { chip, copy, lambda }: Networks,
  test: Dataset,
  experiment: Experiment,
): Physics {
  if (!settles(experiment.learning.rule)) return { physics: [], hindrances: [] };
  const { operation, contrast } = measure({ chip, copy, lambda }, test, experiment);
  const found: Case = {
    circuit: chip.circuit,
    wiring: wiringOf(chip.graph, copy !== null, sourcesOf(chip.circuit, chip.graph.sizes[0])),
    given: {},
    weights: weightsOf(chip.graph, chip.parameters.tensors(), "the trained weights"),
    operation,
    contrast,
    asymmetry: asymmetry(chip.components()),
  };
  return { physics: physicalAnswers(found), hindrances: hindrances(found) };
}

/** The physical answers of an untrained chain of layers on a schematic: what needs no settling. */
export function physicsOfLayers(
  circuit: Circuit,
  sizes: readonly number[],
  given: Given,
): readonly Answer[] {
  const network = chain(sizes);
  const terminals = sourcesOf(circuit, sizes[0]);
  const { untrained, meanWeight } = familyBench(circuit);
  const absolute = network.blocks.map(({ from, to }) => {
    const rows = from === 0 ? terminals : sizes[from];
    return rows * sizes[to] * meanWeight(rows, sizes[from], sizes[to]);
  });
  return physicalAnswers({
    circuit,
    wiring: wiringOf(network, true, terminals),
    given,
    weights: {
      source: untrained,
      absolute,
      biases: 0,
    },
  });
}

/** The block graph, with the weights in each block counted. */
function wiringOf(
  { sizes, blocks, directed }: Graph,
  copy: boolean,
  terminals = sizes[0],
): ElementCounts {
  return {
    sizes,
    copy,
    blocks: blocks.map(({ from, to, mask }) => ({
      from,
      to,
      oneWay: directed === true,
      synapses:
        (from === 0 ? terminals / sizes[0] : 1) *
        (mask ? mask.reduce((a, b) => a + b, 0) : sizes[from] * sizes[to]),
    })),
  };
}

/** How large the weights are; `tensors` are named as those of a chip. */
function weightsOf({ blocks }: Graph, tensors: readonly Tensor[], source: string): HeldWeights {
  const magnitude = (data: Tensor["data"]) => {
    let sum = 0;
    for (const v of data) sum += Math.abs(v);
    return sum;
  };
  return {
    source,
    absolute: blocks.map(({ from, to }) =>
      magnitude(tensors.find((t) => t.name === `chip.block.${from}-${to}.weight`)!.data),
    ),
    biases: tensors
      .filter((t) => t.name.startsWith("chip.layer."))
      .reduce((sum, t) => sum + magnitude(t.data), 0),
  };
}
