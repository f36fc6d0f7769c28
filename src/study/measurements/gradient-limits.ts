import { Matrix } from "ml-matrix";
import { z } from "zod";
import {
  cosine,
  coupling,
  diagonalOf,
  distance,
  forward,
  gradients,
  limits,
  shapes,
  type TwoLayers,
} from "../../learning/limits.ts";
import { keysOf } from "../../numerics/keys.ts";
import { perSecond, type Demand } from "../../numerics/demand.ts";
import { random, type Random } from "../../numerics/random.ts";
import type { Measured, Measurement } from "../measurement.ts";
import { square } from "../../numerics/power.ts";

const size = z.number().int().min(1);
const options = z.strictObject({
  inputs: size.default(8).describe("Inputs of the net."),
  hidden: size.min(2).default(32).describe("Hidden units."),
  outputs: size.default(32).describe("Outputs."),
  samples: size.default(1000).describe("Inputs drawn from N(0, 1)."),
  scale: z
    .number()
    .positive()
    .default(1)
    .describe("Weights are drawn from N(0, scale² / inputs of their layer)."),
  activation: z
    .enum(keysOf(shapes))
    .default("tanh")
    .describe(
      "`tanh`; the paper's ρ (`hard`), ρmod (`leaky`), or that of its Figure 1 (`centred`).",
    ),
  deltas: z
    .array(z.number().positive())
    .min(2)
    .default([0.32, 0.16, 0.08, 0.04, 0.02])
    .describe("‖Δw‖ / ‖w‖ of both layers."),
});
type Options = z.output<typeof options>;

const against = "‖Δw‖ / ‖w‖";

/** Samples whose coupling matrices are looked at, at most. */
const looked = 8;

/**
 * Appendices B and C on a random net of two layers. Curves against ‖Δw‖ / ‖w‖, towards a teacher w
 * − Δw in a random direction: relative errors of both limits in eq. 12, and the cosine of local and
 * distant gradient. Values: the slopes of the errors (log–log, least squares), the diagonal of w₂ ⊙
 * ρ′² · w₂ᵀ, and the cosine where the teacher is another random net, as at the start of training.
 */
export const gradientLimits: Measurement<Options> = {
  name: "gradient-limits",
  describe:
    "Local and distant gradient of a two-layer net near its teacher and at initialisation " +
    "(eq. 11–12, appendices B and C).",
  options,
  produces: {
    values: {
      orderLocal: { meaning: "Slope of the local error against Δw, log–log." },
      orderDistant: { meaning: "Slope of the distant error against Δw, log–log." },
      errorLocal: { meaning: "Relative error of the local limit at the smallest Δw." },
      errorDistant: { meaning: "Relative error of the distant limit at the smallest Δw." },
      diagonalRatio: {
        meaning: "Mean diagonal of w₂ ⊙ ρ′² · w₂ᵀ over the root mean square of the rest.",
      },
      diagonalCosine: { meaning: "Cosine between w₂ ⊙ ρ′² · w₂ᵀ and the identity." },
      alignmentLimit: { meaning: "Cosine of both limits." },
      alignmentG1: { meaning: "Cosine of the local limit with G₁." },
      alignmentStart: { meaning: "Cosine of both gradients towards another random net." },
    },
    curves: {
      errorLocal: { meaning: "Relative error of the local limit (eq. 12).", against },
      errorDistant: { meaning: "Relative error of the distant limit (eq. 12).", against },
      alignment: { meaning: "Cosine of local and distant gradient.", against },
    },
  },
  usesData: false,
  demand: ({ experiment: { name }, options }) => demandOf(name, options),
  run: ({ options, seed, progress }) => Promise.resolve(measured(options, seed, progress)),
};

