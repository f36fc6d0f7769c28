import { Command } from "commander";
import { overwrite } from "./overwrite.ts";
import { print } from "./terminal.ts";

interface Options {
  readonly from: string;
  readonly overwrite?: boolean;
}

/** `init FILE`: a starting experiment of one's own. */
export function initCommand(): Command {
  return new Command("init")
    .description(
      "Writes a starting experiment, to change and to train. A file that is there already stays " +
        "as it is.",
    )
    .argument("[file.yaml]", "where to (default: experiment.yaml)")
    .option(
      "--from <name>",
      "the experiment or study to start from, of `experiments list`",
      "quickstart",
    )
    .option(...overwrite)
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop init
  analog-eqprop init mine.yaml --from paper-small
  analog-eqprop init study.yaml --from quickstart-study`,
    )
    .action(async (file: string | undefined, { from, overwrite }: Options) => {
      const { initFile } = await import("../runs/node/init.ts");
      const { path, command } = initFile(file ?? "experiment.yaml", from, overwrite);
      print(`${path}\nRun it: ${command}`);
    });
}
