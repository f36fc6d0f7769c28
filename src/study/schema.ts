import { z } from "zod";
import { numbersIn } from "../numerics/ranges.ts";

const text = z.string().min(1);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const anything = z.record(z.string(), z.unknown());
const names = z.union([text, z.array(text).min(1)]);
const seeds = z.array(z.number().int().min(0)).min(1);

const dies = z.union([
  z.number().int().min(1).max(100_000),
  z.string().regex(/^ *\d{1,9} *(?:- *\d{1,9} *)?(?:, *\d{1,9} *(?:- *\d{1,9} *)?)*$/, {
    error: "expected dies such as 1-32, or 1, 4, 7-9",
  }),
  z.array(z.number().int().min(0)).min(1),
]);

const axis = z.union([z.array(z.unknown()).min(1), z.record(z.string(), anything)]);
const grid = z.record(z.string(), axis);
const where = z.record(z.string(), z.union([scalar, z.array(scalar).min(1)]));
const skip = z.array(where);

const scale = z.enum(["linear", "log", "category"]);

/** Decimals (`0.00`) or digits with an exponent (`0.0e0`). */
const format = z
  .string()
  .refine(
    (f) => /^0(\.0+)?(e0)?$/.test(f),
    "expected decimals such as 0.00, or an exponent such as 0.0e0",
  );

const labels = z
  .record(z.string(), text)
  .optional()
  .describe("What values, curves and labels are called instead: `{ testErrorCopy: copy sᶠ }`.");
const selection = where
  .optional()
  .describe(
    "Only the cells with these labels, such as `{ method: euler, learning.lambda: [0, 1] }`; " +
      "`seed` counts as an axis.",
  );

const replicates = names
  .optional()
  .describe(
    "What is averaged over, each a sample of the mean: `die`, `seed` or both; dies where there " +
      "are any, else seeds. What else is repeated is averaged within each.",
  );

const figure = z.strictObject({
  title: text.describe("What stands above it."),
  kind: z
    .enum(["lines", "scatter", "heat"])
    .default("lines")
    .describe("`lines`, means over seeds; `scatter`, every cell; or a `heat` map."),
  x: text
    .optional()
    .describe(
      "An axis, `seed`, or a value (then a line runs along the axes that are left); not given " +
        "for curves. Of a heat map the columns.",
    ),
  y: names.describe("A value or `curves.<name>`, or several; of a heat map the axis of the rows."),
  value: text.optional().describe("The value that the colours of a heat map show."),
  line: names.optional().describe("The axis, or axes, that lines are drawn for."),
  panel: text.optional().describe("The axis that panels are drawn for."),
  where: selection,
  over: replicates,
  dots: z
    .boolean()
    .default(false)
    .describe("Whether every die, seed or what else is averaged over is a dot."),
  xscale: scale.optional().describe("How x is divided; from its values unless given."),
  yscale: z.enum(["linear", "log"]).default("linear").describe("How y is divided."),
  xlabel: z.string().optional().describe("What stands below x."),
  ylabel: z.string().optional().describe("What stands beside y."),
  labels,
  ends: format
    .optional()
    .describe("Prints in each panel where its curves end, in this format, such as `0.00`."),
  spread: z
    .enum(["sd", "range", "none"])
    .default("sd")
    .describe("What is drawn around the mean: one standard deviation, all, nothing."),
});

const table = z.strictObject({
  rows: text.describe("The axis of the rows."),
  columns: text.optional().describe("The axis of the columns."),
  value: names.describe("A value, or several, a column each."),
  labels,
  where: selection,
  over: replicates,
  format: format.default("0.00").describe("Decimals (`0.00`) or an exponent (`0.0e0`)."),
  best: z.enum(["low", "high"]).optional().describe("Which mean of a column stands out."),
});

/** `< 0.4`, `>= 1e-3`. */
export const boundPattern =
  /^ *(<=?|>=?) *([-+]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:e[-+]?\d{1,4})?) *$/i;

const claim = z.strictObject({
  sentence: text.describe("What is claimed, in words."),
  expected: z
    .union([
      z.number(),
      z.boolean(),
      z
        .string()
        .refine(
          (t) => boundPattern.test(t),
          'expected a number, true, false or a bound such as "< 0.4"',
        ),
    ])
    .describe('A number; true or false; or a bound such as `"< 0.4"`.'),
  paper: z
    .union([z.number(), text])
    .optional()
    .describe("What the paper has: a number, or the direction in words. It is printed beside."),
  computed: text
    .max(2000)
    .describe(
      "A mathjs expression over `results(…)`, `at(…)`, `ends(…)` and `share(…)` of the cells.",
    ),
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
    .default(0)
    .describe("How far off is still held: absolute, or relative as in `5 %`."),
});

const quick = z.strictObject({
  options: anything.optional().describe("Replaces options of the measurement."),
  with: anything.optional().describe("Replaces parts of the base, after `with`."),
  grid: grid.optional().describe("Replaces axes; a list chooses among the labels of a named one."),
  skip: skip.optional().describe("Replaces the points that are left out."),
  seeds: seeds.optional().describe("Replaces the seeds."),
  dies: dies.optional().describe("Replaces the dies."),
});

/**
 * A study file: a base configuration, a grid, seeds, what each cell does, and what is drawn from
 * it.
 */
export const studySchema = z.strictObject({
  study: z.string().min(1).max(200).describe("What its folder and report are called."),
  description: z.string().optional().describe("A sentence for the report."),
  measure: text.describe("What one cell does: a measurement by name."),
  options: anything.prefault({}).describe("Options of the measurement, checked by it."),
  base: z
    .union([text, anything])
    .describe(
      "An experiment: a path relative to the study, the name of one of this package, or its keys " +
        "written out.",
    ),
  with: anything
    .prefault({})
    .describe("Replaces parts of the base; nested, or dotted as in `train.epochs: 2`."),
  grid: grid
    .prefault({})
    .describe(
      "The axes, whose product is run: a dotted key with a list of values, or a name with " +
        "settings under labels.",
    ),
  skip: skip
    .prefault([])
    .describe("Points to leave out, by their labels; with `seed` only those seeds of them."),
  seeds: seeds.prefault([1]).describe("The seeds that every point is run with; 1 alone."),
  dies: dies
    .optional()
    .describe(
      "The dies that every point is fabricated on: how many, a range (`1-32`) or a list. They " +
        "are an axis `die` that figures and tables average over.",
    ),
  quick: quick.optional().describe("What `--quick` replaces: minutes instead of hours."),
  figures: z.array(figure).prefault([]).describe("What is drawn."),
  table: table.optional().describe("What is tabulated: means over seeds."),
  claims: z.array(claim).prefault([]).describe("What is checked against the results."),
});

export type StudyFile = z.output<typeof studySchema>;
/** The numbers of the dies that a study asks for. */
export function diesIn(written: NonNullable<StudyFile["dies"]>): readonly number[] {
  if (typeof written === "object") return written;
  if (typeof written === "number") return Array.from({ length: written }, (_, i) => i + 1);
  return numbersIn(written, "dies");
}

export type FigureAsked = StudyFile["figures"][number];
export type TableAsked = NonNullable<StudyFile["table"]>;
export type ClaimAsked = StudyFile["claims"][number];
export type Where = z.output<typeof where>;
