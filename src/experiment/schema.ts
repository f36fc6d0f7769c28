import { populationFault } from "./population.ts";
import { populationSchema } from "./population-schema.ts";
import { z } from "zod";
import { activations } from "../numerics/activation.ts";
import { keysOf } from "../numerics/keys.ts";
import { circuitAsked } from "./circuit-schema.ts";
import { dataSchema } from "./data-schema.ts";
import { guessIsLearned, rules, settles } from "./rules.ts";
import { signs } from "./nudging.ts";
import { scheme } from "./scheme-schema.ts";
import { solver } from "./solver-schema.ts";

const count = z.number().int().min(1);
const positive = z.number().positive();
/** Residuals below it are rounding in single precision. */
const finest = 1e-6;

const block = z.strictObject({
  from: z.number().int().min(0).describe("Layer it comes from; 0 is the input."),
  to: z
    .number()
    .int()
    .min(1)
    .describe("Layer it leads to; the same as `from` for synapses within a layer."),
  density: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("Fraction of the synapses that exist, drawn once from the seed."),
});

const network = z.strictObject({
  layers: z
    .array(count)
    .min(2)
    .meta({ description: "Sizes of the layers, from the input to the outputs.", unit: "units" }),
  blocks: z
    .array(block)
    .min(1)
    .optional()
    .describe("Which layers synapses join, when they are not a plain chain."),
  asymmetric: z
    .boolean()
    .optional()
    .describe(
      "Each direction of a synapse between two layers above the input has a weight of its own, " +
        "and no energy exists (Scellier et al. 2018).",
    ),
  feedforward: z
    .boolean()
    .optional()
    .describe(
      "Only synapses that lead up exist, as in a perceptron: where the chip settles is what the " +
        "layers compute one after another. A nudge reaches the outputs alone, so that only the " +
        "synapses of the last layer learn.",
    ),
});

/** What a network whose synapses lead one way cannot have, and by which of its settings. */
function oneWayFault({
  asymmetric,
  feedforward,
  blocks,
}: z.output<typeof network>): readonly ["asymmetric" | "feedforward", string] | null {
  const lateral = blocks?.find((b) => b.from === b.to);
  if (feedforward && asymmetric)
    return [
      "feedforward",
      "found true with asymmetric: true, whose synapses lead down too; leave one of them out",
    ];
  const way = feedforward ? "feedforward" : "asymmetric";
  if (!lateral || !(feedforward ?? asymmetric)) return null;
  return [
    way,
    `found true with the lateral block ${lateral.from}-${lateral.to}, which is mutual ` +
      "here; leave one of them out",
  ];
}

const phase = z
  .strictObject({
    steps: count
      .optional()
      .describe("It ends after so many steps (T⁻ or T⁺); with a tolerance, at the latest then."),
    tolerance: z
      .union([positive, z.literal("auto")])
      .optional()
      .describe(
        "It ends, sample by sample, within this natural residual; `auto` follows the nudging so " +
          "that `settle.error` holds. Alone, the steps are limited generously.",
      ),
    solver: solver
      .optional()
      .describe("What moves the chip in this phase, instead of `settle.solver`."),
  })
  .refine(
    (p) => p.steps !== undefined || p.tolerance !== undefined,
    "found neither steps nor a tolerance; give one of them, or both",
  );

const settle = z.strictObject({
  solver: solver
    .default("euler")
    .describe(
      "What moves the chip: a solver by its name, or a mapping with its name and settings.",
    ),
  step: positive
    .default(0.5)
    .meta({ description: "ε, the step of solvers that have a fixed one.", unit: "τ" }),
  free: phase.prefault({ steps: 20 }).describe("When the free phase ends."),
  nudged: phase.prefault({ steps: 4 }).describe("When the nudged phase ends."),
  error: positive.max(50).default(0.5).meta({
    description: "`tolerance: auto` keeps the error of the learning gradient below it.",
    unit: "%",
  }),
});

const annealing = z
  .strictObject({
    from: positive.describe("λ of the first minibatch."),
    to: positive.describe("λ at the end, and from then on."),
    epochs: positive.meta({ description: "How long the way takes.", unit: "epochs" }),
  })
  .describe("In equal ratios, minibatch by minibatch.");

const copy = z.strictObject({
  target: z
    .enum(["free", "nudged", "energy"])
    .default("free")
    .describe(
      "What the copy learns to guess: the free (s⁻) or the nudged (s⁺) equilibrium; or it " +
        "descends the chip's `energy` at its guess.",
    ),
  activation: z
    .enum(keysOf(activations))
    .default("leaky")
    .describe(
      "ρ(u) (`hard`), ρ(u) + 0.01 u (`leaky`), the logistic `sigmoid`, or 1 above ½ and " +
        "otherwise 0 (`step`, whose outputs stay leaky).",
    ),
  loss: z
    .enum(["local", "global"])
    .default("local")
    .describe(
      "Gradient of eq. 7–9: its local part only, or all of it (the only backpropagation here).",
    ),
  rates: z
    .array(z.number().min(0))
    .min(1)
    .optional()
    .describe("η of the copy alone, one per layer, where the chip's do not suit it."),
});

