import { z } from "zod";
import { dataSets, usualSets } from "../data/catalogue.ts";
import { keysOf } from "../numerics/keys.ts";
import { isFiles, isOfFiles, shareOf } from "./data-parts.ts";

const count = z.number().int().min(1);
const text = z.string().min(1);

/** A column by its name, or by its place: from 1, or from the end with −1. */
const column = z.union([
  text,
  z
    .number()
    .int()
    .refine((n) => n !== 0, "found 0, expected a place from 1, or -1 for the last"),
]);
const columns = z.array(column).min(1);
const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => high > low, "expected [low, high] with low < high");

/** Two arrays: of a file that holds several, or files of their own. */
const arrays = z.strictObject({
  file: text.optional().describe("Archive that both arrays are in; absent: they are files."),
  inputs: text.describe("Array of the samples: a name in the archive, or a file (NPY, IDX)."),
  target: text.describe("Array of what is wanted of them: a name in the archive, or a file."),
});
const files = z.union([text, arrays]);
const part = z.union([count, text, arrays]);

const keys = z.strictObject({
  set: z
    .enum(keysOf(dataSets))
    .optional()
    .describe(
      "A named set (digits unless a file is given): drawn from a seed, or read from IDX files.",
    ),
  file: files
    .optional()
    .describe(
      "Data of your own: CSV, Parquet, NPY, NPZ, IDX, or a folder of images with a folder a " +
        "class; relative to this file.",
    ),
  train: part.optional().meta({
    description: "Use only so many training samples; or the file of the training part.",
    unit: "samples",
  }),
  test: part.optional().meta({
    description:
      "Of a set: use only the first so many test samples. Of a file: a share such as 20 % (the " +
      "default), so many rows, or the file of the test part.",
    unit: "samples",
  }),
  validation: part
    .optional()
    .describe(
      "A part of the training rows that is only measured, for choosing: a share, so many rows, " +
        "or a file.",
    ),
  folds: count
    .min(2)
    .optional()
    .describe("Deal the rows out to so many folds, of which one is tested on."),
  fold: count.optional().describe("The fold that is tested on, from 1; an axis of a study."),
  seed: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe("Which dealing of rows to parts (1): the seed of the experiment does not change it."),
  target: z
    .union([column, columns])
    .optional()
    .describe("The column, or columns, to be learned, by name or place; the last one by default."),
  task: z
    .enum(["classes", "values"])
    .optional()
    .describe(
      "Whether the target is a class or a number; by default names and few whole numbers are " +
        "classes.",
    ),
  classes: z
    .array(z.union([text, z.number(), z.boolean()]))
    .min(2)
    .max(1000)
    .optional()
    .describe("The classes in the order of the outputs; by default those of the training rows."),
  weights: z
    .union([z.literal("balanced"), z.record(z.string(), z.number().positive())])
    .optional()
    .describe(
      "How often samples of a class are learned: balanced makes classes equal, or a weight for " +
        "each that is not 1.",
    ),
  drop: columns.optional().describe("Columns that are neither shown nor learned."),
  names: columns
    .optional()
    .describe("Columns whose entries are names, also where they look like numbers."),
  scale: z
    .union([
      z.enum(["standard", "minmax", "none"]),
      range,
      z.record(z.string(), range).describe("Ranges of columns; all others by minmax."),
    ])
    .optional()
    .describe(
      "What of a column becomes rail to rail, fitted on the training part: three standard " +
        "deviations around its mean (standard, the default of numbers), its range (minmax), 0 " +
        "to 1 (none), or ranges that you give (0 to 255 is the default of images).",
    ),
  missing: z
    .literal("drop")
    .optional()
    .describe("Leave rows out that lack something, which are refused otherwise."),
  resize: z
    .tuple([count, count])
    .optional()
    .meta({ description: "Make images this large: [height, width].", unit: "pixels" }),
  colour: z.boolean().optional().describe("Whether images keep their colours."),
  header: z
    .boolean()
    .optional()
    .describe("Whether the first line of a text names its columns; found out by default."),
  delimiter: z
    .enum([",", ";", "\t", "|", " "])
    .optional()
    .describe("What stands between columns of a text; found out by default."),
  decimal: z
    .enum([".", ","])
    .optional()
    .describe("What stands before the decimals of numbers in a text; a point by default."),
});
type Keys = z.output<typeof keys>;

/** `data:` of an experiment file. */
export const dataSchema = keys
  .superRefine((d, ctx) => {
    const complain = (key: keyof Keys, message: string) => {
      ctx.addIssue({ code: "custom", path: [key], message });
    };
    if (isOfFiles(d)) {
      for (const [key, message] of faultsOfFiles(d)) complain(key, message);
      return;
    }
    for (const key of keysOf(keys.shape))
      if (key !== "set" && key !== "weights" && d[key] !== undefined)
        if ((key !== "train" && key !== "test") || typeof d[key] !== "number")
          complain(
            key,
            key === "train" || key === "test"
              ? `found ${JSON.stringify(d[key])}, expected a number of samples: a set has its ` +
                  "own parts"
              : "it is for files of your own, and none is given; name one with file:, or leave " +
                  "it out",
          );
  })
  .transform((d) => (isOfFiles(d) ? d : { ...d, set: d.set ?? usualSets.builtIn }));

function faultsOfFiles(d: Keys): readonly (readonly [keyof Keys, string])[] {
  const faults: [keyof Keys, string][] = [];
  if (d.set !== undefined) faults.push(["set", "found both a set and files; keep one of them"]);
  if (d.file !== undefined && isFiles(d.train))
    faults.push(["train", "found a file here and in file; keep one of them"]);
  if (d.file === undefined && d.folds !== undefined)
    faults.push(["folds", "folds are dealt from one file; name it with file:"]);
  if (d.folds !== undefined && d.test !== undefined)
    faults.push(["test", "found a test part and folds; a fold is the test part, leave one out"]);
  if ((d.folds === undefined) !== (d.fold === undefined))
    faults.push([d.folds === undefined ? "fold" : "folds", "folds and fold belong together"]);
  if (d.folds !== undefined && d.fold !== undefined && d.fold > d.folds)
    faults.push(["fold", `found ${d.fold}, expected 1 … ${d.folds}`]);
  for (const key of ["test", "validation"] as const) {
    const share = shareOf(d[key]);
    if (share !== null && !(share > 0 && share < 100))
      faults.push([key, `found ${share} %, expected more than 0 % and less than 100 %`]);
  }
  return faults;
}

/** `data:` of an experiment as read. */
export type DataAsked = z.output<typeof dataSchema>;
