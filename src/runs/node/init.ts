import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { makeFolders } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { destinationFor } from "../../output/node/destination.ts";
import { packageFile, shippedNamed, takenBy, type ShippedKind } from "./shipped.ts";
import { whyNot } from "./text.ts";

/** The kinds of files that people write; `schemas/` has a JSON Schema of each. */
const kinds = ["experiment", "study", "schematic", "device"] as const;

const schemaFile = (kind: (typeof kinds)[number]) => packageFile("schemas", `${kind}.json`);

/**
 * The JSON Schema of a kind of file.
 * @throws InputError when there is no such kind.
 */
export function schemaText(kind: string): string {
  const found = kinds.find((k) => k === kind);
  if (found === undefined)
    throw new InputError(
      `schema: there is no kind of file ${JSON.stringify(kind)}; ` +
        didYouMean(kind, kinds, "known kinds"),
    );
  return readFileSync(schemaFile(found), "utf8");
}

/** What `init` wrote, and the command that takes it. */
interface Written {
  readonly path: string;
  readonly command: string;
}

/**
 * Writes the experiment or study `from` of this package as a file of one's own.
 * @throws InputError when something is there already, or cannot be written.
 */
export function initFile(path: string, from: string, overwrite = false): Written {
  if (!/\.ya?ml$/.test(path))
    throw new InputError(`init ${path}: expected the name of a YAML file, such as ${path}.yaml`);
  const { kind, text } = shippedNamed(from);
  const beside = [...text.matchAll(/\bcircuit: *([^\s,}]+\.ya?ml)/g)].map(([, file]) => file);
  if (beside.length > 0)
    throw new InputError(
      `init --from ${from}: it names schematics that lie beside it (${beside.join(", ")}), which ` +
        `a copy would lack; run it by its name, \`analog-eqprop ${takenBy[kind]} ${from}\``,
    );
  try {
    makeFolders(dirname(path));
  } catch (error) {
    throw new InputError(`init ${path}: ${whyNot(error)}; choose another place`);
  }
  destinationFor("init", path, overwrite).put(
    `${schemaLine(path, kind)}${withoutSchemaLine(text)}`,
  );
  return { path, command: `analog-eqprop ${takenBy[kind]} ${path}` };
}

const withoutSchemaLine = (text: string) => text.replace(/^# yaml-language-server: .*\n/, "");

/** What tells editors of the schema; nothing where the package does not lie beside the file. */
function schemaLine(path: string, kind: ShippedKind): string {
  const to = relative(dirname(resolve(path)), schemaFile(kind))
    .split(sep)
    .join("/");
  const local = /^(\.\.\/)*node_modules\//.test(to) && existsSync(schemaFile(kind));
  return local ? `# yaml-language-server: $schema=${to}\n` : "";
}
