import { z } from "zod";

const positive = z.number().positive();
const step = positive.optional();
const tolerances = { rtol: positive.optional(), atol: positive.optional() };
/** Largest step: from the spectral radius of the Jacobian, in units of τ, or none. */
const cap = z.union([z.enum(["spectral", "none"]), positive]).optional();
/** Adaptive, unless a step is given. */
const explicit = { ...tolerances, cap, step };
const named = <N extends string, S extends z.ZodRawShape>(name: N, shape: S) =>
  z.strictObject({ name: z.literal(name), ...shape });

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
  named("energy-descent", { first: step }),
  named("pseudo-transient", { first: step }),
  named("active-set", tolerances),
  named("odex", tolerances),
  named("block-descent", {}),
  named("spectral-gradient", {}),
  named("fista", {}),
  named("newton-cg", {}),
  named("anderson", { memory: z.number().int().min(1).max(20).optional() }),
]);

export const solverNames = described.options.map((o) => o.shape.name.value);

/**
 * A flow until the residual is below `at` or the time is over, then a minimiser: for networks with
 * several equilibria.
 */
const handOver = z.strictObject({
  name: z.literal("hand-over"),
  flow: z.union([z.enum(solverNames), described]).default("euler"),
  minimiser: z.union([z.enum(solverNames), described]).default("block-descent"),
  at: positive.optional(),
  within: positive.optional(),
});

/** A solver by its name, or a mapping with its name and settings. */
export const solver = z.union([z.enum([...solverNames, "hand-over"]), described, handOver]);

export type SolverDescription = z.output<typeof described>;
export type SolverSetting = z.output<typeof solver>;
