import type { Circuit } from "../circuit/circuit.ts";
import { circuitFrom, type ParseCircuitOptions } from "../circuit/read/parse.ts";
import { blame, InputError, type AuthorOf } from "../numerics/errors.ts";
import { isMapping, merged, valueAt, type Mapping } from "../numerics/mappings.ts";
import type { YamlTree } from "../numerics/yaml.ts";
import type { CircuitChanges } from "./circuit-schema.ts";
import type { Experiment } from "./schema.ts";

/** The text of a schematic, and the name that messages call it by. */
interface SchematicText {
  readonly text: string;
  readonly file: string;
}

/** A schematic as an experiment asks for it: what runs, and the text that says all of it. */
interface ResolvedCircuit {
  readonly circuit: Circuit;
  readonly text: string;
}

/** Where the parts of a circuit come from. */
interface CircuitSources extends ParseCircuitOptions {
  /** Who wrote what stands below `circuit` in the experiment. */
  readonly author: AuthorOf;
  /** The schematic of a name or a path. */
  open(base: string): SchematicText;
}

/**
 * The circuit of an experiment. One that is named is its file, letter by letter; one that is
 * changed is its base with the changes put in, and what is left out taken away.
 * @throws InputError that blames the schematic's file or who changed it.
 */
export async function resolveCircuit(
  asked: Experiment["circuit"],
  { author, open, ...options }: CircuitSources,
): Promise<ResolvedCircuit> {
  const { readYaml } = await import("../numerics/yaml.ts");
  if (typeof asked === "string") {
    const { text, file } = opened(asked, open, () => author([], "value"));
    const tree = readYaml(text, file);
    return { circuit: await circuitFrom(tree.value, placesOf(tree), options), text };
  }
  const { base, without = [], ...changes } = asked;
  const source =
    base === undefined ? undefined : opened(base, open, () => author(["base"], "value"));
  const tree = source && readYaml(source.text, source.file);
  if (tree && !isMapping(tree.value))
    throw new InputError("expected the `key: value` lines of a schematic", tree.place([], "value"));
  const { withoutImperfections } = await import("../circuit/read/imperfections.ts");
  const whole = withoutImperfections(
    merged((tree?.value ?? {}) as Mapping, called(tree?.value, changes)),
    [without].flat(),
  );
  const circuit = await circuitFrom(
    whole,
    (path, part) =>
      tree && !isChanged(changes, path) ? tree.place(path, part) : author(path, part),
    options,
  );
  return { circuit, text: await textOf(whole, asked) };
}

const placesOf =
  (tree: YamlTree): AuthorOf =>
  (path, part) =>
    tree.place(path, part);

function opened(
  base: string,
  open: CircuitSources["open"],
  author: () => ReturnType<AuthorOf>,
): SchematicText {
  try {
    return open(base);
  } catch (error) {
    throw error instanceof InputError && !error.place ? blame(author(), error.message) : error;
  }
}

/** The changes, which give the circuit a name of its own. */
function called(base: unknown, changes: Mapping): Mapping {
  const name = valueAt(base, ["name"]);
  if (typeof name !== "string" || Object.hasOwn(changes, "name")) return changes;
  return { name: name.endsWith(changed) ? name : `${name}${changed}`, ...changes };
}

const changed = ", changed";

/** Whether the changes wrote what stands at a path, or a value above it. */
function isChanged(changes: Mapping, path: readonly PropertyKey[]): boolean {
  return path.some((_, i) => {
    const value = valueAt(changes, path.slice(0, i + 1));
    return value !== undefined && (i === path.length - 1 || !isMapping(value));
  });
}

async function textOf(schematic: Mapping, { base, without }: CircuitChanges): Promise<string> {
  const { stringify } = await import("yaml");
  const left = [without ?? []].flat();
  const from = base === undefined ? "Written out in an experiment" : `${base}, changed`;
  const less = left.length > 0 ? `; without ${left.join(", ")}` : "";
  const body = stringify(schematic, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${from}${less}.\n${body}`;
}

/**
 * An experiment, not checked yet, whose circuit is a mapping, so that keys below it can be set: a
 * name becomes its base.
 */
export function withOpenCircuit(tree: unknown): unknown {
  if (!isMapping(tree)) return tree;
  const { circuit = "ideal" } = tree;
  return typeof circuit === "string" ? { ...tree, circuit: { base: circuit } } : tree;
}

/** Values below the circuit are put over whichever is chosen, so that the choice comes first. */
export function circuitFirst<T extends { readonly path: readonly PropertyKey[] }>(
  values: readonly T[],
): readonly T[] {
  const chooses = ({ path }: T) => path[0] === "circuit" && path.length === 1;
  return [...values.filter(chooses), ...values.filter((v) => !chooses(v))];
}

/** Whether a value stands below the circuit of an experiment. */
export function isBelowCircuit({ path }: { readonly path: readonly PropertyKey[] }): boolean {
  return path[0] === "circuit" && path.length > 1;
}
