import { Command } from "commander";
import type { WrittenYield } from "../robustness/node/asked.ts";
import { jobCount } from "./counts.ts";
import { stopOnSignals } from "./signals.ts";
import { showSteps } from "./steps.ts";
import { exits, print } from "./terminal.ts";

interface Options extends WrittenYield {
  readonly jobs?: string;
  readonly data?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `yield RUN`: the weights of a run on dies that it never met. */
export function yieldCommand(done: (code: number) => void): Command {
  return new Command("yield")
    .description(
      "Moves the weights of a run to dies that it never met, and says which share of them is " +
        "good.\nDies that are measured already, as after kill -9, are kept.",
    )
    .argument("<run>", "run folder")
    .option("--dies <n>", "how many, or which: 1000, 1-32, 3,7,9 (default: 100)")
    .option("--below <error>", 'a die is good whose test error is below it, such as "4 %"')
    .option(
      "--until <width>",
      'dies are enough when half of the interval is below it, such as "1 %"',
    )
    .option(
      "--move <how>",
      "program: written by write-verify; as-is: registers as they are;\nrelearn=2: written, then " +
        "two epochs in place (default: program)",
    )
    .option("--temperature <T>", 'measure at this temperature, such as "85 degC"')
    .option("--age <time>", 'measure so long after the weights were programmed, such as "1 year"')
    .option(
      "--without <names>",
      "leave imperfections of the circuit out, each with its exact zero: noise, mismatch, " +
        "converters, all, …",
    )
    .option("--out <dir>", "folder of the results (default: yield, in the run folder)")
    .option("--jobs <n>", "dies at a time, a thread each (default: one a processor)")
    .option("--data <dir>", "folder of the data set (default: where the run had it from)")
    .option("--force", "begin it whatever time it may take")
    .option("--quiet", "say nothing on the way")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop yield runs/quickstart-1 --dies 1000 --below "4 %"
  analog-eqprop yield runs/quickstart-1 --dies 1000 --below "4 %" --until "2 %"
  analog-eqprop yield runs/quickstart-1 --dies 32 --move relearn=1 --below "4 %"
  analog-eqprop yield runs/quickstart-1 --temperature "85 degC" --age "1 year" --below "4 %"
  analog-eqprop evaluate runs/quickstart-1 --die worst-1@runs/quickstart-1/yield

Exit codes: 0 measured, 2 bad input, 130 stopped by Ctrl-C; go on by the same command.`,
    )
    .action(async (run: string, options: Options) => done(await measure(run, options)));
}

async function measure(run: string, { jobs, json, quiet, ...asked }: Options): Promise<number> {
  const count = jobCount(jobs);
  const [{ measureYield }, { yieldText }, { commandLine }] = await Promise.all([
    import("../robustness/node/yield.ts"),
    import("../robustness/yield-text.ts"),
    import("../runs/node/environment.ts"),
  ]);
  const step = showSteps("dies", { quiet });
  const stop = stopOnSignals("stopping; dies that are measured are kept");
  try {
    const result = await measureYield({
      run,
      ...asked,
      jobs: count,
      command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
      signal: stop.signal,
      told: step.told,
      note: (text) => quiet || process.stderr.write(`${text}\n`),
    });
    step.end();
    print(json ? result : yieldText(result));
    return result.outcome === "completed" ? exits.ok : stop.code();
  } finally {
    step.end();
    stop.forget();
  }
}
