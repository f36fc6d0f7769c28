import { isAlias, isMap, isNode, isScalar, isSeq, visit } from "yaml";
import type { Alias, Document, Node, Pair, YAMLMap } from "yaml";
import { InputError, type Place } from "./errors.ts";
import type { Path } from "./yaml-path.ts";

/** Says where an offset of the text stands. */
type At = (offset: number) => Place;

const maxRepeated = 10_000;
const mergeKey = "<<";

/** A mapping that begins with it is a drawer for anchors; nobody reads it. */
const isDrawer = (key: string) => key.startsWith("x-");

/**
 * The document as plain data, in time that grows with what it gives: aliases stand for what they
 * name, merge keys (`<<: *name`, `<<: [*a, *b]`) lend what a mapping does not say itself, and the
 * keys of the document that begin with `x-` are left out.
 * @throws InputError on aliases that name nothing, contain themselves or repeat too much, on keys
 *   that stand twice and on those that are reserved.
 */
export function plainData(doc: Document, at: At): unknown {
  const named = namedBy(doc, at);
  const open = new Set<Node>();
  let repeated = 0;

  const plain = (node: unknown, within: boolean): unknown => {
    if (within && ++repeated > maxRepeated)
      throw new InputError(
        `aliases (*name) repeat more than ${maxRepeated} values; write them out`,
        at(0),
      );
    if (isAlias(node)) return followed(node);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item) => plain(item, within));
    return isMap(node) ? mapping(node, within) : null;
  };
  const followed = (alias: Alias): unknown => {
    const target = named.get(alias)!;
    if (open.has(target))
      throw new InputError(
        `*${alias.source} stands inside the value that it names; write out what is meant`,
        at(startOf(alias)),
      );
    open.add(target);
    const value = plain(target, true);
    open.delete(target);
    return value;
  };
  const lent = (value: unknown): readonly unknown[] =>
    isSeq(value)
      ? value.items
      : isAlias(value) && isSeq(named.get(value))
        ? (named.get(value) as { items: unknown[] }).items
        : [value];
  const mapping = (node: YAMLMap, within: boolean): Record<string, unknown> => {
    const own = new Map<string, unknown>();
    const borrowed = new Map<string, unknown>();
    for (const pair of node.items) {
      const key = keyOf(pair, at);
      if (own.has(key) || (key === mergeKey && borrowed.size > 0))
        throw new InputError(
          `the key "${key}" is given twice in one mapping; keep one`,
          at(startOf(pair.key)),
        );
      if (key !== mergeKey) {
        if (node !== doc.contents || !isDrawer(key)) own.set(key, plain(pair.value, within));
        continue;
      }
      for (const source of lent(pair.value)) {
        const value = plain(source, true);
        if (typeof value !== "object" || value === null || Array.isArray(value))
          throw new InputError(
            "<< merges mappings, expected `<<: *name` of a mapping, or a list of such",
            at(startOf(pair.key)),
          );
        for (const [k, v] of Object.entries(value)) if (!borrowed.has(k)) borrowed.set(k, v);
      }
    }
    return Object.fromEntries([...[...borrowed].filter(([k]) => !own.has(k)), ...own]);
  };
  return plain(doc.contents, false);
}

/** What each alias stands for: the value that had its name last before it. */
function namedBy(doc: Document, at: At): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const found = new Map<Alias, Node>();
  visit(doc, {
    Node(_, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target === undefined)
        throw new InputError(
          `*${node.source} names no value; write \`&${node.source}\` before the value it ` +
            "stands for",
          at(startOf(node)),
        );
      found.set(node, target);
    },
  });
  return found;
}

function keyOf({ key }: Pair, at: At): string {
  const name = String(isScalar(key) ? key.value : key);
  if (name === "__proto__")
    throw new InputError('the key "__proto__" is reserved; use another name', at(startOf(key)));
  return name;
}

/** Where the key or the value at `path` begins; for what is missing, where its parent does. */
export function offsetOf(doc: Document, path: Path, part: "key" | "value"): number {
  let node: unknown = doc.contents;
  let offset = startOf(node);
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(doc);
    if (isMap(node)) {
      const pair = pairOf(doc, node, String(key));
      if (!pair) return offset;
      const wantsKey =
        depth === path.length - 1 ? part === "key" : !isNode(pair.value) || isMap(pair.value);
      offset = startOf(wantsKey || !isNode(pair.value) ? pair.key : pair.value);
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (!isNode(node)) return offset;
      offset = startOf(node);
    } else return offset;
  }
  return offset;
}

/** The pair of a key, in the mapping itself or in one that it merges. */
function pairOf(doc: Document, map: YAMLMap, key: string): Pair | undefined {
  const named = (name: string) =>
    map.items.find((p) => isScalar(p.key) && String(p.key.value) === name);
  const own = named(key);
  const merged = named(mergeKey)?.value;
  if (own ?? merged === undefined) return own;
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const target: unknown = isAlias(source) ? source.resolve(doc) : source;
    const found = isMap(target) ? pairOf(doc, target, key) : undefined;
    if (found) return found;
  }
  return undefined;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
