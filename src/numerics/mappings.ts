/** Plain data under keys, as YAML has it. */
export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The mapping with a value in it, and mappings made on the way; undefined takes the key out. */
export function withValue(tree: Mapping, path: readonly string[], value: unknown): Mapping {
  const [key, ...rest] = path;
  const below = Object.hasOwn(tree, key) ? tree[key] : undefined;
  if (rest.length === 0) {
    return value === undefined
      ? Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key))
      : { ...tree, [key]: value };
  }
  if (value === undefined && !isMapping(below)) return tree;
  return { ...tree, [key]: withValue(isMapping(below) ? below : {}, rest, value) };
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let here = tree;
  for (const key of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[key];
  }
  return here;
}

/**
 * `changes` over `tree`: mappings are merged, whatever else stands there is replaced, and null
 * takes a key out.
 */
export function merged(tree: Mapping, changes: Mapping): Mapping {
  let out = tree;
  for (const [key, change] of Object.entries(changes)) {
    const below = Object.hasOwn(out, key) ? out[key] : undefined;
    if (change === null) out = withValue(out, [key], undefined);
    else if (isMapping(change))
      out = { ...out, [key]: merged(isMapping(below) ? below : {}, change) };
    else out = { ...out, [key]: change };
  }
  return out;
}
