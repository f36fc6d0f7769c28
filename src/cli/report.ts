import { Command } from "commander";
import { patience, showSteps } from "./steps.ts";
import { print } from "./terminal.ts";

/** `report RUN`: makes the report of a run anew. */
export function reportCommand(): Command {
  return new Command("report")
    .description("Makes report.html and the exported copy of a run anew from its folder.")
    .argument("<run>", "run folder")
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .option("--quiet", "say nothing on the way; errors are told")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop report runs/quickstart-1
  analog-eqprop report runs/paper-small-1 --data ~/data/mnist`,
    )
    .action(async (dir: string, { data, quiet }: { data?: string; quiet?: boolean }) => {
      const { reportRun } = await import("../runs/node/reopen.ts");
      const { told, end } = showSteps("steps", { quiet, patience });
      print(await reportRun(dir, data, { told }).finally(end));
    });
}
