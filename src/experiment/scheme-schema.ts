import { z } from "zod";
import { usualSchemes, type Scheme } from "../circuit/nudging.ts";
import { keysOf } from "../numerics/keys.ts";
import { optionsOf } from "../numerics/schema-options.ts";

const even = (least: number, most: number) =>
  z
    .number()
    .int()
    .min(least)
    .max(most)
    .refine((n) => n % 2 === 0, "expected an even number");
const named = <N extends Scheme["kind"], S extends z.ZodRawShape>(kind: N, shape: S) =>
  z.strictObject({ kind: z.literal(kind).describe("Which scheme."), ...shape });

const described = {
  "one-sided": named("one-sided", {}),
  centred: named("centred", {}),
  points: named("points", {
    points: even(2, 64)
      .default(usualSchemes.points.points)
      .describe("Nudges, from +β to −β at Chebyshev's points."),
    order: even(2, 64)
      .optional()
      .describe(
        "The power of β of the bias; as many as `points` unless given. Less is less noise.",
      ),
  }).refine(
    ({ points, order }) => order === undefined || order <= points,
    "found an order above the number of points; expected at most that",
  ),
  "lock-in": named("lock-in", {
    samples: even(4, 256).default(usualSchemes["lock-in"].samples).describe("Readings a period."),
    periods: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(usualSchemes["lock-in"].periods)
      .describe("How many periods are demodulated."),
  }),
} satisfies Record<Scheme["kind"], z.ZodType>;

/** A scheme by its name, with its usual settings, or a mapping. */
export const scheme = z.union([
  z.enum(keysOf(usualSchemes)),
  z.discriminatedUnion("kind", optionsOf(described)),
]);

/** What `learning.scheme` says. */
export type SchemeSetting = z.output<typeof scheme>;
