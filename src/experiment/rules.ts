import type { Experiment } from "./schema.ts";

type Rule = Experiment["learning"]["rule"];

/** Whether a rule has a digital copy, which guesses. */
export function hasCopy(rule: Rule): boolean {
  return rule !== "plain" && rule !== "persistent";
}

/** Whether a chip settles and learns; by backpropagation the copy learns alone. */
export function settles(rule: Rule): boolean {
  return rule !== "backpropagation";
}