const learning = z.strictObject({
  rule: z
    .enum(keysOf(rules))
    .default("initialized")
    .describe(
      "Algorithm 1 (`initialized`), or what it is compared with: no copy, from zero (`plain`) or " +
        "from where each image ended last (`persistent`); a copy with the chip's own weights " +
        "(`tied`); the copy alone, taught the labels (`backpropagation`).",
    ),
  beta: positive.default(0.5).describe("β, the strength of the nudge towards the label."),
  scheme: scheme
    .default("one-sided")
    .describe(
      "How the nudge moves, and what of its readings learning takes: the free state and one " +
        "nudge (`one-sided`), both signs (`centred`), several strengths (`points`), or a slow " +
        "oscillation that is demodulated (`lock-in`); by its name or as a mapping.",
    ),
  sign: z
    .enum(keysOf(signs))
    .default("random")
    .describe("Sign of β of one-sided nudging, minibatch by minibatch."),
  lambda: z
    .union([z.number().min(0), annealing])
    .default(0.1)
    .describe(
      "λ, the pull of the states to the copy's guess (eq. 10); ignored without a copy. A " +
        "mapping anneals it.",
    ),
  rates: z
    .array(z.number().min(0))
    .min(1)
    .describe("η, the learning rates, one per layer above the input."),
  copy: copy.prefault({}).describe("How the digital copy learns."),
});

const train = z.strictObject({
  epochs: positive
    .default(1)
    .meta({ description: "How long it learns; parts of an epoch count.", unit: "epochs" }),
  batch: count.default(20).meta({ description: "Images a minibatch.", unit: "images" }),
  every: positive
    .default(1)
    .meta({ description: "How far evaluations are apart.", unit: "epochs" }),
  patience: z
    .union([count, z.literal("none")])
    .optional()
    .meta({
      description:
        "For how long the training error may be no better than chance before a run counts as " +
        "diverged, 5000 unless given; with none nothing but NaN and infinities stops it. It " +
        "changes no number, and may be another one when a run goes on.",
      unit: "minibatches",
    }),
});

/** An experiment file: everything a training run depends on. */
export const experimentSchema = z
  .strictObject({
    name: z.string().min(1).max(200).describe("What run folders and reports are called."),
    description: z.string().optional().describe("A sentence for the report."),
    circuit: circuitAsked
      .default("ideal")
      .describe(
        "A schematic of the package by name, the path of one, or a mapping: `base` with changes " +
          "below it, or all of it.",
      ),
    die: z.number().int().min(0).default(1).describe("Which die of that circuit is fabricated."),
    population: populationSchema
      .optional()
      .describe("Several dies that learn in turn, and one copy that learns from all."),
    data: dataSchema.prefault({}).describe("What is learned: a named set, or data of your own."),
    network: network.describe("The layers, and what joins them."),
    settle: settle.prefault({}).describe("How the chip settles, and for how long."),
    learning: learning.describe("How chip and copy learn."),
    train: train.prefault({}).describe("How long they learn."),
    seed: z
      .number()
      .int()
      .min(0)
      .default(1)
      .describe("Of initial weights, order of the images, nudging and noise; not of the die."),
    precision: z
      .enum(["f32", "f64"])
      .default("f32")
      .describe("Of every number of the simulation: single or double."),
  })
  .superRefine((e, ctx) => {
    const [path, message] = populationFault(e, e.learning.rule) ?? [];
    if (path !== undefined) ctx.addIssue({ code: "custom", path, message });
  })
  .superRefine((e, ctx) => {
    const layers = e.network.layers.length - 1;
    const complain = (path: string[], message: string) => {
      ctx.addIssue({ code: "custom", path, message });
    };
    if (e.learning.rates.length !== layers)
      complain(
        ["learning", "rates"],
        `${e.learning.rates.length} rate(s) given, expected ${layers}: one per layer above ` +
          "the input",
      );
    const {
      rule,
      copy: { target, activation, loss },
    } = e.learning;
    if (!activations[activation].smooth && (loss === "global" || !settles(rule)))
      complain(
        ["learning", "copy", "activation"],
        `found ${activation}, which has no derivative, with ` +
          `${settles(rule) ? `loss: ${loss}` : `rule: ${rule}`}, which ` +
          "needs one; choose loss: local, or another activation",
      );
    if (
      (e.network.asymmetric ?? e.network.feedforward) &&
      target === "energy" &&
      guessIsLearned(rule)
    )
      complain(
        ["learning", "copy", "target"],
        `found energy with network.${e.network.asymmetric ? "asymmetric" : "feedforward"}: true, ` +
          "whose chip has none; expected free or nudged",
      );
    const [way, fault] = oneWayFault(e.network) ?? [];
    if (way !== undefined) complain(["network", way], fault!);
    if (e.learning.copy.rates && e.learning.copy.rates.length !== layers)
      complain(
        ["learning", "copy", "rates"],
        `${e.learning.copy.rates.length} rate(s) given, expected ${layers}: one per layer ` +
          "above the input",
      );
    for (const phase of ["free", "nudged"] as const) {
      const { tolerance } = e.settle[phase];
      if (e.precision === "f32" && typeof tolerance === "number" && tolerance < finest)
        complain(
          ["settle", phase, "tolerance"],
          `found ${tolerance}, expected at least ${finest} in single precision, which cannot ` +
            "tell smaller residuals from rounding; set precision: f64",
        );
    }
  });

/**
 * An experiment file as read: every setting with its default, as `experimentSchema` says. Times are
 * in τ, learning rates and conductances in units of the leak.
 */
export type Experiment = z.output<typeof experimentSchema>;
