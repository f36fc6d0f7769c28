import { z } from "zod";

const positive = z.number().positive();
const ofState =
  "tolerance of the state in one step; 1e-3 unless given, 1e-6 of `active-set` and `odex`";
const tolerances = {
  rtol: positive.optional().describe(`Relative ${ofState}.`),
  atol: positive.optional().describe(`Absolute ${ofState}.`),
};
const step = positive
  .optional()
  .meta({ description: "The step; `settle.step` where it is left out.", unit: "τ" });
const first = positive.optional().meta({ description: "The first step.", unit: "τ" });
const explicit = {
  ...tolerances,
  cap: z
    .union([z.enum(["spectral", "none"]), positive])
    .optional()
    .meta({
      description: "Largest step: from the `spectral` radius of the Jacobian, a number, or `none`.",
      unit: "τ",
    }),
  step: positive
    .optional()
    .meta({ description: "A fixed step; adaptive where it is left out.", unit: "τ" }),
};
const named = <N extends string, S extends z.ZodRawShape>(name: N, shape: S) =>
  z.strictObject({ name: z.literal(name).describe("Which solver."), ...shape });

/** What moves a chip, with what can be set: lengths in τ, tolerances of the state. */
const described = z.discriminatedUnion("name", [
  named("euler", { step }),
  named("exponential-euler", { step }),
  named("linearly-implicit-euler", { step }),
  named("euler-maruyama", { step }),
  named("stochastic-heun", { step }),
  named("heun", explicit),
  named("bogacki-shampine", explicit),
  named("dormand-prince", explicit),
  named("energy-descent", { first }),
  named("pseudo-transient", { first }),
  named("active-set", tolerances),
  named("odex", tolerances),
  named("block-descent", {}),
  named("spectral-gradient", {}),
  named("fista", {}),
  named("newton-cg", {}),
  named("anderson", {
    memory: z
      .number()
      .int()
      .min(1)
      .max(20)
      .optional()
      .describe("How many earlier iterates it mixes; 5 unless given."),
  }),
]);

export const solverNames = described.options.map((o) => o.shape.name.value);

/**
 * A flow until the residual is below `at` or the time is over, then a minimiser: for networks with
 * several equilibria.
 */
const handOver = z.strictObject({
  name: z.literal("hand-over").describe("Which solver."),
  flow: z
    .union([z.enum(solverNames), described])
    .default("euler")
    .describe("The flow that goes first, by name or as a mapping."),
  minimiser: z
    .union([z.enum(solverNames), described])
    .default("block-descent")
    .describe("The minimiser that takes over, by name or as a mapping."),
  at: positive.optional().describe("Natural residual at which it takes over; 0.01 unless given."),
  within: positive
    .optional()
    .meta({ description: "Time after which it takes over anyway; 20 unless given.", unit: "τ" }),
});

/** A solver by its name, or a mapping with its name and settings. */
export const solver = z.union([z.enum([...solverNames, "hand-over"]), described, handOver]);

export type SolverDescription = z.output<typeof described>;
export type SolverSetting = z.output<typeof solver>;
