import { Command, Option } from "commander";
import type { FileCheck } from "../data/node/check-file.ts";
import type { ColumnKey, Decimal } from "../data/table.ts";
import { InputError } from "../numerics/errors.ts";
import { overwrite } from "./overwrite.ts";
import { exits, print } from "./terminal.ts";

interface Asked {
  readonly target?: string;
  readonly drop?: readonly string[];
  readonly resize?: string;
  readonly decimal?: string;
}

interface InitAsked extends Asked {
  readonly out: string;
  readonly overwrite?: boolean;
}

/** Options that say how a file is read. */
function withReading(command: Command): Command {
  return command
    .option("--target <column>", "what is to be learned: a name, or a place from 1 (-1: the last)")
    .option("--drop <columns...>", "columns to leave out")
    .option("--resize <size>", "make images this large: 28x28")
    .addOption(
      new Option("--decimal <mark>", "what stands before decimals (default: a point)").choices([
        ".",
        ",",
      ]),
    );
}

/** `data check`: what is in files, and what training says to them. */
export function dataCheckCommand(done: (code: number) => void): Command {
  return withReading(
    new Command("check")
      .description("Says what is in a file or folder of data, and what training would refuse.")
      .argument("<paths...>", "CSV, Parquet, NPY, NPZ, IDX, or folders of images or of IDX files"),
  )
    .option("--json", "print one JSON object for each")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop data check iris.csv
  analog-eqprop data check cancer.csv --target diagnosis --drop id
  analog-eqprop data check ~/data/mnist photos --resize 28x28`,
    )
    .action(async (paths: readonly string[], asked: Asked & { json?: boolean }) => {
      for (const path of paths) if (!(await check(path, asked))) done(exits.badInput);
    });
}

/** `data init`: an experiment that trains on a file. */
export function dataInitCommand(): Command {
  return withReading(
    new Command("init")
      .description("Writes an experiment that trains on a file or folder of data.")
      .argument("<path>", "CSV, Parquet, NPZ, or a folder of images"),
  )
    .option("--out <file>", "the experiment to write", "experiment.yaml")
    .option(...overwrite)
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop data init iris.csv
  analog-eqprop data init cancer.csv --target diagnosis --out cancer.yaml`,
    )
    .action(async (path: string, asked: InitAsked) => {
      const { startExperiment } = await import("../runs/node/start.ts");
      const { out, overwrite } = asked;
      const text = await startExperiment({ path, out, overwrite, ...reading(asked) });
      print(`${text}\n${out} is written; analog-eqprop train ${out} trains it.`);
    });
}

function reading({ target, drop = [], resize, decimal }: Asked) {
  return {
    target: target === undefined ? undefined : columnKey(target),
    drop: drop.map(columnKey),
    resize: resize === undefined ? undefined : sizeOf(resize),
    decimal: decimal as Decimal | undefined,
  };
}

/** Whole numbers are places. */
const columnKey = (text: string): ColumnKey => (/^-?[1-9]\d*$/.test(text) ? Number(text) : text);

function sizeOf(text: string): readonly [number, number] {
  const match = /^([1-9]\d{0,3})[x×]([1-9]\d{0,3})$/.exec(text);
  if (match) return [Number(match[1]), Number(match[2])];
  throw new InputError(`--resize: found ${text}, expected height x width, such as 28x28`);
}

/** @returns whether training would take it. */
async function check(path: string, asked: Asked & { json?: boolean }): Promise<boolean> {
  const [{ checkFile, isOwnFolder }, { isFolder }] = await Promise.all([
    import("../data/node/check-file.ts"),
    import("../data/node/folders.ts"),
  ]);
  if (isFolder(path) && !(await isOwnFolder(path))) {
    const { checkFolder, formatFolderReport } = await import("../data/node/check.ts");
    const report = await checkFolder(path);
    print(asked.json ? report : formatFolderReport(report));
    return report.problems.length === 0;
  }
  const { target, drop, resize, decimal } = reading(asked);
  const report = await checkFile(path, { drop, resize, decimal }, { target, drop });
  print(asked.json ? report : await reportText(report));
  return report.problems.length === 0;
}

async function reportText(report: FileCheck): Promise<string> {
  const { contentText } = await import("../data/describe-text.ts");
  const { train, test, training, notes, problems } = report;
  const seen = training && [
    `To training: ${training.shape.join(" × ")} inputs, ` +
      (training.task === "classes"
        ? `${training.outputs.length} classes`
        : `${training.outputs.length} number(s) (${training.outputs.join(", ")})`) +
      `; ${training.train} training and ${training.test} test samples`,
  ];
  return [
    ...(train ? [contentText(train)] : []),
    ...(test ? ["and to test", contentText(test)] : []),
    ...(seen ?? []),
    ...(notes.length > 0 ? ["Worth a look:", ...notes.map((note) => `  ${note}`)] : []),
    problems.length === 0 ? "No problems found." : "Problems:",
    ...problems.map((problem) => `  ${problem}`),
  ].join("\n");
}
