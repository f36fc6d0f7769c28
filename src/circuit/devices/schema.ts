import { z } from "zod";
import { optionsOf } from "../../numerics/schema-options.ts";
import type { UpdateLaw } from "./device.ts";

/** A number with a unit, or a bare number in the SI unit. */
const measured = z.union([z.string(), z.number()]);
const spread = z.number().min(0);
const named = <N extends string>(law: N) => z.literal(law).describe("Which law.");

const pulses = {
  step: z.number().positive().describe("Mean |Δx| of a pulse where the law's shape is 1."),
  spread: spread.default(0).describe("σ of the step from device to device."),
  spreadLaw: z
    .enum(["normal", "lognormal"])
    .default("normal")
    .describe("How the step is spread: 1 + σξ or e^σξ."),
  cycle: spread.default(0).describe("σ of one pulse, over what `cycleOf` says."),
  cycleOf: z
    .enum(["change", "step"])
    .default("change")
    .describe("What `cycle` is relative to: the pulse's own Δx, or the device's step."),
  upDown: z
    .number()
    .default(0)
    .describe("How much weaker one side's pulses are: up where it is negative, else down."),
  upDownSpread: spread.default(0).describe("σ of that from device to device."),
  writeNoise: spread
    .default(0)
    .describe("What is seen is x + writeNoise·step·ξ, ξ new at each programming."),
};
const exponential = z.strictObject({
  A: z.number().describe("A of the shape 1 − A e^γz."),
  gamma: z.number().describe("γ of that shape."),
});
const ramp = z.strictObject({
  a: z.number().describe("Slope a of a·ln(g/gmax) + b."),
  b: z.number().describe("Its value b at gmax."),
  least: z.number().min(0).describe("Not below it."),
  most: z.number().min(0).describe("Not above it."),
});
const reset = z.strictObject({
  mean: z.number().describe("Mean x after a reset."),
  spread: spread.describe("σ of it, once a device."),
});

const updateLaws = {
  ideal: z.strictObject({ law: named("ideal") }),
  constant: z.strictObject({ law: named("constant"), ...pulses }),
  linear: z.strictObject({
    law: named("linear"),
    ...pulses,
    gammaUp: z.number().describe("γ upwards of the shape 1 − γ x/bound."),
    gammaDown: z.number().describe("γ downwards."),
    gammaUpSpread: spread.default(0).describe("σ of γ upwards from device to device."),
    gammaDownSpread: spread.default(0).describe("σ of γ downwards from device to device."),
  }),
  "soft-bounds": z.strictObject({
    law: named("soft-bounds"),
    ...pulses,
    reference: z
      .strictObject({ spread: spread.describe("σ by which the symmetry point is missed.") })
      .nullable()
      .default(null)
      .describe("Count x from the device's symmetry point."),
  }),
  exponential: z.strictObject({
    law: named("exponential"),
    ...pulses,
    up: exponential.describe("Its shape upwards."),
    down: exponential.describe("Its shape downwards."),
    a: z.number().default(1).describe("a of z = 2ax/(high − low) + b."),
    b: z.number().default(0).describe("b of that."),
    cycleOffset: spread.default(0).describe("Noise of a pulse that does not depend on it."),
    cycleSlope: spread.default(0).describe("Noise of a pulse that grows with |x|."),
    reset: reset.nullable().default(null).describe("Where a reset leaves x."),
  }),
} satisfies Record<UpdateLaw["law"], z.ZodType>;

const gmax = measured.meta({ description: "The conductance g is compared with.", unit: "S" });
const t0 = measured.meta({ description: "t₀, when ageing is counted from.", unit: "s" });

const bounds = z.strictObject({
  low: z.number().max(0).describe("Lowest x."),
  high: z.number().positive().describe("Highest x."),
  spreadLow: spread.default(0).describe("σ of the low bound from device to device."),
  spreadHigh: spread.default(0).describe("σ of the high bound from device to device."),
});

