import type { Circuit } from "../circuit/circuit.ts";
import { accumulates } from "../circuit/elements.ts";
import type { Chip } from "../dynamics/chip.ts";
import { fabricate } from "../dynamics/fabricate.ts";
import { learner, type Learner, type Trainer } from "../learning/algorithm.ts";
import type { Settler } from "../learning/survey.ts";
import { backpropagation } from "../learning/backpropagation.ts";
import { digitalCopy, type DigitalCopy } from "../learning/copy.ts";
import { addressable, refuseTooLarge } from "../numerics/demand.ts";
import { solo, type Team } from "../numerics/kernels/team.ts";

import { InputError } from "../numerics/errors.ts";
import { othersOf } from "../experiment/population.ts";
import type { Turn } from "./threads/control.ts";
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
  /** The other chips of a population, on the bench of the first. */
  readonly others: readonly Chip[];
  /** Whose turn it is: every member of a team says so before it learns or settles. */
  take(turn: Turn): void;
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
    return alone({
      chip,
      copy,
      learner: backpropagation(chip, copy, { rates: learning.copy.rates ?? rates }),
      persistent: null,
    });
  const { dies, weights } = othersOf(experiment);
  if (dies.length > 0 && weights === "shared") refuseUnshared(circuit);
  const others = dies.map((number) => chip.sibling(number, weights));
  const teachers = [chip, ...others].map((one) => teacherOf(experiment, one, copy));
  if (others.length > 0)
    return { chip, copy, others, persistent: null, ...inTurn([chip, ...others], teachers) };
  const [teacher] = teachers;
  return alone({ chip, copy, learner: teacher, persistent: teacher.persistent });
}

/** Networks of one chip, whose turn it always is. */
function alone(networks: Omit<Networks, "others" | "take">): Networks {
  return { ...networks, others: [], take: () => undefined };
}

/** Chips that learn one after another, as one trainer. */
function inTurn(
  chips: readonly Chip[],
  teachers: readonly Learner[],
): Pick<Networks, "learner" | "take"> {
  let now = teachers[0];
  const learner: Trainer = {
    learn(sign, lambda) {
      now.learn(sign, lambda);
    },
    settle(lambda) {
      now.settle(lambda);
    },
    get finite() {
      return now.finite;
    },
    get settled() {
      return now.settled;
    },
    get residual() {
      return now.residual;
    },
    get evaluations() {
      return now.evaluations;
    },
    get namedByChip() {
      return now.namedByChip;
    },
    get namedByCopy() {
      return now.namedByCopy;
    },
    get guess() {
      return now.guess;
    },
  };
  return {
    learner,
    take({ die, adopts }) {
      now = teachers[die];
      if (!adopts) return;
      chips[die].adopt();
      // A member settles on what all have programmed.
      chips[die].memory.team.barrier();
    },
  };
}

/** @throws InputError where weights are not numbers that one die can tell another. */
function refuseUnshared({ name, synapse }: Circuit): void {
  const what =
    synapse.memory === "devices"
      ? "the weights are what the devices of each die hold"
      : accumulates(synapse)
        ? "registers keep what is below their step, each die its own"
        : null;
  if (what !== null)
    throw new InputError(
      `population.weights is shared, and in circuit ${name} ${what}; write weights: own` +
        (synapse.memory === "devices" ? ", or synapse.memory: registers" : ""),
    );
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
