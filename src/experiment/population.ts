import { numbersIn } from "../numerics/ranges.ts";
import { rules, settles, type LearningRule } from "./rules.ts";

/** Dies that hold more than this at once are beyond any machine that this is run on. */
export const mostDies = 1000;

/** A population as read. */
interface Population {
  readonly dies: number | string | readonly number[];
  readonly weights: "shared" | "own";
}

/** What of an experiment says which dies it learns on. */
interface LearnsOn {
  readonly die: number;
  readonly population?: Population;
}

/** The numbers of the dies of a population, each once. */
function diesOf({ dies }: Population): readonly number[] {
  if (typeof dies === "number") return Array.from({ length: dies }, (_, i) => i + 1);
  return [...new Set(typeof dies === "string" ? numbersIn(dies, "population.dies") : dies)];
}

/**
 * The dies that an experiment learns on besides `die`, and whether they share its weights; none
 * where `die` is not the first of the population: a chip by itself then, as one is that is
 * measured elsewhere.
 */
export function othersOf({ die, population }: LearnsOn): {
  readonly dies: readonly number[];
  readonly weights: "shared" | "own";
} {
  const [first, ...dies] = population ? diesOf(population) : [];
  return { dies: first === die ? dies : [], weights: population?.weights ?? "own" };
}

/** The dies that a run learned on. */
export function metDies(experiment: LearnsOn): readonly number[] {
  return [experiment.die, ...othersOf(experiment).dies];
}

/** Why an experiment cannot be learned by a population; undefined where it can. */
export function populationFault(
  { die, population }: LearnsOn,
  rule: LearningRule,
): readonly [path: string[], message: string] | undefined {
  if (!population) return undefined;
  if (!settles(rule) || rules[rule].persistent)
    return [
      ["population"],
      `found with learning.rule: ${rule}, which ` +
        (settles(rule)
          ? "keeps states of the one die that each image settled on"
          : "has no chip that settles") +
        "; expected another rule, or no population",
    ];
  const dies = diesOf(population);
  if (dies.length === 0)
    return [["population", "dies"], "found an empty range, expected its low end first"];
  if (dies.length > mostDies)
    return [["population", "dies"], `found ${dies.length} dies, expected at most ${mostDies}`];
  if (dies[0] !== die)
    return [
      ["population", "dies"],
      `the first of them is ${dies[0]} and die is ${die}; write die: ${dies[0]}, which is the ` +
        "one that is measured on the way",
    ];
  return undefined;
}
