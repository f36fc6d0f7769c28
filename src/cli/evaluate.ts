import { Command } from "commander";
import type { Evaluation } from "../output/metrics.ts";
import type { WrittenConditions } from "../runs/node/conditions.ts";
import type * as scoring from "../output/score-text.ts";
import type * as progress from "../training/progress.ts";
import type { Symmetry } from "../runs/node/reopen.ts";
import { overwrite } from "./overwrite.ts";
import { showSteps } from "./steps.ts";
import { exits, print, tell } from "./terminal.ts";

type Words = Pick<typeof progress, "errorsOf" | "epochText" | "residualText"> &
  Pick<typeof scoring, "percent" | "scoreDetails" | "scoreLabel" | "scorePairText">;

interface Options extends WrittenConditions {
  readonly data?: string;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/**
 * `evaluate RUN`: measures the chip and the copy of a run once more, as they were or under other
 * conditions.
 */
export function evaluateCommand(done: (code: number) => void): Command {
  return new Command("evaluate")
    .description(
      "Rebuilds chip and copy from the checkpoint of a run and measures their errors: as they " +
        "are, or\nalso on another die, at another temperature, or later.",
    )
    .argument("<run>", "run folder")
    .option("--die <numbers>", "program the weights into this die, or each of 1-10, or 1,4,7")
    .option(
      "--temperature <T>",
      'measure at this temperature, such as "85 degC" or "358 K", or each of "0, 27, 85 degC"',
    )
    .option(
      "--age <time>",
      'measure so long after the weights were programmed, such as "1 year", or each of\n"0, 1 h, ' +
        '1 year"',
    )
    .option(
      "--without <names>",
      "leave imperfections of the circuit out, each with its exact zero: noise, mismatch, " +
        "converters, all, …",
    )
    .option("--out <file.csv>", "write the table of many conditions there, as CSV")
    .option(...overwrite)
    .option("--force", "measure them all whatever time it will take")
    .option("--quiet", "say nothing on the way")
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop evaluate runs/quickstart-1
  analog-eqprop evaluate runs/quickstart-1 --die 7 --temperature "85 degC" --age "1 year"
  analog-eqprop evaluate runs/quickstart-1 --die 1-10 --temperature "0, 27, 85 degC" --out dies.csv
  analog-eqprop evaluate runs/paper-small-1 --data ~/data/mnist --json`,
    )
    .action(async (dir: string, options: Options) => {
      const { die, temperature, age, without, out } = options;
      const { areMany } = await import("../runs/node/condition-table.ts");
      const asked = [die, temperature, age].some((text) => text !== undefined);
      if (without !== undefined || out !== undefined || areMany(options))
        done(await inTable(dir, options));
      else done(await (asked ? underConditions(dir, options) : asItIs(dir, options)));
    });
}

/** Many conditions, a line each. */
async function inTable(dir: string, options: Options): Promise<number> {
  const { data, out, overwrite, force, json, quiet, ...written } = options;
  const [
    { evaluateTable, readConditionLists, conditionCsv },
    { conditionText },
    { destinationFor },
  ] = await Promise.all([
    import("../runs/node/condition-table.ts"),
    import("../output/condition-text.ts"),
    import("../output/node/destination.ts"),
  ]);
  const asked = await readConditionLists(written);
  const place = out === undefined ? null : destinationFor("--out", out, overwrite);
  const step = showSteps("conditions", { quiet });
  const table = await evaluateTable(dir, asked, { data, force, told: step.told }).finally(step.end);
  note(table);
  place?.put(conditionCsv(table));
  print(json ? table : conditionText(table));
  return codeOf(dir, table.rows);
}

async function asItIs(dir: string, { data, json }: Options): Promise<number> {
  const [{ evaluateRun }, words] = await Promise.all([import("../runs/node/reopen.ts"), wording()]);
  const e = await evaluateRun(dir, data);
  note(e);
  print(
    json
      ? {
          ...e,
          /** The run folder. */
          runDir: dir,
        }
      : [`${dir} after ${words.epochText(e.epoch)} epochs, on ${e.data}`, ...lines(e, words)].join(
          "\n",
        ),
  );
  return codeOf(dir, [e]);
}

async function underConditions(dir: string, { data, json, ...written }: Options): Promise<number> {
  const [{ evaluateUnder, readConditions }, words] = await Promise.all([
    import("../runs/node/conditions.ts"),
    wording(),
  ]);
  const asked = await readConditions(written);
  const { own, there, notes, ...from } = await evaluateUnder(dir, asked, data);
  note(from);
  const places = [
    ["die", written.die],
    ["at", written.temperature],
    ["after", written.age],
  ].filter(([, text]) => text !== undefined);
  print(
    json
      ? {
          ...own,
          ...from,
          /** The run folder. */
          runDir: dir,
          /** The same under the conditions asked for. */
          elsewhere: {
            ...asked,
            ...there,
            /** What makes the difference, and what does not, a sentence each. */
            notes,
          },
        }
      : [
          `${dir} after ${words.epochText(own.epoch)} epochs, on ${from.data}`,
          ...lines(own, words),
          places.map((p) => p.join(" ")).join(", "),
          ...lines(there, words),
          ...notes,
        ].join("\n"),
  );
  return codeOf(dir, [own, there]);
}

/** A network whose weights or states are not numbers was not measured, and that is said. */
function codeOf(dir: string, measured: readonly Pick<Evaluation, "finite">[]): number {
  if (measured.every((e) => e.finite)) return exits.ok;
  tell(
    `error: ${dir}: a weight or a state is NaN or infinite, so the network has no error rate: ` +
      "the run diverged, or the chip does not settle under these conditions",
  );
  return exits.failed;
}

function note({ sameData }: { readonly sameData: boolean }): void {
  if (!sameData) tell("note: these are other samples than those of the run");
}

async function wording(): Promise<Words> {
  const [told, scored] = await Promise.all([
    import("../training/progress.ts"),
    import("../output/score-text.ts"),
  ]);
  return { ...told, ...scored };
}

function lines(e: Evaluation & Symmetry, words: Words): string[] {
  const { errorsOf, percent, residualText, scoreDetails, scoreLabel } = words;
  const line = (label: string, text: string) => `  ${label.padEnd(13)} ${text}`;
  return [
    line(scoreLabel("test", e.scores.test), errorsOf(e, "test")),
    ...scoreDetails(e.scores.test).map(([label, text]) => line(label, text)),
    line(scoreLabel("train", e.scores.train), errorsOf(e, "train")),
    ...(e.scores.validation === null
      ? []
      : [line("validation", words.scorePairText(e.scores.validation))]),
    ...(e.residual === null
      ? []
      : [
          `  residual      ${residualText(e.residual)} at the end of the free phase, the ` +
            "largest",
        ]),
    ...(e.agreement === null
      ? []
      : [
          `  agreement     ${percent(e.agreement)} of the test samples get the same class ` +
            "from both",
        ]),
    ...(e.asymmetry
      ? [
          `  asymmetry     ${e.asymmetry.toPrecision(2)}, ‖W − Wᵀ‖ / ‖W + Wᵀ‖ of the chip: no ` +
            "energy exists",
        ]
      : []),
  ];
}
