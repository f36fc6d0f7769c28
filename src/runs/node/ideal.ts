import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Circuit } from "../../circuit/circuit.ts";
import { parseCircuit } from "../../circuit/read/parse.ts";
import { settles } from "../../experiment/rules.ts";
import type { Experiment } from "../../experiment/schema.ts";
import { parseExperiment } from "../../experiment/yaml.ts";
import { InputError } from "../../numerics/errors.ts";
import type { IdealBeside } from "../../output/report-data.ts";
import { commandLine } from "./environment.ts";
import { names } from "./folder.ts";
import { circuitOfPlan, withoutPatience, type Plan } from "./inputs.ts";
import { readResult, type RunResult } from "./records.ts";
import { readOwnText } from "./text.ts";

/** Folders beside a run that are looked into. */
const most = 1000;

/**
 * What the ideal chip of the same settings came to, where one of the runs beside this folder is
 * that; else the command that finds it. Null where no chip settles, and of an ideal chip itself.
 */
export async function idealBeside(
  dir: string,
  plan: Pick<Plan, "experiment" | "circuit" | "circuitText" | "hash" | "root">,
): Promise<IdealBeside | null> {
  if (!settles(plan.experiment.learning.rule)) return null;
  const wanted = networkOf(await circuitOfPlan(plan, ["all"]));
  if (networkOf(plan.circuit) === wanted) return null;
  const found = await runLike(dir, settingsKey(plan.experiment), wanted);
  return {
    runDir: found?.runDir ?? null,
    testErrorCopy: found?.testErrorCopy ?? null,
    testErrorChip: found?.testErrorChip ?? null,
    command: commandLine(["analog-eqprop", "train", join(dir, names.config), "--without", "all"]),
  };
}

async function runLike(
  dir: string,
  settings: string,
  network: string,
): Promise<RunResult | undefined> {
  for (const folder of foldersBeside(dir)) {
    const found = await endedAs(folder, settings, network);
    if (found) return found;
  }
  return undefined;
}

function foldersBeside(dir: string): readonly string[] {
  try {
    return readdirSync(dirname(dir), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .slice(0, most)
      .map((entry) => join(dirname(dir), entry.name));
  } catch {
    // A folder that cannot be listed has no neighbours.
    return [];
  }
}

/** The result of a run of these settings on this network; undefined of any other folder. */
async function endedAs(
  folder: string,
  settings: string,
  network: string,
): Promise<RunResult | undefined> {
  try {
    const result = readResult(folder);
    if (result?.outcome !== "completed") return undefined;
    const text = (name: string) => readOwnText(join(folder, name), "record", "restore the file");
    const experiment = await parseExperiment(text(names.config), join(folder, names.config));
    if (settingsKey(experiment) !== settings) return undefined;
    const circuit = await parseCircuit(text(names.circuit), join(folder, names.circuit));
    return networkOf(circuit) === network ? result : undefined;
  } catch (error) {
    // A neighbour that is damaged, or none of ours, is not what is looked for.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What the numbers of a run depend on but for its circuit: an ideal chip is alike on every die. */
function settingsKey(experiment: Experiment): string {
  return JSON.stringify({
    ...withoutPatience(experiment),
    name: undefined,
    description: undefined,
    circuit: undefined,
    die: undefined,
  });
}

/**
 * A circuit as the network that it is: two whose keys are equal learn alike. Transconductors count
 * in units of their leak, capacitor and rails.
 */
function networkOf(circuit: Circuit): string {
  const { neuron, rails, ...rest } = circuit;
  const scale = circuit.family === "resistors" ? { neuron, rails } : { clamp: neuron.clamp };
  const said = ["name", "description", "cites", "temperature", "warnings"];
  const kept = Object.entries({ ...rest, ...scale }).filter(([key]) => !said.includes(key));
  return JSON.stringify(withoutZeros(Object.fromEntries(kept)));
}

/** What is zero or empty is what is not written. Keys are in the order of their names. */
function withoutZeros(value: object): object {
  const kept = Object.entries(value)
    .map(([key, of]: [string, unknown]): [string, unknown] => [
      key,
      typeof of === "object" && of !== null && !Array.isArray(of) ? withoutZeros(of) : of,
    ])
    .filter(
      ([, of]) => of !== undefined && of !== 0 && !(typeof of === "object" && of && isEmpty(of)),
    );
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isEmpty = (value: object) => Object.keys(value).length === 0;
