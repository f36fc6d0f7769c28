import { Command, Option } from "commander";
import { formatNames, networkFormats, type FormatName } from "../exports/formats.ts";
import { InputError } from "../numerics/errors.ts";
import { overwrite } from "./overwrite.ts";
import { print } from "./terminal.ts";

interface Options {
  readonly format: FormatName;
  readonly chip?: boolean;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** `export RUN`: takes the digital copy of a run home, in a format that was read back. */
export function exportCommand(): Command {
  return new Command("export")
    .description(
      "Writes the digital copy of a run for other programs, with the scaling of its inputs and " +
        "the names of\nits classes inside and a model card beside it. The file is read back " +
        "first, by onnxruntime-web, a C\ncompiler or Node where they are there; what computes " +
        "anything else leaves no file.",
    )
    .argument("<run>", "run folder")
    .addOption(
      new Option("--format <format>", "what it is written as").choices(formatNames).default("onnx"),
    )
    .option(
      "--chip",
      "the analog side instead: elements in SI units, programming list, netlist, in a folder",
    )
    .option("--out <file>", "file or folder to write to (default: the run folder)")
    .option(...overwrite)
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Formats:
${formatNames
  .map((f) => `  ${f.padEnd(12)} ${networkFormats[f].title}, .${networkFormats[f].extension}`)
  .join("\n")}

Examples:
  analog-eqprop export runs/quickstart-1 --format onnx
  analog-eqprop export runs/quickstart-1 --format c-int8 --out firmware/
  analog-eqprop export runs/quickstart-1 --format js --json
  analog-eqprop export runs/quickstart-1 --chip --out bench/`,
    )
    .action(async (dir: string, { json, chip, ...asked }: Options, command: Command) => {
      if (chip) {
        if (command.getOptionValueSource("format") === "cli")
          throw new InputError(
            "--chip: what a chip is has formats of its own; leave --format out, or --chip",
          );
        const { exportChip, chipText } = await import("../runs/node/export-chip.ts");
        const made = await exportChip({ dir, ...asked });
        print(json ? made : chipText(made));
        return;
      }
      const { exportRun, verifiedText } = await import("../runs/node/export.ts");
      const made = await exportRun({ dir, ...asked });
      print(
        json
          ? made
          : [
              `${made.path}  ${made.bytes} bytes`,
              `  ${verifiedText(made.verification)}`,
              `  model card  ${made.card}`,
            ].join("\n"),
      );
    });
}
