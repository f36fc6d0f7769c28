import { z } from "zod";
import { mostDies } from "./population.ts";

/** Which dies learn together, and whose weights they have. */
export const populationSchema = z.strictObject({
  dies: z
    .union([
      z.number().int().min(1).max(mostDies),
      z.string().regex(/^\s*\d{1,9}\s*(-\s*\d{1,9}\s*)?(,\s*\d{1,9}\s*(-\s*\d{1,9}\s*)?)*$/, {
        error: "expected dies such as 1-32, or 1, 4, 7-9",
      }),
      z.array(z.number().int().min(0)).min(1).max(mostDies),
    ])
    .describe(
      "The dies that learn in turn, minibatch k on die k mod n: how many, a range (`1-32`) or a " +
        "list. The first of them is `die`, which is measured on the way.",
    ),
  weights: z
    .enum(["shared", "own"])
    .default("shared")
    .describe(
      "`shared`: one set of registers that every die teaches; what is learned works on dies that " +
        "were never met. `own`: every die has its weights, and one copy learns from all.",
    ),
});
