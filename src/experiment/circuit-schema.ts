import { z } from "zod";
import { imperfectionNames } from "../circuit/read/imperfections.ts";
import { circuitSchema } from "../circuit/read/schema.ts";
import type { Mapping } from "../numerics/mappings.ts";
import { partly } from "../numerics/partial-schema.ts";

const imperfection = z.enum(imperfectionNames);

/** What is changed in a schematic, or with no base a whole one. */
const changes = z.strictObject({
  base: z
    .string()
    .min(1)
    .optional()
    .describe("The schematic that is changed, by name or path; without it all stands here."),
  without: z
    .union([imperfection, z.array(imperfection)])
    .optional()
    .describe("Imperfections that are left out, each with its exact zero."),
  ...(partly(circuitSchema) as z.ZodObject).shape,
}) as z.ZodType<CircuitChanges, CircuitChanges>;

/** Keys of a schematic as they are written, units and all; null takes one out of the base. */
export interface CircuitChanges extends Mapping {
  readonly base?: string;
  readonly without?: string | readonly string[];
}

/** A schematic by name or path, changed or not, or one written out. */
export const circuitAsked = z.union([z.string().min(1), changes]).transform(folded);

/** A base without changes is the base. */
function folded(asked: string | CircuitChanges): string | CircuitChanges {
  if (typeof asked === "string") return asked;
  const { without, ...rest } = asked;
  const given = without === undefined || without.length === 0 ? rest : asked;
  const { base, ...changes } = given;
  return base !== undefined && Object.keys(changes).length === 0 ? base : given;
}
