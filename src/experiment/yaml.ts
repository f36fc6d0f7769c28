import { stringify } from "yaml";
import { checkTree, readYaml } from "../numerics/yaml.ts";
import { applyOverrides, overrideOf } from "./overrides.ts";
import type { Override } from "./overrides.ts";
import { experimentSchema } from "./schema.ts";
import type { Experiment } from "./schema.ts";

/**
 * An experiment file with command-line values put in, checked and with every default filled in.
 * @param file the name used in messages.
 * @throws InputError that lists everything wrong, blaming `file:line:column` or the option.
 */
export function parseExperiment(text: string, file: string, overrides: readonly Override[] = []): Experiment {
  const tree = readYaml(text, file);
  const value = applyOverrides(tree.value, overrides);
  return checkTree(value, experimentSchema, (path, part) => overrideOf(path, overrides)?.option ?? tree.place(path, part));
}

/** The experiment as YAML with nothing left out: reading it again gives the same experiment. */
export function resolvedYaml(experiment: Experiment): string {
  return `# Everything this run depends on, with defaults filled in.\n${stringify(experiment, { lineWidth: 0, aliasDuplicateObjects: false, flowCollectionPadding: false, collectionStyle: "any" })}`;
}
