import { LineCounter, parseDocument, Parser } from "yaml";
import type { CST, YAMLError } from "yaml";
import type { z } from "zod";
import { InputError, type Author, type Place } from "./errors.ts";
import { offsetOf, plainData } from "./yaml-data.ts";
import { describeIssue } from "./yaml-issues.ts";
import type { Path } from "./yaml-path.ts";

/** A YAML text as plain data that remembers where each value was written. */
export interface YamlTree {
  readonly value: unknown;
  /** Where the key or the value at `path` stands; for what is missing, where its parent stands. */
  place(path: Path, part: "key" | "value"): Place;
}

const maxDepth = 64;
const maxLength = 500_000;
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
  const listed = complaints
    .slice(0, maxListed)
    .map(({ path, part, message }) => ({ author: author(path, part), message }));
  throw complain(listed, complaints.length - listed.length);
}

/**
 * Reads a YAML 1.2 text without checking its meaning. Merge keys work, and keys of the document
 * that begin with `x-` are free for notes and anchors.
 * @throws InputError on syntax errors, duplicate keys, unknown tags, too deep nesting, alias bombs
 *   and texts longer than half a million characters.
 */
export function readYaml(text: string, file: string): YamlTree {
  if (text.length > maxLength)
    throw new InputError(
      `${file}: the text has ${text.length} characters, expected at most ${maxLength}; this is ` +
        "no settings file",
    );
  const lines = new LineCounter();
  refuseDeep(text, file);
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // It compares every key with every other; what reads the document looks each one up.
    uniqueKeys: false,
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...doc.errors, ...doc.warnings];
  if (faults.length > 0) {
    // One slip makes the reader stumble several times; the first stumble is the one to fix.
    const first = faults.reduce((a, b) => (b.pos[0] < a.pos[0] ? b : a));
    throw new InputError(syntaxMessage(first), at(first.pos[0]));
  }
  if (doc.contents === null)
    throw new InputError("the file is empty; expected `key: value` lines", at(0));
  return { value: plainData(doc, at), place: (path, part) => at(offsetOf(doc, path, part)) };
}

function complain(
  listed: readonly { author: Author; message: string }[],
  more: number,
): InputError {
  const [first] = listed;
  const place = typeof first.author === "string" ? undefined : first.author;
  const text = listed.map(({ author, message }, i) =>
    typeof author === "string"
      ? `${author}: ${message}`
      : i === 0
        ? message
        : new InputError(message, author).message,
  );
  if (more > 0) text.push(`… and ${more} more`);
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

function syntaxMessage(error: YAMLError): string {
  switch (error.code) {
    case "TAB_AS_INDENT":
      return "a tab is used as indentation; YAML wants spaces";
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
