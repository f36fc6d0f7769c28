import { z } from "zod";
import { optionsOf } from "../../numerics/schema-options.ts";
import type { UpdateLaw } from "./device.ts";

/** A number with a unit, or a bare number in the SI unit. */
const measured = z.union([z.string(), z.number()]);
const spread = z.number().min(0);

const pulses = {
  step: z.number().positive(),
  spread: spread.default(0),
  spreadLaw: z.enum(["normal", "lognormal"]).default("normal"),
  cycle: spread.default(0),
  cycleOf: z.enum(["change", "step"]).default("change"),
  upDown: z.number().default(0),
  upDownSpread: spread.default(0),
  writeNoise: spread.default(0),
};
const exponential = z.strictObject({ A: z.number(), gamma: z.number() });
const ramp = z.strictObject({
  a: z.number(),
  b: z.number(),
  least: z.number().min(0),
  most: z.number().min(0),
});

const updateLaws = {
  ideal: z.strictObject({ law: z.literal("ideal") }),
  constant: z.strictObject({ law: z.literal("constant"), ...pulses }),
  linear: z.strictObject({
    law: z.literal("linear"),
    ...pulses,
    gammaUp: z.number(),
    gammaDown: z.number(),
    gammaUpSpread: spread.default(0),
    gammaDownSpread: spread.default(0),
  }),
  "soft-bounds": z.strictObject({
    law: z.literal("soft-bounds"),
    ...pulses,
    reference: z.strictObject({ spread }).nullable().default(null),
  }),
  exponential: z.strictObject({
    law: z.literal("exponential"),
    ...pulses,
    up: exponential,
    down: exponential,
    a: z.number().default(1),
    b: z.number().default(0),
    cycleOffset: spread.default(0),
    cycleSlope: spread.default(0),
    reset: z.strictObject({ mean: z.number(), spread }).nullable().default(null),
  }),
} satisfies Record<UpdateLaw["law"], z.ZodType>;

/** A device as it is written: conductances and times may carry units. `deviceFrom` reads it. */
export const deviceSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w.-]*$/)
    .max(60),
  title: z.string().default(""),
  description: z.string().default(""),
  cites: z.array(z.string().min(1)).default([]),
  approximate: z.string().default(""),
  range: z.tuple([measured, measured]),
  sign: z.enum(["reference", "differential"]).default("reference"),
  /** Of a transconductor, which is no resistor. */
  oneWay: z.literal(true).optional(),
  /** Left out: nothing stops x. */
  bounds: z
    .strictObject({
      low: z.number().max(0),
      high: z.number().positive(),
      spreadLow: spread.default(0),
      spreadHigh: spread.default(0),
    })
    .optional(),
  update: z.discriminatedUnion("law", optionsOf(updateLaws)),
  programming: z
    .strictObject({ polynomial: z.array(measured).min(1).max(20), gmax: measured })
    .nullable()
    .default(null),
  states: z.int().min(2).nullable().default(null),
  stuck: z.number().min(0).max(1).default(0),
  stuckWithin: z.number().min(0).default(0),
  readNoise: spread.default(0),
  ageing: z
    .strictObject({
      drift: z
        .strictObject({ t0: measured, gmax: measured, mean: ramp, spread: ramp })
        .nullable()
        .default(null),
      flicker: z
        .strictObject({
          t0: measured,
          readTime: measured,
          gmax: measured,
          scale: spread,
          exponent: z.number(),
          most: spread,
        })
        .nullable()
        .default(null),
      relaxation: z
        .strictObject({ mean: measured, spreadSlope: measured, spread: measured })
        .nullable()
        .default(null),
      leak: z
        .strictObject({
          minibatches: z.number().positive(),
          spread,
          seconds: z.number().positive(),
        })
        .nullable()
        .default(null),
      temperature: z.number().default(0),
    })
    .nullable()
    .default(null),
  gainSpread: spread.default(0),
});

/** A device whose keys are right and whose units are not read yet. */
export type WrittenDevice = z.output<typeof deviceSchema>;
