import { dataSets, usualSets, type DataSet, type SetName } from "../catalogue.ts";
import type { Split } from "../dataset.ts";
import { digits } from "../digits.ts";
import { generated } from "../generators.ts";
import { loadSplit } from "./load.ts";

/**
 * A data set by its name: drawn, or read from `dir` or where its files are usually found.
 * @throws InputError where files are missing or wrong.
 */
export async function readSet(name: SetName, dir?: string): Promise<Split> {
  const set: DataSet = dataSets[name];
  switch (set.from) {
    case "seed":
      return set.draws === "digits" ? digits(set.seed) : generated(set.draws, set.seed);
    case "files":
      return loadSplit(set.source.set, dir);
    default:
      return set satisfies never;
  }
}

/** What is shown where no experiment says what: the built-in digits, or the files of a folder. */
export function readUsual(dir: string | undefined): Promise<Split> {
  return readSet(dir === undefined ? usualSets.builtIn : usualSets.files, dir);
}
