import { z } from "zod";

const count = z.number().int().min(1);
const positive = z.number().positive();

/** Which digits, and how many of them. */
const data = z.strictObject({
  /** `digits` is built in; the others are read from IDX files. */
  set: z.enum(["digits", "mnist", "fashion-mnist", "kmnist"]).default("digits"),
  /** Use only the first so many images. */
  train: count.optional(),
  test: count.optional(),
});

/** Layers of the network, and the blocks between them when they are not a plain chain. */
const network = z.strictObject({
  layers: z.array(count).min(2),
  blocks: z.array(z.strictObject({
    from: z.number().int().min(0),
    to: z.number().int().min(1),
    /** Fraction of the synapses that exist, drawn once from the seed. */
    density: z.number().gt(0).max(1).default(1),
  })).min(1).optional(),
});

/**
 * How the chip settles: projected Euler, ε in units of τ; T⁻ free and T⁺ nudged steps. With a tolerance,
 * a sample whose natural residual is within it takes no more free steps.
 */
const settle = z.strictObject({
  solver: z.enum(["euler"]).default("euler"),
  step: positive.default(0.5),
  free: z.strictObject({ steps: count, tolerance: positive.optional() }).prefault({ steps: 20 }),
  nudged: z.strictObject({ steps: count }).prefault({ steps: 4 }),
});

/** The learning rule: Algorithm 1, or plain equilibrium propagation (start at zero, no copy). */
const learning = z.strictObject({
  rule: z.enum(["initialized", "plain"]).default("initialized"),
  beta: positive.default(0.5),
  /** Sign of β, minibatch by minibatch; `centred` runs both signs and takes half the difference. */
  sign: z.enum(["random", "positive", "negative", "centred"]).default("random"),
  /** Pull of the states to the copy's guess (eq. 10); ignored without a copy. */
  lambda: z.number().min(0).default(0.1),
  /** η, one per layer above the input. */
  rates: z.array(z.number().min(0)).min(1),
  copy: z.strictObject({
    /** What the copy learns to guess: the free (s⁻) or the nudged (s⁺) equilibrium. */
    target: z.enum(["free", "nudged"]).default("free"),
    /** ρ(u), ρ(u) + 0.01 u, or the logistic sigmoid. */
    activation: z.enum(["hard", "leaky", "sigmoid"]).default("leaky"),
    /** Gradient of eq. 7–9: its local part only, or all of it (the only backpropagation here). */
    loss: z.enum(["local", "global"]).default("local"),
  }).prefault({}),
});

const train = z.strictObject({
  epochs: positive.default(1),
  batch: count.default(20),
  /** Epochs between evaluations. */
  every: positive.default(1),
});

/** An experiment file: everything a training run depends on. */
export const experimentSchema = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().optional(),
  /** A schematic of `circuits/` by name, or the path of one. */
  circuit: z.string().default("ideal"),
  /** Which die of that circuit is fabricated. */
  die: z.number().int().min(0).default(1),
  data: data.prefault({}),
  network,
  settle: settle.prefault({}),
  learning,
  train: train.prefault({}),
  seed: z.number().int().min(0).default(1),
  precision: z.enum(["f32", "f64"]).default("f32"),
}).superRefine((e, ctx) => {
  const layers = e.network.layers.length - 1;
  if (e.learning.rates.length !== layers)
    ctx.addIssue({ code: "custom", path: ["learning", "rates"], message: `${e.learning.rates.length} rate(s) given, expected ${layers}: one per layer above the input` });
});

export type Experiment = z.output<typeof experimentSchema>;
