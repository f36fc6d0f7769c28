import { z } from "zod";

/** A number with a unit, or a bare number in the SI unit. */
const measured = z.union([z.string(), z.number()]);

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
    clamp: z.enum(["ideal"]).default("ideal"),
  }),
  mismatch: z.strictObject({
    capacitance: measured.default("0 %"),
    leak: measured.default("0 %"),
    offset: measured.default("0 V"),
    synapse: measured.default("0 %"),
    reciprocal: z.boolean().default(true),
    gain: measured.default("0 %"),
    rail: measured.default("0 V"),
  }).prefault({}),
  noise: z.strictObject({
    /** A plain number: a multiple of the physical noise. */
    thermal: measured.default(0),
  }).prefault({}),
});
