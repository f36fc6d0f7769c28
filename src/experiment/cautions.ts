import type { Circuit } from "../circuit/circuit.ts";
import { lambdaAt } from "./anneal.ts";
import type { Experiment } from "./schema.ts";

/** What is legal in an experiment and its schematic but probably not meant, a sentence each. */
export function cautions({ learning, settle }: Experiment, circuit: Circuit): readonly string[] {
  const negative = learning.sign !== "positive", lambda = learning.rule === "plain" ? 0 : Math.min(lambdaAt(learning.lambda, 0), lambdaAt(learning.lambda, Infinity));
  const latches = negative && 2 * learning.beta >= 1 + lambda, long = settle.nudged.tolerance !== undefined;
  return [
    ...(circuit.warnings ?? []).map((w) => `circuit ${circuit.name}: ${w}`),
    ...latches ? [`a negative nudge of 2|β| = ${2 * learning.beta} is no weaker than 1 + λ = ${1 + lambda}: an output by itself then latches to a rail${long ? ", and with settle.nudged.tolerance it has the time to" : ", and only few nudged steps keep it from there"}; smaller learning.beta or learning.sign=positive avoid it`] : [],
  ];
}
