import type { z } from "zod";
import { valueAt } from "./mappings.ts";
import { schemaAt, below, numberKind } from "./schema-keys.ts";
import { didYouMean, suggest } from "./suggest.ts";
import type { Path } from "./yaml-path.ts";

type Issue = z.core.$ZodIssue;

/** What is wrong, and with which key or value. */
interface Complaint {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly message: string;
}

/** One zod issue in our words: `learning.beta: found the text "abc", expected a number`. */
export function describeIssue(
  issue: Issue,
  root: unknown,
  schema: z.core.$ZodType,
): readonly Complaint[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey(issue.path, key, schema));
  const found = valueAt(root, issue.path);
  if (issue.code === "custom")
    return [{ path: issue.path, part: "value", message: prefixed(issue.path, issue.message) }];
  if (found === undefined) {
    const parent = valueAt(root, issue.path.slice(0, -1));
    const part = typeof parent === "object" && parent !== null ? "key" : "value";
    return [
      {
        path: issue.path,
        part,
        message: prefixed(issue.path, `missing; expected ${expected(issue, schema)}`),
      },
    ];
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const deeper = issue.errors.find((branch) =>
      branch.every((i) => i.path.length > 0 || i.code === "unrecognized_keys"),
    );
    if (deeper)
      return deeper.flatMap((i) =>
        describeIssue({ ...i, path: [...issue.path, ...i.path] }, root, schema),
      );
  }
  return [
    {
      path: issue.path,
      part: "value",
      message: prefixed(
        issue.path,
        `found ${show(found)}, expected ${expected(issue, schema, found)}${hint(found)}`,
      ),
    },
  ];
}

/** `learning.rates.0`, as `--set` writes it. */
function pathName(path: Path): string {
  return path.map(String).join(".");
}

/** A value as a message shows it, shortened. */
function show(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "a mapping" : `${value as number | boolean}`;
}

function unknownKey(path: Path, key: string, schema: z.core.$ZodType): Complaint {
  const here = schemaAt(schema, path);
  const allowed = here && below(here);
  const keys = allowed?.kind === "mapping" ? allowed.keys : [];
  const where = path.length > 0 ? ` in ${pathName(path)}` : "";
  return {
    path: [...path, key],
    part: "key",
    message: `unknown key ${JSON.stringify(key)}${where}; ${didYouMean(key, keys, "known keys")}`,
  };
}

function expected(issue: Issue, schema: z.core.$ZodType, found?: unknown): string {
  const number = numberKind(schemaAt(schema, issue.path));
  if (number !== undefined) return number;
  switch (issue.code) {
    case "invalid_type":
      return kinds[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values.map(String), found);
    case "too_small":
      return bound(issue.origin, issue.inclusive === false ? ">" : "≥", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive === false ? "<" : "≤", issue.maximum);
    case "invalid_union": {
      if ("options" in issue && issue.options) return oneOf(issue.options.map(String), found);
      const ways = issue.errors.flatMap((branch) =>
        branch.filter((i) => i.path.length === 0).map((i) => expected(i, schema, found)),
      );
      return ways.length > 0 ? [...new Set(ways)].join(" or ") : issue.message;
    }
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.pattern
        ? `text that matches ${issue.pattern}`
        : `text in the format ${issue.format}`;
    default:
      return issue.message;
  }
}

function oneOf(names: readonly string[], found: unknown): string {
  const guess = typeof found === "string" && names.length > 1 ? suggest(found, names) : undefined;
  const known = names.length === 1 ? names[0] : `one of ${names.join(", ")}`;
  return guess === undefined ? known : `${known}; did you mean "${guess}"?`;
}

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a mapping (`key: value` lines)",
  record: "a mapping (`key: value` lines)",
  array: "a list, such as [1, 2]",
  tuple: "a list, such as [1, 2]",
  null: "nothing",
};

function bound(origin: string, sign: string, limit: number | bigint): string {
  switch (origin) {
    case "number":
    case "int":
      return `a number ${sign} ${limit}`;
    case "string":
      return `text of length ${sign} ${limit}`;
    default:
      return `a number of entries ${sign} ${limit}`;
  }
}

const prefixed = (path: Path, message: string) =>
  path.length > 0 ? `${pathName(path)}: ${message}` : message;

// YAML 1.2 reads these as text, which surprises people.
function hint(found: unknown): string {
  if (typeof found !== "string") return "";
  if (/^[-+]?\d[\d_]*(\.\d+)?$/.test(found) && found.includes("_"))
    return `; YAML 1.2 reads underscores as text: write ${found.replaceAll("_", "")}`;
  if (/^[-+]?\d[\d,]*(\.\d+)?$/.test(found) && found.includes(","))
    return "; write numbers without commas, with a point for decimals";
  if (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(found)) return "; remove the quotes to make it a number";
  if (/^(yes|no|on|off)$/i.test(found)) return "; YAML 1.2 knows only true and false";
  return "";
}
