import { settingsOf } from "../../experiment/settings.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { parseExperiment } from "../../experiment/yaml.ts";
import { InputError } from "../../numerics/errors.ts";
import { join } from "node:path";
import { countedSamples, errorInterval } from "./condition-table.ts";
import { readEnvironment } from "./environment.ts";
import { folderState, names } from "./folder.ts";
import type { ComparedRun } from "../../output/comparison-text.ts";
import { keptPreparation, readData } from "./data.ts";
import { readClock, readResult } from "./records.ts";
import { readOwnText } from "./text.ts";

/** Runs side by side, and the settings in which they differ, one value a run. */
export interface Comparison {
  /** Each run, in the order given. */
  readonly runs: readonly ComparedRun[];
  /** Settings that differ: the key, and its values in the order of the runs. */
  readonly settings: readonly (readonly [key: string, values: readonly string[]])[];
}

/**
 * Reads runs, and trains and measures nothing.
 * @throws InputError for a folder without a run.
 */
export async function compareRuns(dirs: readonly string[]): Promise<Comparison> {
  const experiments: Experiment[] = [];
  const runs: ComparedRun[] = [];
  const sizes = new Map<string, number | null>();
  for (const dir of dirs) {
    if (folderState(dir) !== "run")
      throw new InputError(
        `${dir} is no run folder: ${names.config} is missing; give folders made by ` +
          "`analog-eqprop train`",
      );
    const path = join(dir, names.config);
    const todo = "restore the file, or leave this run out";
    const experiment = await parseExperiment(readOwnText(path, "settings", todo), path);
    // A damaged record is one wherever it is read, though little of it is compared.
    readClock(dir);
    const { dataFolder, dataRoot } = readEnvironment(dir);
    const place = { given: dataFolder ?? undefined, root: dataRoot, known: keptPreparation(dir) };
    const key = JSON.stringify([experiment.data, place]);
    if (!sizes.has(key)) sizes.set(key, await testSize(experiment, place));
    experiments.push(experiment);
    runs.push(comparedRun(dir, sizes.get(key) ?? null));
  }
  return { runs, settings: differing(experiments) };
}

function comparedRun(dir: string, samples: number | null): ComparedRun {
  const result = readResult(dir);
  const interval = (percent: number | null) =>
    percent === null || samples === null ? null : errorInterval(percent, samples);
  const { testErrorChip = null, testErrorCopy = null } = result ?? {};
  const joules = (key: string) => result?.physics?.[key]?.value ?? null;
  return {
    runDir: dir,
    outcome: result?.outcome ?? "unfinished",
    testErrorChip,
    testErrorCopy,
    scores: result?.scores?.test ?? { copy: null, chip: null },
    chipInterval: interval(testErrorChip),
    copyInterval: interval(testErrorCopy),
    seconds: result?.seconds ?? null,
    inferenceEnergy: joules("energy.inference"),
    sampleEnergy: joules("energy.sample"),
  };
}

/** Samples of the test set that errors are a share of; null where they are not at hand. */
async function testSize(
  experiment: Experiment,
  place: Parameters<typeof readData>[1],
): Promise<number | null> {
  try {
    return countedSamples((await readData(experiment, place)).test);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function differing(experiments: readonly Experiment[]): Comparison["settings"] {
  const all = experiments.map((e) => new Map(settingsOf(e)));
  const keys = [...new Set(all.flatMap((settings) => [...settings.keys()]))];
  return keys
    .map((key) => [key, all.map((settings) => settings.get(key) ?? "–")] as const)
    .filter(([, values]) => new Set(values).size > 1);
}
