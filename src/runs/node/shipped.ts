import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../../numerics/errors.ts";
import { didYouMean, suggest } from "../../numerics/suggest.ts";
import { readYaml } from "../../numerics/yaml.ts";
import { readText } from "./text.ts";

/** What a file of `experiments/` asks for: one training, or a grid of them. */
export type ShippedKind = "experiment" | "study";

/** A file of `experiments/` of this package. */
export interface Shipped {
  /** Its path below `experiments/` without the ending, such as `oconnor-2019/figure-2`. */
  readonly name: string;
  /** What it asks for: `train` takes an experiment, `run` a study. */
  readonly kind: ShippedKind;
  /** What it is, in a sentence. */
  readonly description: string;
  /** Where the file lies. */
  readonly path: string;
}

/** The folder that package.json lies in, whether this runs from `src` or from `dist`. */
const packageFolder = fileURLToPath(new URL("../../..", import.meta.url));
const experimentsFolder = join(packageFolder, "experiments");

/** The command that takes a file of each kind. */
export const takenBy = { experiment: "train", study: "run" } as const satisfies Record<
  ShippedKind,
  string
>;

/** A file that the package has beside `dist`, by its path from package.json. */
export function packageFile(...path: readonly string[]): string {
  return join(packageFolder, ...path);
}

/** The names of the experiments and studies that come with this package, in order. */
function names(): readonly string[] {
  return readdirSync(experimentsFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length).split(sep).join("/"))
    .filter((name) => kindOf(textOf(name)) !== undefined)
    .sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1));
}

const pathOf = (name: string) => `${join(experimentsFolder, ...name.split("/"))}.yaml`;
const textOf = (name: string) => readFileSync(pathOf(name), "utf8");

/** What a YAML text asks for, by the keys at its top; undefined of a schematic. */
function kindOf(text: string): ShippedKind | undefined {
  if (/^study:/m.test(text)) return "study";
  return /^(network|learning):/m.test(text) ? "experiment" : undefined;
}

/** The experiments and studies that come with this package. */
export function shippedExperiments(): readonly Shipped[] {
  return names().map((name) => {
    const text = textOf(name);
    const { description } = readYaml(text, pathOf(name)).value as { description?: string };
    return { name, kind: kindOf(text)!, description: description ?? "", path: pathOf(name) };
  });
}

/**
 * An experiment or a study of this package by its name, with its text.
 * @throws InputError with the nearest name when there is none.
 */
export function shippedNamed(asked: string): { readonly kind: ShippedKind; readonly text: string } {
  const known = names();
  const name = nameIn(asked);
  if (!known.includes(name))
    throw new InputError(
      `there is no experiment ${JSON.stringify(asked)} in this package; ` +
        didYouMean(name, known, "it has"),
    );
  const text = textOf(name);
  return { kind: kindOf(text)!, text };
}

/** The name in what somebody asks for: without `experiments/` before it and `.yaml` behind it. */
const nameIn = (asked: string) =>
  asked
    .replace(/\\/g, "/")
    .replace(/^(\.\/)?experiments\//, "")
    .replace(/\.ya?ml$/, "");

/**
 * The path of a file that somebody asks for: their own, from `folder`, or else one of this package
 * by its name.
 * @throws InputError that says what there is when there is neither.
 */
export function findFile(asked: string, kind: ShippedKind, folder = "."): string {
  const own = folder === "." ? asked : resolve(folder, asked);
  const there = whatIs(own);
  if (there === "file") return own;
  const known = names();
  const name = nameIn(asked);
  if (known.includes(name)) return pathOf(name);
  if (there === "folder") return own;
  const beside = suggest(asked, yamlFiles(folder));
  throw new InputError(
    `${kind} ${asked}: there is no such file, and none of that name comes with this package; ` +
      (beside === undefined
        ? `${didYouMean(
            name,
            known.filter((n) => kindOf(textOf(n)) === kind),
            "it has",
          )}; or give the path of a YAML file`
        : `did you mean "${beside}"?`),
  );
}

/**
 * The text of the file that somebody asks for, as `findFile` finds it.
 * @throws InputError when there is none, or it is of the other kind.
 */
export function readAsked(
  asked: string,
  kind: ShippedKind,
  folder?: string,
): { readonly text: string; readonly file: string } {
  const file = findFile(asked, kind, folder);
  const text = readText(file, kind, `give the path of a YAML file that is ${article[kind]}`);
  const found = kindOf(text);
  if (found !== undefined && found !== kind)
    throw new InputError(
      `${asked}: this is ${article[found]}, expected ${article[kind]}; try \`analog-eqprop ` +
        `${takenBy[found]} ${asked}\``,
    );
  return { text, file };
}

const article = { experiment: "an experiment", study: "a study" } as const satisfies Record<
  ShippedKind,
  string
>;

/**
 * A pipe such as /dev/stdin counts as a file, and so does what is not to be looked at: reading says
 * why.
 */
function whatIs(path: string): "file" | "folder" | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found && (found.isDirectory() ? "folder" : "file");
  } catch {
    return "file";
  }
}

function yamlFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
  } catch {
    // A folder that cannot be read has nothing to suggest.
    return [];
  }
}