const programming = z.strictObject({
  polynomial: z
    .array(measured)
    .min(1)
    .max(20)
    .meta({ description: "cₖ of σ(g) = Σ cₖ (g/gmax)ᵏ.", unit: "S" }),
  gmax,
});

const drift = z.strictObject({
  t0,
  gmax,
  mean: ramp.describe("Mean of ν, of g."),
  spread: ramp.describe("σ of ν, of g."),
});

const flicker = z.strictObject({
  t0,
  readTime: measured.meta({ description: "How long a reading takes.", unit: "s" }),
  gmax,
  scale: spread.describe("Q at gmax."),
  exponent: z.number().describe("How Q falls with g/gmax."),
  most: spread.describe("Q at most."),
});

const relaxation = z.strictObject({
  mean: measured.meta({ description: "Mean change for each e-fold of time.", unit: "S" }),
  spreadSlope: measured.meta({
    description: "σ of the change for each e-fold of time.",
    unit: "S",
  }),
  spread: measured.meta({ description: "σ of the change after a second.", unit: "S" }),
});

const leak = z.strictObject({
  minibatches: z.number().positive().meta({
    description: "How many minibatches take x to 1/e.",
    unit: "minibatches",
  }),
  spread: spread.describe("σ of that from device to device."),
  seconds: z
    .number()
    .positive()
    .meta({ description: "The time constant at 300 K, halved by every 10 K more.", unit: "s" }),
});

const ageing = z.strictObject({
  drift: drift.nullable().default(null).describe("Structural drift, g (t/t₀)^−ν."),
  flicker: flicker.nullable().default(null).describe("1/f noise that has accumulated."),
  relaxation: relaxation.nullable().default(null).describe("Relaxation after write-verify."),
  leak: leak.nullable().default(null).describe("Loss of charge."),
  temperature: z.number().default(0).describe("k of g(T) = g(300 K)·(T/300 K)^−k."),
});

/** A device as it is written: conductances and times may carry units. `deviceFrom` reads it. */
export const deviceSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][\w.-]*$/)
    .max(60)
    .describe("What schematics call it."),
  title: z.string().default("").describe("What lists call it."),
  description: z.string().default("").describe("What it is, in a sentence."),
  cites: z
    .array(z.string().min(1))
    .default([])
    .describe("Sources of the values, as BibTeX entries."),
  approximate: z
    .string()
    .default("")
    .describe("Which values are not from those sources, and how good they are."),
  range: z
    .tuple([measured, measured])
    .meta({ description: "What it conducts at the low and the high end of x.", unit: "S" }),
  sign: z
    .enum(["reference", "differential"])
    .default("reference")
    .describe(
      "How a weight gets its sign: a fixed `reference`, or a second device (`differential`).",
    ),
  oneWay: z
    .literal(true)
    .optional()
    .describe("It drives one node by the voltage of another, and is no resistor."),
  bounds: bounds.optional().describe("Where x stops; nothing stops it where they are left out."),
  update: z
    .discriminatedUnion("law", optionsOf(updateLaws))
    .describe("How far one pulse moves it."),
  programming: programming
    .nullable()
    .default(null)
    .describe("Write-verify: what is left of the error."),
  states: z
    .int()
    .min(2)
    .nullable()
    .default(null)
    .describe("Distinct levels between the bounds, ends included; `null` is continuous."),
  stuck: z.number().min(0).max(1).default(0).describe("Probability that a device never moves."),
  stuckWithin: z.number().min(0).default(0).describe("A stuck device sits at a random |x| ≤ it."),
  readNoise: spread.default(0).describe("σ of one reading, over the conductance."),
  ageing: ageing.nullable().default(null).describe("What time and temperature do to it."),
  gainSpread: spread.default(0).describe("σ of a device's gain 1 + σξ, once a die."),
});

/** A device whose keys are right and whose units are not read yet. */
export type WrittenDevice = z.output<typeof deviceSchema>;
