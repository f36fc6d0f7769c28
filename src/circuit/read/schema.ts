import { z } from "zod";
import { keysOf } from "../../numerics/keys.ts";
import { optionsOf } from "../../numerics/schema-options.ts";
import type { NoiseKind } from "../circuit.ts";
import { deviceFlaws } from "../devices/flaws.ts";
import { type Clamp, diodeKinds, nudgeKinds, outputKinds, roundings } from "../elements.ts";

/** What a synapse is called: of resistors `crossbar`, else of transconductors by their coding. */
const synapseKinds = ["transconductor", "crossbar", "differential"] as const;
/** A number with a unit; a bare number where it is zero or has no unit. */
const measured = z.union([z.string(), z.number()]);
const bits = z.number().int().min(1).max(32);
const named = <N extends string>(law: N) => z.literal(law).describe("Which law.");

const clampLaws = {
  linear: z.strictObject({
    law: named("linear"),
    conductance: measured.meta({ description: "G of I = G·max(0, V).", unit: "S" }),
  }),
  diode: z.strictObject({
    law: named("diode"),
    saturation: measured.meta({
      description: "I_s of I = I_s (exp(V / (n kT/q)) − 1).",
      unit: "A",
    }),
    ideality: measured.default(1).describe("n, the ideality factor."),
  }),
  custom: z.strictObject({
    law: named("custom"),
    current: z.string().meta({
      description:
        "The current as an expression in `V`, the voltage across the element; every other name " +
        "in it is a parameter. It may not fall anywhere.",
      unit: "A",
    }),
    parameters: z
      .record(z.string(), measured)
      .default({})
      .describe("The parameters of the expression, each with its own unit."),
  }),
} satisfies Record<Exclude<Clamp, "ideal">["law"], z.ZodType>;
const clamp = z.union([z.enum(["ideal"]), z.discriminatedUnion("law", optionsOf(clampLaws))]);

const tie = {
  spread: measured.default("0 %").meta({
    description: "Spread of the conductance from unit to unit, lognormal, once a die.",
    unit: "%",
  }),
  offset: measured.default("0 V").meta({
    description: "Standard deviation of the voltage it leads to, once a die.",
    unit: "V",
  }),
};
const converter = {
  bits: bits.optional().describe("Resolution: 2^bits levels; no steps where it is left out."),
  low: measured.optional().meta({
    description: "Low end of its range; the low rail unless given.",
    unit: "V",
  }),
  high: measured.optional().meta({
    description: "High end of its range; the high rail unless given.",
    unit: "V",
  }),
};

const rails = z.strictObject({
  low: measured.meta({ description: "Voltage of state 0.", unit: "V" }),
  high: measured.meta({ description: "Voltage of state 1.", unit: "V" }),
});

const neuron = z.strictObject({
  capacitance: measured.meta({ description: "C, the membrane capacitance.", unit: "F" }),
  leak: measured.meta({
    description: "G_L, a conductance, or the resistance it is the reciprocal of; τ = C / G_L.",
    unit: "S or Ohm",
  }),
  clamp: clamp
    .default("ideal")
    .describe("What holds a node at the rails: `ideal`, or a mapping with a law."),
  saturation: measured.default("none").meta({
    description: "Linear range of the transconductors, G_m V_l tanh(ΔV / V_l), or `none`.",
    unit: "V",
  }),
});

const synapse = z.strictObject({
  kind: z
    .enum(synapseKinds)
    .default("transconductor")
    .describe(
      "`transconductor`, of either sign; `differential`, the difference of two; `crossbar`, " +
        "resistors between the nodes.",
    ),
  device: z
    .union([z.string().min(1).max(1000), z.record(z.string(), z.unknown())])
    .optional()
    .describe(
      "The device that holds the weight: a name, the path of a device file from here, or the " +
        "mapping that stands in one; without it a weight is a number.",
    ),
  without: z
    .array(z.enum(keysOf(deviceFlaws)))
    .optional()
    .describe("Which flaws of the device are left out."),
  span: measured.optional().describe("The weight of its x = 1, or of the largest register."),
  memory: z
    .enum(["registers", "devices"])
    .default("registers")
    .describe(
      "What keeps a weight: digital `registers` that program the synapse, or the `devices`, " +
        "which take each update by their own law.",
    ),
  bits: bits
    .optional()
    .describe("What a register stores, its sign among them but in a crossbar; else exact."),
  rounding: z
    .enum(roundings)
    .optional()
    .describe(
      "How a change becomes numbers that are stored: the `nearest`, or by `chance` one of the " +
        "two about it; `nearest` unless written.",
    ),
  accumulate: z
    .union([z.boolean(), bits.min(2)])
    .optional()
    .describe(
      "A digital accumulator at each weight, of so many bits (`true`: exact), gives devices " +
        "whole pulses and registers whole steps (mixed precision).",
    ),
  dac: bits
    .optional()
    .describe("Bits of the DAC between a register and its synapse, counted as `bits`; else exact."),
  conductance: z
    .strictObject({
      low: measured.default("0 S").meta({ description: "The least it conducts.", unit: "S" }),
      high: measured.meta({ description: "The most it conducts.", unit: "S" }),
    })
    .optional()
    .describe("Of a crossbar: what its resistors can be programmed to."),
});

const diodes = z.strictObject({
  hidden: z
    .enum(diodeKinds)
    .default("rails")
    .describe("At hidden nodes: at both `rails`, `rectifying` (half the nodes each), or `none`."),
  output: z.enum(diodeKinds).default("rails").describe("At output nodes, likewise."),
});

const input = z.strictObject({
  gain: measured.default(1).describe("Voltage of an input of 1, over the swing."),
  complementary: z
    .boolean()
    .default(false)
    .describe("Whether the mirror image of every input stands beside it."),
});

