import { z } from "zod";

const text = z.string().min(1);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const anything = z.record(z.string(), z.unknown());
const names = z.union([text, z.array(text).min(1)]);
const seeds = z.array(z.number().int().min(0)).min(1);

/** A list of values of one dotted key, or joint settings under labels. */
const axis = z.union([z.array(z.unknown()).min(1), z.record(z.string(), anything)]);
const grid = z.record(z.string(), axis);
/**
 * Only the cells with these labels: `{ method: euler }`, or a list of labels; `seed` counts as an
 * axis.
 */
const where = z.record(z.string(), z.union([scalar, z.array(scalar).min(1)]));

/** The cells that are not run: points, or some seeds of points. */
const skip = z.array(where);

const scale = z.enum(["linear", "log", "category"]);

/** Decimals (`0.00`) or digits with an exponent (`0.0e0`). */
const format = z
  .string()
  .refine(
    (f) => /^0(\.0+)?(e0)?$/.test(f),
    "expected decimals such as 0.00, or an exponent such as 0.0e0",
  );

const figure = z.strictObject({
  title: text,
  kind: z.enum(["lines", "scatter", "heat"]).default("lines"),
  /** An axis, `seed` or a value; not given for curves. Of a heat map the columns. */
  x: text.optional(),
  /** A value or `curves.<name>`, or several; of a heat map the axis of the rows. */
  y: names,
  /** The value that a heat map shows. */
  value: text.optional(),
  /** The axis, or axes, that lines are drawn for. */
  line: names.optional(),
  panel: text.optional(),
  where: where.optional(),
  xscale: scale.optional(),
  yscale: z.enum(["linear", "log"]).default("linear"),
  xlabel: z.string().optional(),
  ylabel: z.string().optional(),
  /** What values, curves and labels are called in the legend: `{ testErrorCopy: copy sᶠ }`. */
  labels: z.record(z.string(), text).optional(),
  /** Prints in each panel where its curves end, in this format. */
  ends: format.optional(),
  /** What is drawn around the mean over seeds. */
  spread: z.enum(["sd", "range", "none"]).default("sd"),
});

const table = z.strictObject({
  rows: text,
  columns: text.optional(),
  /** A value, or several, a column each. */
  value: names,
  /** What values and labels are called in the heads: `{ testErrorCopy: copy sᶠ }`. */
  labels: z.record(z.string(), text).optional(),
  where: where.optional(),
  format: format.default("0.00"),
  /** Which mean of a column stands out. */
  best: z.enum(["low", "high"]).optional(),
});

/** `< 0.4`, `>= 1e-3`. */
export const boundPattern =
  /^ *(<=?|>=?) *([-+]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:e[-+]?\d{1,4})?) *$/i;

const claim = z.strictObject({
  sentence: text,
  /** A number; true or false; or a bound such as `"< 0.4"`. */
  expected: z.union([
    z.number(),
    z.boolean(),
    z
      .string()
      .refine(
        (t) => boundPattern.test(t),
        'expected a number, true, false or a bound such as "< 0.4"',
      ),
  ]),
  /** What the paper has: a number, or the direction in words. */
  paper: z.union([z.number(), text]).optional(),
  /** A mathjs expression over `results(…)`, `at(…)`, `ends(…)` and `share(…)`. */
  computed: text.max(2000),
  /** Absolute, or relative as in `5 %`. */
  tolerance: z
    .union([
      z.number().min(0),
      z
        .string()
        .refine(
          (t) => /^\d{1,20}(\.\d{1,20})? ?%$/.test(t),
          "expected a number ≥ 0 or a percentage such as 5 %",
        ),
    ])
    .default(0),
});

/**
 * A study file: a base configuration, a grid, seeds, what each cell does, and what is drawn from
 * it.
 */
export const studySchema = z.strictObject({
  study: z.string().min(1).max(200),
  description: z.string().optional(),
  measure: text,
  options: anything.prefault({}),
  base: z.union([text, anything]),
  with: anything.prefault({}),
  grid: grid.prefault({}),
  skip: skip.prefault([]),
  seeds,
  quick: z
    .strictObject({
      options: anything.optional(),
      with: anything.optional(),
      grid: grid.optional(),
      skip: skip.optional(),
      seeds: seeds.optional(),
    })
    .optional(),
  figures: z.array(figure).prefault([]),
  table: table.optional(),
  claims: z.array(claim).prefault([]),
});

export type StudyFile = z.output<typeof studySchema>;
export type FigureAsked = StudyFile["figures"][number];
export type TableAsked = NonNullable<StudyFile["table"]>;
export type ClaimAsked = StudyFile["claims"][number];
export type Where = z.output<typeof where>;
