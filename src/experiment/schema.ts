import { z } from "zod";
import { dataSets, usualSets } from "../data/catalogue.ts";
import { activations } from "../numerics/activation.ts";
import { keysOf } from "../numerics/keys.ts";
import { guessIsLearned, rules, settles } from "./rules.ts";
import { signs } from "./signs.ts";
import { solver } from "./solver-schema.ts";

const count = z.number().int().min(1);
const positive = z.number().positive();
/** Residuals below it are rounding in single precision. */
const finest = 1e-6;

/** Which digits, and how many of them. */
const data = z.strictObject({
  /** `digits` is built in; the others are read from IDX files. */
  set: z.enum(keysOf(dataSets)).default(usualSets.builtIn),
  /** Use only the first so many images. */
  train: count.optional(),
  test: count.optional(),
});

/** Layers of the network, and the blocks between them when they are not a plain chain. */
const network = z.strictObject({
  layers: z.array(count).min(2),
  blocks: z
    .array(
      z.strictObject({
        from: z.number().int().min(0),
        to: z.number().int().min(1),
        /** Fraction of the synapses that exist, drawn once from the seed. */
        density: z.number().gt(0).max(1).default(1),
      }),
    )
    .min(1)
    .optional(),
  /**
   * Each direction of a synapse between two layers above the input has a weight of its own, and no
   * energy exists (Scellier et al. 2018).
   */
  asymmetric: z.boolean().optional(),
});

/**
 * When a phase ends: after so many steps (T⁻ or T⁺), or, sample by sample, within a natural
 * residual; `auto` follows the nudging so that `settle.error` holds. With a tolerance alone the
 * steps are limited generously.
 */
const phase = z
  .strictObject({
    steps: count.optional(),
    tolerance: z.union([positive, z.literal("auto")]).optional(),
    /** Instead of `settle.solver`, in this phase. */
    solver: solver.optional(),
  })
  .refine(
    (p) => p.steps !== undefined || p.tolerance !== undefined,
    "found neither steps nor a tolerance; give one of them, or both",
  );

/**
 * How the chip settles: what moves it (the paper's projected Euler unless told otherwise), and for
 * how long.
 */
const settle = z.strictObject({
  solver: solver.default("euler"),
  /** ε, the step of solvers with a fixed one, in units of τ. */
  step: positive.default(0.5),
  free: phase.prefault({ steps: 20 }),
  nudged: phase.prefault({ steps: 4 }),
  /** Percent: `tolerance: auto` keeps the error of the learning gradient below it. */
  error: positive.max(50).default(0.5),
});

/**
 * λ from one value to another in equal ratios, minibatch by minibatch, over the first so many
 * epochs.
 */
const annealing = z.strictObject({ from: positive, to: positive, epochs: positive });

/** How networks learn. */
const learning = z.strictObject({
  /** Algorithm 1 (`initialized`), or what it is compared with: see `rules`. */
  rule: z.enum(keysOf(rules)).default("initialized"),
  beta: positive.default(0.5),
  /** Sign of β, minibatch by minibatch; `centred` runs both signs and takes half the difference. */
  sign: z.enum(keysOf(signs)).default("random"),
  /** Pull of the states to the copy's guess (eq. 10); ignored without a copy. */
  lambda: z.union([z.number().min(0), annealing]).default(0.1),
  /** η, one per layer above the input. */
  rates: z.array(z.number().min(0)).min(1),
  copy: z
    .strictObject({
      /**
       * What the copy learns to guess: the free (s⁻) or the nudged (s⁺) equilibrium; or it descends
       * the chip's energy at its guess.
       */
      target: z.enum(["free", "nudged", "energy"]).default("free"),
      /**
       * ρ(u), ρ(u) + 0.01 u, the logistic sigmoid, or 1 above ½ and otherwise 0 (the outputs stay
       * ρ(u) + 0.01 u).
       */
      activation: z.enum(keysOf(activations)).default("leaky"),
      /** Gradient of eq. 7–9: its local part only, or all of it (the only backpropagation here). */
      loss: z.enum(["local", "global"]).default("local"),
      /** η of the copy alone, where the chip's do not suit it. */
      rates: z.array(z.number().min(0)).min(1).optional(),
    })
    .prefault({}),
});

const train = z.strictObject({
  epochs: positive.default(1),
  batch: count.default(20),
  /** Epochs between evaluations. */
  every: positive.default(1),
});

/** An experiment file: everything a training run depends on. */
export const experimentSchema = z
  .strictObject({
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
    const lateral = e.network.blocks?.find((b) => b.from === b.to);
    if (!activations[activation].smooth && (loss === "global" || !settles(rule)))
      complain(
        ["learning", "copy", "activation"],
        `found ${activation}, which has no derivative, with ` +
          `${settles(rule) ? `loss: ${loss}` : `rule: ${rule}`}, which ` +
          "needs one; choose loss: local, or another activation",
      );
    if (e.network.asymmetric && target === "energy" && guessIsLearned(rule))
      complain(
        ["learning", "copy", "target"],
        "found energy with network.asymmetric: true, whose chip has none; expected free or nudged",
      );
    if (e.network.asymmetric && lateral)
      complain(
        ["network", "asymmetric"],
        `found true with the lateral block ${lateral.from}-${lateral.to}, which is mutual ` +
          "here; leave one of them out",
      );
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
