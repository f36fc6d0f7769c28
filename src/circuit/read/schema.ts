import { z } from "zod";
import { suggest } from "../../numerics/suggest.ts";
import { optionsOf } from "../../numerics/schema-options.ts";
import type { NoiseKind } from "../circuit.ts";
import { type Clamp, diodeKinds, nudgeKinds, outputKinds } from "../elements.ts";

/** What a synapse is called: of resistors `crossbar`, else of transconductors by their coding. */
const synapseKinds = ["transconductor", "crossbar", "differential"] as const;
/** A number with a unit, or a bare number in the SI unit where no other is thought of. */
const measured = z.union([z.string(), z.number()]);
const bits = z.number().int().min(1).max(32);

const clampLaws = {
  linear: z.strictObject({ law: z.literal("linear"), conductance: measured }),
  diode: z.strictObject({
    law: z.literal("diode"),
    saturation: measured,
    ideality: measured.default(1),
  }),
  /**
   * `current` is a law in V, the voltage across the element; every other name in it is a parameter.
   */
  custom: z.strictObject({
    law: z.literal("custom"),
    current: z.string(),
    parameters: z.record(z.string(), measured).default({}),
  }),
} satisfies Record<Exclude<Clamp, "ideal">["law"], z.ZodType>;
const clamp = z.union([
  z.enum(["ideal"]),
  z.discriminatedUnion("law", optionsOf(clampLaws), {
    error: ({ input }) =>
      oneOf(Object.keys(clampLaws), (input as { readonly law?: unknown } | undefined)?.law),
  }),
]);

function oneOf(names: readonly string[], found: unknown): string {
  const guess = typeof found === "string" ? suggest(found, names) : undefined;
  return `one of ${names.join(", ")}${guess === undefined ? "" : `; did you mean "${guess}"?`}`;
}

const tie = z.strictObject({ spread: measured.default("0 %"), offset: measured.default("0 V") });
const converter = { bits: bits.optional(), low: measured.optional(), high: measured.optional() };

/** A schematic as it is written: every quantity still text. `parseCircuit` reads the units. */
export const circuitSchema = z.strictObject({
  name: z.string().min(1).max(100),
  description: z.string().default(""),
  /** BibTeX entries. */
  cites: z.array(z.string().min(1)).default([]),
  temperature: measured.default("300 K"),
  rails: z.strictObject({ low: measured, high: measured }),
  neuron: z.strictObject({
    capacitance: measured,
    /** A conductance, or the resistance it is the reciprocal of. */
    leak: measured,
    clamp: clamp.default("ideal"),
    /** The transconductors' linear range, or `none`. */
    saturation: measured.default("none"),
  }),
  synapse: z
    .strictObject({
      kind: z.enum(synapseKinds).default("transconductor"),
      device: z.string().min(1).max(100).optional(),
      span: measured.optional(),
      memory: z.enum(["registers", "devices"]).default("registers"),
      bits: bits.optional(),
      accumulate: z.boolean().optional(),
      /** Of a crossbar: what its resistors can be programmed to. */
      conductance: z.strictObject({ low: measured.default("0 S"), high: measured }).optional(),
    })
    .optional(),
  diodes: z
    .strictObject({
      hidden: z.enum(diodeKinds).default("rails"),
      output: z.enum(diodeKinds).default("rails"),
    })
    .optional(),
  input: z
    .strictObject({ gain: measured.default(1), complementary: z.boolean().default(false) })
    .optional(),
  amplifier: z.strictObject({ gain: measured }).optional(),
  /** `differential`: of class k nodes k and k + classes of the last layer. */
  outputs: z.enum(outputKinds).optional(),
  nudge: tie.extend({ kind: z.enum(nudgeKinds).optional() }).optional(),
  link: tie.optional(),
  converters: z
    .strictObject({
      input: z.strictObject(converter).optional(),
      guess: z.strictObject({ bits: bits.optional() }).optional(),
      readout: z.strictObject({ ...converter, noise: measured.default("0 V") }).optional(),
    })
    .optional(),
  hold: z
    .strictObject({
      capacitance: measured,
      leakage: measured.default("0 A"),
      time: measured.default("0 s"),
    })
    .optional(),
  mismatch: z
    .strictObject({
      capacitance: measured.default("0 %"),
      leak: measured.default("0 %"),
      offset: measured.default("0 V"),
      synapse: measured.default("0 %"),
      reciprocal: z.boolean().default(true),
      gain: measured.default("0 %"),
      rail: measured.default("0 V"),
    })
    .prefault({}),
  noise: z
    .strictObject({
      /** Plain numbers: multiples of the physical noise, and the factor γ. */
      thermal: measured.default(0),
      excess: measured.optional(),
      shot: measured.optional(),
      flicker: z.strictObject({ corner: measured }).optional(),
      telegraph: z.strictObject({ depth: measured, rate: measured }).optional(),
      read: measured.optional(),
    } satisfies Record<NoiseKind, z.ZodType>)
    .prefault({}),
});

/** A schematic whose keys are right and whose units are not read yet. */
export type WrittenCircuit = z.output<typeof circuitSchema>;
