import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Parser,
  visit,
} from "yaml";
import type { CST, Document, Node, Pair, YAMLError } from "yaml";
import type { z } from "zod";
import { InputError } from "./errors.ts";
import type { Place } from "./errors.ts";
import { describeIssue } from "./yaml-issues.ts";
import type { Path } from "./yaml-path.ts";

/** A YAML text as plain data that remembers where each value was written. */
export interface YamlTree {
  readonly value: unknown;
  /** Where the key or the value at `path` stands; for what is missing, where its parent stands. */
  place(path: Path, part: "key" | "value"): Place;
}

/** Who wrote a value: a place in a file, or a command-line option such as `--set seed=x`. */
export type Author = Place | string;

const maxDepth = 64;
const maxAliases = 100;
const maxListed = 12;

/**
 * Checks plain data against a schema; `author` says who is to blame for what stands at a path.
 * @throws InputError that lists everything wrong, one a line, as `file:line:column: key: found …,
 *   expected …`.
 */
export function checkTree<S extends z.ZodType>(
  value: unknown,
  schema: S,
  author: (path: Path, part: "key" | "value") => Author,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const complaints = result.error.issues.flatMap((issue) => describeIssue(issue, value, schema));
  throw complain(
    complaints.map(({ path, part, message }) => ({ author: author(path, part), message })),
  );
}

/**
 * Reads a YAML 1.2 text without checking its meaning.
 * @throws InputError on syntax errors, duplicate keys, unknown tags, too deep nesting and alias
 *   bombs.
 */
export function readYaml(text: string, file: string): YamlTree {
  const lines = new LineCounter();
  refuseDeep(text, file);
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...doc.errors, ...doc.warnings];
  if (faults.length > 0)
    throw complain(
      distinct(faults).map((e) => ({ author: at(e.pos[0]), message: syntaxMessage(e, text) })),
    );
  if (doc.contents === null)
    throw new InputError("the file is empty; expected `key: value` lines", at(0));
  refuseTricks(doc, at);
  return { value: plainData(doc, at), place: (path, part) => at(offsetOf(doc, path, part)) };
}

function complain(all: readonly { author: Author; message: string }[]): InputError {
  const listed = all.slice(0, maxListed);
  const [first] = listed;
  const place = typeof first.author === "string" ? undefined : first.author;
  const text = listed.map(({ author, message }, i) =>
    typeof author === "string"
      ? `${author}: ${message}`
      : i === 0
        ? message
        : new InputError(message, author).message,
  );
  if (all.length > maxListed) text.push(`… and ${all.length - maxListed} more`);
  return new InputError(text.join("\n"), place);
}

// The reader recurses once per level, so the depth is limited before it starts.
function refuseDeep(text: string, file: string): void {
  const open: { token: CST.Token; depth: number }[] = [];
  for (const token of new Parser().parse(text)) open.push({ token, depth: 0 });
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > maxDepth) {
      const before = text.slice(0, token.offset).split("\n");
      throw new InputError(`nested more than ${maxDepth} levels deep; flatten it`, {
        file,
        line: before.length,
        column: before[before.length - 1].length + 1,
      });
    }
    if (token.type === "document" && token.value) open.push({ token: token.value, depth });
    if ("items" in token)
      for (const item of token.items)
        for (const inner of [item.key, item.value])
          if (inner) open.push({ token: inner, depth: depth + 1 });
  }
}

function refuseTricks(doc: Document, at: (offset: number) => Place): void {
  visit(doc, {
    Alias(_, node) {
      if (!node.resolve(doc))
        throw new InputError(
          `*${node.source} names no value; write \`&${node.source}\` before the value it ` +
            "stands for",
          at(node.range?.[0] ?? 0),
        );
    },
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === "__proto__")
        throw new InputError(
          'the key "__proto__" is reserved; use another name',
          at(startOf(pair.key)),
        );
    },
  });
}

function plainData(doc: Document, at: (offset: number) => Place): unknown {
  try {
    return doc.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError)
      throw new InputError(
        `aliases (*name) repeat more than ${maxAliases} values; write them out`,
        at(0),
      );
    throw error;
  }
}

function offsetOf(doc: Document, path: Path, part: "key" | "value"): number {
  let node: unknown = doc.contents;
  let offset = startOf(node);
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(doc);
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (p) => isScalar(p.key) && String(p.key.value) === String(key),
      );
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

function startOf(node: unknown): number {
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}

// One slip makes the reader stumble several times; the first stumble of a line is the one to fix.
function distinct(faults: readonly YAMLError[]): readonly YAMLError[] {
  const [first, ...rest] = [...faults].sort((a, b) => a.pos[0] - b.pos[0]);
  return [first, ...rest.filter((e) => e.code === "DUPLICATE_KEY")];
}

function syntaxMessage(error: YAMLError, text: string): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "a tab is used as indentation; YAML wants spaces";
    case "DUPLICATE_KEY":
      return (
        `the key "${/^[^:\n]*/.exec(text.slice(error.pos[0]))?.[0].trim() ?? ""}" is given ` +
        "twice in one mapping; keep one"
      );
    case "BAD_INDENT":
      return `bad indentation: ${lower(error.message)}`;
    case "MULTIPLE_DOCS":
      return "the file holds several YAML documents (---); expected one";
    case "TAG_RESOLVE_FAILED":
      return `${lower(error.message)}; tags (!name) have no meaning here, remove it`;
    case "NON_STRING_KEY":
      return "a key must be plain text";
    default:
      return `not valid YAML: ${lower(error.message)}`;
  }
}

const lower = (s: string) => s.charAt(0).toLowerCase() + s.slice(1);
