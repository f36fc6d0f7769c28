import { nudgedByCurrents, type Circuit } from "../circuit/circuit.ts";
import { familyOf } from "../circuit/families/families.ts";
import { fabricate } from "../dynamics/fabricate.ts";
import { outputTies } from "../dynamics/units/ties.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import { networkOf } from "../experiment/network.ts";
import { hasCopy, settles } from "../experiment/rules.ts";
import { nudgesAway } from "../experiment/nudging.ts";
import type { Experiment } from "../experiment/schema.ts";
import { breakingBeta } from "../solver/truth/breaking-beta.ts";

/** What is legal in an experiment and its schematic but probably not meant, a sentence each. */
export async function cautions(
  experiment: Experiment,
  circuit: Circuit,
): Promise<readonly string[]> {
  const latch = !nudgedAway(experiment, circuit)
    ? null
    : familyOf(circuit).passive
      ? await unheld(experiment, circuit)
      : latching(experiment, circuit);
  return [
    ...(circuit.warnings ?? []).map((w) => `circuit ${circuit.name}: ${w}`),
    ...(latch === null ? [] : [latch]),
  ];
}

/** Whether a negative conductance nudges the outputs; currents bend nothing. */
function nudgedAway({ learning }: Experiment, circuit: Circuit): boolean {
  return settles(learning.rule) && nudgesAway(learning) && !nudgedByCurrents(circuit);
}

/** The weakest pull to the copy's guess. */
function weakest({ rule, lambda }: Experiment["learning"]): number {
  return hasCopy(rule) ? Math.min(lambdaAt(lambda, 0), lambdaAt(lambda, Infinity)) : 0;
}

/**
 * A negative β is a negative conductance: an output by itself has the curvature g + λ + 2β, with
 * the die's own g, λ and β.
 */
function latching({ learning, settle, network, die }: Experiment, circuit: Circuit): string | null {
  const lambda = weakest(learning);
  const { beta } = learning;
  const n = network.layers.at(-1)!;
  const { leak, link, nudge } = outputTies(circuit, die, network.layers.length - 1, n);
  const latches = leak.filter((g, i) => 2 * beta * nudge[i] >= g + lambda * link[i]).length;
  if (latches === 0) return null;
  const alike = [leak, link, nudge].every((column) => column.every((v) => v === 1));
  const what = alike
    ? `a negative nudge of 2|β| = ${2 * beta} is no weaker than 1 + λ = ${1 + lambda}: an ` +
      "output by itself then latches to a rail"
    : `a negative nudge of 2|β| = ${2 * beta} is no weaker than leak and λ = ${lambda} together ` +
      `on ${latches} of the ${n} outputs of die ${die}, with its spreads: such an output by ` +
      "itself latches to a rail";
  return `${what}, and ${timeTo(settle)}; ${avoided}`;
}

function timeTo({ nudged }: Experiment["settle"]): string {
  return nudged.tolerance !== undefined
    ? "with settle.nudged.tolerance it has the time to"
    : "only few nudged steps keep it from there";
}

const avoided =
  "smaller learning.beta, or learning.scheme=one-sided with learning.sign=positive, avoid it";

/**
 * The outputs of a network of resistors hang on what their untrained resistors conduct: from some β
 * on a conductance of −2β is stronger, and where no diode holds them the nudged phase has no
 * equilibrium.
 */
async function unheld(experiment: Experiment, circuit: Circuit): Promise<string | null> {
  const { learning, die, seed, settle } = experiment;
  const chip = fabricate(circuit, networkOf(experiment), { die, seed, batch: 1, precision: "f64" });
  const least = await breakingBeta(chip, weakest(learning));
  const { beta } = learning;
  if (!(beta >= least)) return null;
  const from = Number(least.toPrecision(2));
  const what =
    `a negative nudge of 2|β| = ${2 * beta} is stronger than what the untrained resistors of an ` +
    `output conduct: from β = ${from} on`;
  return familyOf(circuit).diodes(circuit).output === "none"
    ? `${what} the nudged phase has no equilibrium, and nothing holds the outputs: states grow ` +
        `without bound; ${avoided}`
    : `${what} an output runs to its diodes, and ${timeTo(settle)}; ${avoided}`;
}
