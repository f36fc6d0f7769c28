import { blame, InputError, type Author } from "../numerics/errors.ts";
import { isMapping } from "../numerics/mappings.ts";
import type { YamlTree } from "../numerics/yaml.ts";
import type { Path } from "../numerics/yaml-path.ts";
import { circuitFirst, isBelowCircuit, withOpenCircuit } from "../experiment/circuit.ts";
import { joined, parseOverride, type Override } from "../experiment/overrides.ts";
import type { z } from "zod";

/** A value that one part of a study puts over those of another, and who wrote it. */
export interface Patch {
  readonly path: readonly string[];
  readonly value: unknown;
  /** Whether it joins a list rather than take its place. */
  readonly adds?: boolean;
  /** Who wrote what stands at `rest` below the value. */
  author(rest: Path, part: "key" | "value"): Author;
}

/**
 * The leaves of a nested mapping as patches: mappings are merged, lists and scalars replace. Keys
 * may be dotted: `{ train.epochs: 2 }` is `{ train: { epochs: 2 } }`.
 * @param at where the mapping stands in the file.
 */
export function patchesOf(
  mapping: Readonly<Record<string, unknown>>,
  tree: YamlTree,
  at: Path,
): readonly Patch[] {
  return Object.entries(mapping).flatMap(([key, value]) => {
    const here = [...at, key];
    const steps = key.split(".");
    if (isMapping(value) && Object.keys(value).length > 0)
      return patchesOf(value, tree, here).map((inner) => ({
        ...inner,
        path: [...steps, ...inner.path],
      }));
    return [{ path: steps, value, author: (rest, part) => tree.place([...here, ...rest], part) }];
  });
}

/** A value from the command line. */
export function optionPatch({ option, ...rest }: Override): Patch {
  return { ...rest, author: () => option };
}

/**
 * The tree with the patches put over it, later ones last; a mapping takes the place of a scalar.
 */
export function patched(tree: unknown, patches: readonly Patch[]): unknown {
  return circuitFirst(patches).reduce<unknown>((root, patch) => {
    const open = isBelowCircuit(patch) ? withOpenCircuit(root) : root;
    return put(open, patch.path, { ...patch, value: joined(open, patch) });
  }, tree);
}

function put(node: unknown, path: readonly string[], patch: Patch): unknown {
  if (path.length === 0) return patch.value;
  const [key, ...rest] = path;
  if (Array.isArray(node)) {
    const index = Number(key);
    if (!(index in node)) {
      const list = patch.path.slice(0, patch.path.length - path.length).join(".");
      throw blame(
        patch.author([], "key"),
        `${patch.path.join(".")}: ${list} has ${node.length} entries, expected an index from ` +
          `0 to ${node.length - 1}`,
      );
    }
    return node.with(index, put(node[index], rest, patch));
  }
  const mapping = isMapping(node) ? node : {};
  return { ...mapping, [key]: put(mapping[key], rest, patch) };
}

/** Who wrote what stands at a path of a patched tree: the last patch there, or `base`. */
export function authorUnder(
  patches: readonly Patch[],
  base: (path: Path, part: "key" | "value") => Author,
): (path: Path, part: "key" | "value") => Author {
  const ordered = circuitFirst(patches);
  return (path, part) => {
    const names = path.map(String);
    const last = ordered.findLast(
      (p) => p.path.length <= names.length && p.path.every((key, i) => key === names[i]),
    );
    return last ? last.author(path.slice(last.path.length), part) : base(path, part);
  };
}

/**
 * That the schema has a place for each patch.
 * @throws InputError with the nearest name.
 */
export function checkPaths(patches: readonly Patch[], schema: z.ZodType): void {
  for (const { path, author } of patches) checkPath(path.join("."), schema, author([], "key"));
}

/** That the schema has a place for a dotted key. */
export function checkPath(key: string, schema: z.ZodType, author: Author): void {
  try {
    parseOverride(`${key}=`, schema, key);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw blame(author, error.message);
  }
}
