import { Command } from "commander";
import { print } from "./terminal.ts";

/** `evaluate RUN`: measures the chip and the copy of a run once more. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("Rebuilds chip and copy from the checkpoint of a run and measures their errors.")
    .argument("<run>", "run folder")
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .option("--json", "print one JSON object")
    .addHelpText("after", `
Examples:
  analog-eqprop evaluate runs/quickstart-1
  analog-eqprop evaluate runs/paper-small-1 --data ~/data/mnist --json`)
    .action(async (dir: string, { data, json }: { data?: string; json?: boolean }) => {
      const [{ evaluateRun }, { errors, percent, epochText }] = await Promise.all([import("../experiment/node/reopen.ts"), import("../experiment/wording.ts")]);
      const e = await evaluateRun(dir, data);
      if (!e.sameData) process.stderr.write("note: these are other images than those of the run\n");
      print(json ? { ...e, runDir: dir } : [
        `${dir} after ${epochText(e.epoch)} epochs, on ${e.data}`,
        `  test error    ${errors(e.testErrorCopy, e.testErrorChip)}`,
        `  train error   ${errors(e.trainErrorCopy, e.trainErrorChip)}`,
        `  residual      ${e.residual.toExponential(1)} at the end of the free phase, the largest`,
        ...e.agreement === null ? [] : [`  agreement     ${percent(e.agreement)} of the test images get the same class from both`],
      ].join("\n"));
    });
}