function measured(
  { inputs, hidden, outputs, samples, scale, activation, deltas }: Options,
  seed: number,
  progress: (part: number) => void,
): Measured {
  const draw = (...labels: string[]) => random(seed, "gradient-limits", ...labels);
  const shape = shapes[activation];
  const net = (name: string): TwoLayers => ({
    w1: normal(draw(name, "w1"), inputs, hidden, scale / Math.sqrt(inputs)),
    w2: normal(draw(name, "w2"), hidden, outputs, scale / Math.sqrt(hidden)),
  });
  const x = normal(draw("x"), samples, inputs, 1);
  const student = net("student");
  const stranger = net("stranger");
  const direction = unit(net("direction"), student);
  const pass = forward(x, student, shape);
  const first = limits(x, student, pass, direction);
  const towards = (teacher: TwoLayers) => gradients(x, student, pass, forward(x, teacher, shape));
  const seen = deltas.map((delta, i) => {
    const { local, distant } = towards({
      w1: Matrix.sub(student.w1, Matrix.mul(direction.w1, delta)),
      w2: Matrix.sub(student.w2, Matrix.mul(direction.w2, delta)),
    });
    progress((i + 1) / deltas.length);
    // The limits are linear in Δw.
    return {
      errorLocal: distance(Matrix.mul(first.local, delta), local),
      errorDistant: distance(Matrix.mul(first.distant, delta), distant),
      alignment: cosine(local, distant),
    };
  });
  const start = towards(stranger);
  const diagonals = Array.from({ length: Math.min(looked, samples) }, (_, n) =>
    diagonalOf(coupling(student.w2, pass, n)),
  );
  const curve = (name: keyof (typeof seen)[number]) => ({ x: deltas, y: seen.map((s) => s[name]) });
  const smallest = seen[deltas.indexOf(Math.min(...deltas))];
  return {
    outcome: "completed",
    values: {
      orderLocal: slope(
        deltas,
        seen.map((s) => s.errorLocal),
      ),
      orderDistant: slope(
        deltas,
        seen.map((s) => s.errorDistant),
      ),
      errorLocal: smallest.errorLocal,
      errorDistant: smallest.errorDistant,
      diagonalRatio: mean(diagonals.map((d) => d.ratio)),
      diagonalCosine: mean(diagonals.map((d) => d.cosine)),
      alignmentLimit: cosine(first.local, first.distant),
      alignmentG1: cosine(first.local, first.G1),
      alignmentStart: cosine(start.local, start.distant),
    },
    curves: {
      errorLocal: curve("errorLocal"),
      errorDistant: curve("errorDistant"),
      alignment: curve("alignment"),
    },
  };
}

/** The direction with both layers as long as those of `like`. */
function unit(direction: TwoLayers, like: TwoLayers): TwoLayers {
  const as = (d: Matrix, w: Matrix) => Matrix.mul(d, w.norm() / d.norm());
  return { w1: as(direction.w1, like.w1), w2: as(direction.w2, like.w2) };
}

function normal(from: Random, rows: number, cols: number, sd: number): Matrix {
  return new Matrix(
    Array.from({ length: rows }, () => Array.from({ length: cols }, () => sd * from.normal())),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * Of log y against log x, by least squares; null where an error is exactly zero or nothing, which
 * has no logarithm.
 */
function slope(x: readonly number[], y: readonly number[]): number | null {
  const u = x.map(Math.log);
  const v = y.map(Math.log);
  const mu = mean(u);
  const mv = mean(v);
  const k =
    u.reduce((sum, a, i) => sum + (a - mu) * (v[i] - mv), 0) /
    u.reduce((sum, a) => sum + square(a - mu), 0);
  return Number.isFinite(k) ? k : null;
}

/** Two networks, their samples, and a pass through both for each Δw. */
function demandOf(name: string, o: Options): Demand {
  const synapses = o.hidden * (o.inputs + o.outputs);
  return {
    of: `${name}: gradient-limits of ${o.inputs}-${o.hidden}-${o.outputs} on ${o.samples} samples`,
    bytes:
      8 * (6 * synapses + square(o.hidden) + 6 * o.samples * (o.inputs + o.hidden + o.outputs)),
    seconds: (60 * o.samples * synapses * (o.deltas.length + 1)) / perSecond,
    less: "ask for fewer options.samples or smaller layers",
  };
}
