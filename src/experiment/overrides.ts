import type { z } from "zod";
import { InputError } from "../numerics/errors.ts";
import { below, child } from "../numerics/schema-keys.ts";
import { valueAt } from "../numerics/mappings.ts";
import { didYouMean } from "../numerics/suggest.ts";
import { readYaml } from "../numerics/yaml.ts";
import type { Path } from "../numerics/yaml-path.ts";
import { imperfectionsIn } from "../circuit/read/imperfections.ts";
import { circuitFirst, isBelowCircuit, withOpenCircuit } from "./circuit.ts";

/** A value that replaces one of the file; `option` is how the user wrote it, for messages. */
export interface Override {
  readonly option: string;
  readonly path: readonly string[];
  readonly value: unknown;
  /** Whether it joins a list rather than take its place. */
  readonly adds?: boolean;
}

/**
 * `learning.rates.0=0.2`: a path of keys and list indices, then a YAML value (number, text, list,
 * mapping).
 * @throws InputError that names the option.
 */
export function parseOverride(
  text: string,
  schema: z.core.$ZodType,
  option = `--set ${text}`,
): Override {
  const cut = text.indexOf("=");
  if (cut < 1)
    throw new InputError(`${option}: expected key=value, such as --set learning.beta=0.5`);
  const path = text.slice(0, cut).trim().split(".");
  let here = schema;
  for (const [depth, key] of path.entries()) {
    const next = child(here, key);
    if (!next) throw new InputError(`${option}: ${noSuchStep(here, path.slice(0, depth), key)}`);
    here = next;
  }
  return { option, path, value: parseValue(text.slice(cut + 1), option) };
}

/**
 * The tree with the overrides put in, later ones last; mappings on the way are made where missing.
 * @throws InputError when a path runs through a value that has no such place.
 */
export function applyOverrides(tree: unknown, overrides: readonly Override[]): unknown {
  return circuitFirst(overrides).reduce<unknown>((root, override) => {
    const { option, path } = override;
    const open = isBelowCircuit(override) ? withOpenCircuit(root) : root;
    return put(open, path, joined(open, override), option, []);
  }, tree);
}

/** What an override leaves at its path. */
export function joined(
  tree: unknown,
  { path, value, adds = false }: Pick<Override, "path" | "value" | "adds">,
): unknown {
  return adds ? [...new Set([valueAt(tree, path) ?? [], value].flat())] : value;
}

/**
 * `--without noise,mismatch`: leaves imperfections out of the circuit, besides those that the file
 * leaves out.
 */
export function withoutOverride(text: string): Override {
  return {
    option: `--without ${text}`,
    path: ["circuit", "without"],
    value: imperfectionsIn(text),
    adds: true,
  };
}

/** The last override that wrote the value at `path` or something that holds it. */
export function overrideOf(path: Path, overrides: readonly Override[]): Override | undefined {
  const names = path.map(String);
  const above = (o: Override) =>
    o.path.length <= names.length && o.path.every((key, i) => key === names[i]);
  return overrides.findLast(above);
}

function put(
  node: unknown,
  path: readonly string[],
  value: unknown,
  option: string,
  done: readonly string[],
): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  const inner = [...done, key];
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= node.length)
      throw new InputError(
        `${option}: ${done.join(".")} has ${node.length} entries, expected an index from 0 to ` +
          `${node.length - 1}`,
      );
    return node.with(index, put(node[index], rest, value, option, inner));
  }
  const isMapping = typeof node === "object" && node !== null;
  if (node !== undefined && node !== null && !isMapping)
    throw new InputError(
      `${option}: ${done.join(".")} is ${JSON.stringify(node)} in the file, so nothing below ` +
        "it can be set",
    );
  if (!isMapping && /^\d+$/.test(key))
    throw new InputError(
      `${option}: ${done.join(".")} is not given, so it has no entry ${key}; set the whole ` +
        `list, such as --set ${done.join(".")}=[0.1,0.05]`,
    );
  const mapping = (node ?? {}) as Record<string, unknown>;
  return { ...mapping, [key]: put(mapping[key], rest, value, option, inner) };
}

function parseValue(text: string, option: string): unknown {
  if (text.trim() === "") return null;
  try {
    return readYaml(text, "").value;
  } catch (error) {
    if (!(error instanceof InputError) || !error.place) throw error;
    const { line, column } = error.place;
    throw new InputError(`${option}: ${error.message.slice(`:${line}:${column}: `.length)}`);
  }
}

function noSuchStep(schema: z.core.$ZodType, path: readonly string[], key: string): string {
  const where = path.length > 0 ? path.join(".") : "an experiment";
  const allowed = below(schema);
  switch (allowed.kind) {
    case "mapping":
      return `unknown key "${key}" in ${where}; ${didYouMean(key, allowed.keys, "known keys")}`;
    case "list":
      return `${where} is a list, so "${key}" was expected to be an index, such as ${where}.0`;
    default:
      return `${where} is a single value, so nothing below it can be set`;
  }
}
