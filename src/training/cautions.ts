import { nudgedByCurrents, type Circuit } from "../circuit/circuit.ts";
import { familyOf } from "../circuit/families/families.ts";
import { outputTies } from "../dynamics/units/ties.ts";
import { lambdaAt } from "../experiment/anneal.ts";
import { hasCopy, settles } from "../experiment/rules.ts";
import { signsOf } from "../experiment/signs.ts";
import type { Experiment } from "../experiment/schema.ts";

/** What is legal in an experiment and its schematic but probably not meant, a sentence each. */
export function cautions(experiment: Experiment, circuit: Circuit): readonly string[] {
  const latch = latching(experiment, circuit);
  return [
    ...(circuit.warnings ?? []).map((w) => `circuit ${circuit.name}: ${w}`),
    ...(latch === null ? [] : [latch]),
  ];
}

/**
 * A negative β is a negative conductance: an output by itself has the curvature g + λ + 2β, with
 * the die's own g, λ and β.
 */
function latching({ learning, settle, network, die }: Experiment, circuit: Circuit): string | null {
  // What loads an output of a crossbar follows its weights, and currents bend nothing.
  if (
    !settles(learning.rule) ||
    !signsOf(learning).of.includes(-1) ||
    familyOf(circuit).passive ||
    nudgedByCurrents(circuit)
  )
    return null;
  const lambda = !hasCopy(learning.rule)
    ? 0
    : Math.min(lambdaAt(learning.lambda, 0), lambdaAt(learning.lambda, Infinity));
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
  const time =
    settle.nudged.tolerance !== undefined
      ? "with settle.nudged.tolerance it has the time to"
      : "only few nudged steps keep it from there";
  return `${what}, and ${time}; ` + "smaller learning.beta or learning.sign=positive avoid it";
}
