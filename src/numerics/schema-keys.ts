import type { z } from "zod";

type Schema = z.core.$ZodType;

/**
 * What a schema allows one step below it: the keys of a mapping, the elements of a list, nothing
 * below a scalar. Defaults, optionals and refinements are looked through.
 */
type Below =
  | { readonly kind: "mapping"; readonly keys: readonly string[] }
  | { readonly kind: "record" }
  | { readonly kind: "list" }
  | { readonly kind: "scalar" };

/** What `schema` allows below itself. */
export function below(schema: Schema): Below {
  const { def } = (unwrap(schema) as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return { kind: "mapping", keys: Object.keys(def.shape) };
    case "record":
      return { kind: "record" };
    case "array":
    case "tuple":
      return { kind: "list" };
    case "union": {
      const all = def.options.map(below);
      const keys = [...new Set(all.flatMap((b) => (b.kind === "mapping" ? b.keys : [])))];
      return all.some((b) => b.kind === "mapping") ? { kind: "mapping", keys } : all[0];
    }
    default:
      return { kind: "scalar" };
  }
}

/** The schema `key` steps to, or undefined where it allows no such step. */
export function child(schema: Schema, key: string): Schema | undefined {
  const { def } = (unwrap(schema) as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "object":
      return Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
    case "record":
      return def.valueType;
    case "array":
      return /^\d+$/.test(key) ? def.element : undefined;
    case "union":
      return def.options.map((o) => child(o, key)).find((s) => s !== undefined);
    default:
      return undefined;
  }
}

function unwrap(schema: Schema): Schema {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return unwrap(def.innerType);
    case "pipe":
      return unwrap(def.in);
    default:
      return schema;
  }
}

/** The schema at a path, or undefined where there is none. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  return path.reduce<Schema | undefined>((here, key) => here && child(here, String(key)), schema);
}

/** `a whole number ≥ 1`, or undefined for what is no number. */
export function numberKind(schema: Schema | undefined): string | undefined {
  const inner = schema && (unwrap(schema) as z.core.$ZodTypes);
  if (inner?._zod.def.type !== "number") return undefined;
  const checks = (inner._zod.def.checks ?? []).map(
    (check) => (check as z.core.$ZodChecks)._zod.def,
  );
  const whole = "format" in inner._zod.def || checks.some((c) => c.check === "number_format");
  const bounds = checks.flatMap((c) =>
    c.check === "greater_than"
      ? [`${c.inclusive ? "≥" : ">"} ${String(c.value)}`]
      : c.check === "less_than"
        ? [`${c.inclusive ? "≤" : "<"} ${String(c.value)}`]
        : [],
  );
  return `a ${whole ? "whole " : ""}number${bounds.length > 0 ? ` ${bounds.join(" and ")}` : ""}`;
}
