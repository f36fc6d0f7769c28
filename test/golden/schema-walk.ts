// What files may say, read off the schemas themselves: every key, and every choice of a key.
import { z } from "zod";
import { circuitSchema, experimentSchema } from "../../src/schema.ts";

/** As much of JSON Schema as zod writes of ours. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
}

const schemas = {
  circuit: z.toJSONSchema(circuitSchema, { io: "input", unrepresentable: "any" }) as Node,
  experiment: z.toJSONSchema(experimentSchema, { io: "input", unrepresentable: "any" }) as Node,
};

/** `mismatch.rail`, `nudge.kind = current`, `mismatch.reciprocal = false`, …, each once. */
export function sayings(of: keyof typeof schemas): readonly string[] {
  return [...new Set(below(schemas[of], ""))];
}

function below(node: Node, path: string): readonly string[] {
  const { properties = {}, items, anyOf = [], oneOf = [], type } = node;
  const values = node.enum ?? (node.const === undefined ? [] : [node.const]);
  return [
    ...(type === "boolean" ? [`${path} = true`, `${path} = false`] : []),
    ...values.map((value) => `${path} = ${String(value)}`),
    ...[...anyOf, ...oneOf, ...(items ? [items] : [])].flatMap((part) => below(part, path)),
    ...Object.entries(properties).flatMap(([key, part]) => {
      const full = path === "" ? key : `${path}.${key}`;
      return [full, ...below(part, full)];
    }),
  ];
}

/** What a file says, in the same words. */
export function said(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((part) => said(part, path));
  if (typeof value !== "object" || value === null) return [`${path} = ${String(value)}`];
  return Object.entries(value).flatMap(([key, part]) => {
    const full = path === "" ? key : `${path}.${key}`;
    return part === undefined ? [] : [full, ...said(part, full)];
  });
}

/** The values that a key may have by name. */
export function choices(of: keyof typeof schemas, key: string): readonly string[] {
  const prefix = `${key} = `;
  return sayings(of)
    .filter((s) => s.startsWith(prefix))
    .map((s) => s.slice(prefix.length));
}
