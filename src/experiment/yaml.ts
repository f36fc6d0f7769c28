import type { AuthorOf } from "../numerics/errors.ts";
import type { Override } from "./overrides.ts";
import type { Experiment } from "./schema.ts";

/**
 * An experiment file with command-line values put in, checked and with every default filled in.
 * @param file the name used in messages.
 * @throws InputError that lists everything wrong, blaming `file:line:column` or the option.
 */
export async function parseExperiment(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Promise<Experiment> {
  return (await readExperiment(text, file, overrides)).experiment;
}

/** The same with who wrote what, for what is wrong with a value that only others understand. */
export async function readExperiment(
  text: string,
  file: string,
  overrides: readonly Override[] = [],
): Promise<{ readonly experiment: Experiment; readonly author: AuthorOf }> {
  const [{ checkTree, readYaml }, { applyOverrides, overrideOf }, { experimentSchema }] =
    await Promise.all([
      import("../numerics/yaml.ts"),
      import("./overrides.ts"),
      import("./schema.ts"),
    ]);
  const tree = readYaml(text, file);
  const value = applyOverrides(tree.value, overrides);
  const author: AuthorOf = (path, part) =>
    overrideOf(path, overrides)?.option ?? tree.place(path, part);
  return { experiment: checkTree(value, experimentSchema, author), author };
}

/** The experiment as YAML with nothing left out: reading it again gives the same experiment. */
export async function resolvedYaml(experiment: Experiment): Promise<string> {
  const { stringify } = await import("yaml");
  const text = stringify(experiment, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    flowCollectionPadding: false,
    collectionStyle: "any",
  });
  return `# Everything this run depends on, with defaults filled in.\n${text}`;
}
