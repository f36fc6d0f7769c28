import { Command } from "commander";
import { print } from "./terminal.ts";

/** `report RUN`: makes the report of a run anew. */
export function reportCommand(): Command {
  return new Command("report")
    .description("Makes report.html and the exported copy of a run anew from its folder.")
    .argument("<run>", "run folder")
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop report runs/quickstart-1
  analog-eqprop report runs/paper-small-1 --data ~/data/mnist`,
    )
    .action(async (dir: string, { data }: { data?: string }) => {
      const { reportRun } = await import("../runs/node/reopen.ts");
      print(await reportRun(dir, data));
    });
}
