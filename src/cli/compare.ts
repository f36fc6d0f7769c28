import { Command } from "commander";
import { print } from "./terminal.ts";

/** `compare RUN RUN…`: runs side by side. */
export function compareCommand(): Command {
  return new Command("compare")
    .description(
      "Sets runs side by side: the settings in which they differ, their errors with intervals by " +
        "the size of\nthe test set, seconds and joules. Nothing is trained or measured.",
    )
    .argument("<runs...>", "run folders")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop compare runs/quickstart-1 runs/quickstart-2`,
    )
    .action(async (dirs: readonly string[], { json }: { json?: boolean }) => {
      const [{ compareRuns }, { comparisonText }] = await Promise.all([
        import("../runs/node/compare.ts"),
        import("../output/comparison-text.ts"),
      ]);
      const comparison = await compareRuns(dirs);
      print(json ? comparison : comparisonText(comparison));
    });
}
