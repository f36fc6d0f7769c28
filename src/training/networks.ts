import type { Circuit } from "../circuit/circuit.ts";
import type { Chip } from "../dynamics/chip.ts";
import { fabricate } from "../dynamics/fabricate.ts";
import { learner, type Learner, type Trainer } from "../learning/algorithm.ts";
import type { Settler } from "../learning/survey.ts";
import { backpropagation } from "../learning/backpropagation.ts";
import { digitalCopy, type DigitalCopy } from "../learning/copy.ts";
import { addressable, refuseTooLarge } from "../numerics/demand.ts";
import { solo, type Team } from "../numerics/kernels/team.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import { chipCapacity, networkDemand } from "./demand.ts";
import { phasesOf } from "./phases.ts";
import { networkOf } from "../experiment/network.ts";
import { rules } from "../experiment/rules.ts";
import { schemeOf } from "../experiment/nudging.ts";
import type { Experiment } from "../experiment/schema.ts";

/**
 * The chip of an experiment, its copy (null where the rule has none) and what teaches them.
 * `persistent`, where the rule keeps states: see `Learner`.
 */
interface Networks {
  readonly chip: Chip;
  readonly copy: DigitalCopy | null;
  readonly learner: Trainer;
  readonly persistent: Learner["persistent"];
}

/**
 * Builds the networks of an experiment: equal arguments make equal slots, for every member of a
 * team.
 */
export function buildNetworks(
  experiment: Experiment,
  circuit: Circuit,
  { team = solo, memory }: { team?: Team; memory?: WebAssembly.Memory } = {},
): Networks {
  refuseTooLarge(networkDemand(experiment, circuit), { bytes: addressable.alone });
  const { learning, seed, die, precision } = experiment;
  const { rule, rates } = learning;
  const facts = rules[rule];
  const chip = fabricate(circuit, networkOf(experiment), {
    die,
    seed,
    batch: chipCapacity(experiment),
    precision,
    team,
    memory,
  });
  const copy =
    facts.copy !== null
      ? digitalCopy(chip, {
          ...learning.copy,
          ...(!facts.settles && { loss: "global" }),
          seed,
          tied: facts.copy === "tied",
        })
      : null;
  if (copy && !facts.settles)
    return {
      chip,
      copy,
      learner: backpropagation(chip, copy, { rates: learning.copy.rates ?? rates }),
      persistent: null,
    };
  const teacher = teacherOf(experiment, chip, copy);
  return { chip, copy, learner: teacher, persistent: teacher.persistent };
}

/** What teaches a chip that settles, and its copy, as the experiment says. */
export function teacherOf(
  { learning, settle }: Pick<Experiment, "learning" | "settle">,
  chip: Chip,
  copy: DigitalCopy | null,
): Learner {
  return learner(chip, copy, {
    ...phasesOf({ learning, settle }),
    beta: learning.beta,
    scheme: schemeOf(learning.scheme),
    lambda: lambdaAt(learning.lambda, 0),
    rates: learning.rates,
    copyRates: learning.copy.rates,
    copyTarget: learning.copy.target,
    persistent: rules[learning.rule].persistent,
  });
}

/** A trainer as a settler that settles in a way of its own, such as with all threads. */
export function settlerOf(learner: Trainer, settle: () => void): Settler {
  return {
    namedByChip: learner.namedByChip,
    namedByCopy: learner.namedByCopy,
    settled: learner.settled,
    guess: learner.guess,
    get residual() {
      return learner.residual;
    },
    settle,
  };
}
