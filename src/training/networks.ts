import type { Circuit } from "../circuit/circuit.ts";
import type { Chip } from "../dynamics/chip.ts";
import { fabricate } from "../dynamics/fabricate.ts";
import { blockName, chain, directed, graph, type Graph } from "../energy/graph.ts";
import { learner, type Learner, type Trainer } from "../learning/algorithm.ts";
import { backpropagation } from "../learning/backpropagation.ts";
import { digitalCopy, type DigitalCopy } from "../learning/copy.ts";
import { solo, type Team } from "../numerics/kernels/team.ts";
import { random } from "../numerics/random.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import { phasesOf } from "./phases.ts";
import { hasCopy, settles } from "../experiment/rules.ts";
import { signsOf } from "../experiment/signs.ts";
import type { Experiment } from "../experiment/schema.ts";

/**
 * The chip of an experiment, its copy (null where the rule has none) and what teaches them.
 * `persistent`, where the rule keeps states: see `Learner`.
 */
export interface Networks {
  readonly chip: Chip;
  readonly copy: DigitalCopy | null;
  readonly learner: Trainer;
  readonly persistent: Learner["persistent"];
}

/**
 * Samples settled at once outside training: they settle independently, so this changes no number.
 */
const surveyed = 100;

/**
 * Builds the networks of an experiment: equal arguments make equal slots, for every member of a
 * team.
 */
export function buildNetworks(
  experiment: Experiment,
  circuit: Circuit,
  { team = solo, memory }: { team?: Team; memory?: WebAssembly.Memory } = {},
): Networks {
  const { learning, seed, die, precision } = experiment;
  const { rule, rates } = learning;
  const chip = fabricate(circuit, networkOf(experiment), {
    die,
    seed,
    batch: Math.max(experiment.train.batch, surveyed),
    precision,
    team,
    memory,
  });
  const copy = hasCopy(rule)
    ? digitalCopy(chip, {
        ...learning.copy,
        ...(!settles(rule) && { loss: "global" }),
        seed,
        tied: rule === "tied",
      })
    : null;
  if (copy && !settles(rule))
    return {
      chip,
      copy,
      learner: backpropagation(chip, copy, { rates: learning.copy.rates ?? rates }),
      persistent: null,
    };
  const teacher = learner(chip, copy, {
    ...phasesOf(experiment),
    beta: learning.beta,
    centred: signsOf(learning).centred,
    lambda: lambdaAt(learning.lambda, 0),
    rates,
    copyRates: learning.copy.rates,
    copyTarget: learning.copy.target,
    persistent: rule === "persistent",
  });
  return { chip, copy, learner: teacher, persistent: teacher.persistent };
}

/** The block graph an experiment asks for; partial blocks draw their synapses from the seed. */
function networkOf(experiment: Experiment): Graph {
  const both = blocksOf(experiment);
  return experiment.network.asymmetric ? directed(both) : both;
}

function blocksOf({ network, seed }: Experiment): Graph {
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
