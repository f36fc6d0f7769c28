import type { TrainingFacts } from "../data/split-of.ts";
import { power } from "../numerics/power.ts";

/** What a starting experiment is made for. */
interface StartAsked {
  readonly name: string;
  /** As `data.file` is to say it. */
  readonly file: string;
  /** As the user named it. */
  readonly target: string | number | undefined;
  readonly drop: readonly (string | number)[];
  readonly resize: readonly [number, number] | undefined;
  readonly decimal: "." | "," | undefined;
  readonly isTable: boolean;
  /** Whether the file has a test part of its own. */
  readonly hasTest: boolean;
}

const widths = [16, 32, 64, 128, 256];
/** Samples that are shown in all: enough for small sets, minutes for large ones. */
const shown = 60_000;

/**
 * An experiment that trains on a file of data: a hidden layer about as wide as the input, rates
 * and epochs by how much there is. A place to start from, not an optimum.
 */
export function startingExperiment(facts: TrainingFacts, asked: StartAsked): string {
  const { inputs, outputs, train } = facts;
  const hidden = widths.find((width) => width >= inputs) ?? 256;
  const epochs = Math.min(300, Math.max(3, round(shown / train)));
  const quoted = (value: string | number) => JSON.stringify(value);
  const what =
    facts.task === "classes" ? `${outputs.length} classes` : `${outputs.length} number(s)`;
  return [
    `# ${what} of ${inputs} inputs, ${train} training and ${facts.test} test samples.`,
    "# Sizes and rates are a place to start from: change them, and see what the report says.",
    "",
    `name: ${quoted(asked.name)}`,
    "",
    "circuit: ideal",
    "",
    "data:",
    `  file: ${quoted(asked.file)}`,
    ...(asked.target === undefined ? [] : [`  target: ${quoted(asked.target)}`]),
    ...(asked.drop.length === 0 ? [] : [`  drop: [${asked.drop.map(quoted).join(", ")}]`]),
    ...(asked.resize === undefined ? [] : [`  resize: [${asked.resize.join(", ")}]`]),
    ...(asked.decimal === undefined ? [] : [`  decimal: ${quoted(asked.decimal)}`]),
    ...(asked.hasTest
      ? []
      : ["  # A fifth of the rows, the same ones whatever else changes.", "  test: 20 %"]),
    ...(asked.isTable
      ? [
          "  # Three deviations around the mean of a column, from rail to rail.",
          "  scale: standard",
        ]
      : []),
    "",
    "network:",
    `  # ${facts.shape.join(" × ")} inputs, a hidden layer, an output for each ` +
      `${facts.task === "classes" ? "class" : "number"}.`,
    `  layers: [${inputs}, ${hidden}, ${outputs.length}]`,
    "",
    "learning:",
    `  rates: [${ratesOf(facts).join(", ")}]`,
    "",
    "train:",
    `  epochs: ${epochs}`,
    "  batch: 10",
    `  every: ${Math.max(1, round(epochs / 10))}`,
    "",
    "seed: 1",
    "",
  ].join("\n");
}

/** To one digit and a half: 3, 12, 170, 250. */
function round(x: number): number {
  const unit = power(10, Math.max(0, Math.floor(Math.log10(x)) - 1));
  return Math.round(x / unit) * unit;
}

/** Wide inputs move a hidden unit together, so that each moves it less. */
function ratesOf({ inputs, task }: TrainingFacts): readonly number[] {
  if (task === "values") return [0.1, 0.05];
  return inputs > 256 ? [0.1, 0.05] : [0.2, 0.1];
}