const converters = z.strictObject({
  input: z.strictObject(converter).optional().describe("DAC of the inputs."),
  guess: z
    .strictObject({ bits: converter.bits })
    .optional()
    .describe("DAC of the copy's guess, from rail to rail."),
  readout: z
    .strictObject({
      ...converter,
      noise: measured
        .default("0 V")
        .meta({ description: "Standard deviation of one reading.", unit: "V" }),
    })
    .optional()
    .describe("ADC that reads the neurons."),
});

const hold = z.strictObject({
  capacitance: measured.meta({ description: "C_s; a sample has the noise kT/C_s.", unit: "F" }),
  leakage: measured.default("0 A").meta({ description: "Current it droops by.", unit: "A" }),
  time: measured.default("0 s").meta({ description: "From sampling to reading.", unit: "s" }),
});

const readout = z.strictObject({
  average: measured.meta({
    description: "The window, which begins when a phase has settled: in seconds, or as `8 tau`.",
    unit: "s or tau",
  }),
  leak: measured.default("0 %").meta({
    description: "Share of its charge that an integrator loses during the window.",
    unit: "%",
  }),
  droop: measured
    .default("0 V")
    .meta({ description: "What it loses until it is converted.", unit: "V" }),
});

const mismatch = z.strictObject({
  capacitance: measured
    .default("0 %")
    .meta({ description: "Spread of C from neuron to neuron, lognormal.", unit: "%" }),
  leak: measured
    .default("0 %")
    .meta({ description: "Spread of G_L from neuron to neuron, lognormal.", unit: "%" }),
  offset: measured.default("0 V").meta({
    description: "Standard deviation of a neuron's input-referred offset.",
    unit: "V",
  }),
  synapse: measured
    .default("0 %")
    .meta({ description: "σ of a synapse's gain 1 + σξ.", unit: "%" }),
  reciprocal: z
    .boolean()
    .default(true)
    .describe(
      "Whether both directions of a synapse share one gain; with `false` no energy exists.",
    ),
  gain: measured
    .default("0 %")
    .meta({ description: "Spread of a neuron's output gain, lognormal.", unit: "%" }),
  rail: measured.default("0 V").meta({
    description: "Standard deviation of where a neuron's rails lie, each apart.",
    unit: "V",
  }),
});

const noise = z.strictObject({
  thermal: measured
    .default(0)
    .describe("Thermal noise of the leak, of a crossbar of all resistors, over 4 k T G."),
  excess: measured
    .optional()
    .describe("Noise factor γ of the transconductors, 4 k T γ |G_m|: 2/3 for a long channel."),
  shot: measured.optional().describe("Shot noise over 2 q |I|."),
  flicker: z
    .strictObject({
      corner: measured.meta({
        description: "Where it is as strong as all the white noise.",
        unit: "Hz",
      }),
    })
    .optional()
    .describe("1/f noise of a neuron's current."),
  telegraph: z
    .strictObject({
      depth: measured.meta({
        description: "δ: a synapse conducts G or G (1 − δ).",
        unit: "%",
      }),
      rate: measured.meta({ description: "How often it switches, each way.", unit: "Hz" }),
    })
    .optional()
    .describe("Telegraph noise of a synapse."),
  read: measured.optional().meta({
    description: "σ of a synapse from one presentation to the next; the device's unless given.",
    unit: "%",
  }),
} satisfies Record<NoiseKind, z.ZodType>);

/** A schematic as it is written: every quantity still text. `parseCircuit` reads the units. */
export const circuitSchema = z.strictObject({
  name: z.string().min(1).max(100).describe("What the schematic is called."),
  description: z.string().default("").describe("A sentence for lists and reports."),
  cites: z
    .array(z.string().min(1))
    .default([])
    .describe("Sources of the values, as BibTeX entries."),
  temperature: measured
    .default("300 K")
    .meta({ description: "Temperature of the chip; it sets its thermal noises.", unit: "K" }),
  rails: rails.describe("The voltages between which a state moves."),
  neuron: neuron.describe("What a neuron is made of."),
  synapse: synapse.optional().describe("What a synapse is made of; ideal where it is left out."),
  diodes: diodes.optional().describe("Of a crossbar: which nodes are held at which rail."),
  input: input.optional().describe("Of a crossbar: the voltage sources of the inputs."),
  amplifier: z
    .strictObject({
      gain: measured.describe("Voltage gain upwards; 1/gain of the current comes back."),
    })
    .optional()
    .describe("Of a crossbar: bidirectional amplifiers at hidden nodes."),
  outputs: z
    .enum(outputKinds)
    .optional()
    .describe(
      "`single`, a node a class; `differential`, class k is nodes k and k + classes of the last " +
        "layer.",
    ),
  nudge: z
    .strictObject({
      ...tie,
      kind: z
        .enum(nudgeKinds)
        .optional()
        .describe("A `conductance` of 2βG_L to the target, or a `current` set by the output."),
    })
    .optional()
    .describe("What pulls the outputs to their targets."),
  link: z.strictObject(tie).optional().describe("Conductances λG_L to the copy's guess."),
  converters: converters.optional().describe("Where voltages become numbers and back."),
  readout: readout
    .optional()
    .describe("Integrators that read each node's mean over a window, not its voltage."),
  hold: hold.optional().describe("Sample-and-hold of the free state."),
  mismatch: mismatch.prefault({}).describe("What differs from part to part, drawn once a die."),
  noise: noise.prefault({}).describe("What moves at every instant."),
});

/** A schematic whose keys are right and whose units are not read yet. */
export type WrittenCircuit = z.output<typeof circuitSchema>;
