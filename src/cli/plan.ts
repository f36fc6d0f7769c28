import { Command } from "commander";
import { exits, print } from "./terminal.ts";

interface Options {
  readonly data?: string;
  readonly set?: readonly string[];
  readonly secondsPerSample?: string;
  readonly json?: boolean;
}

/** `plan EXPERIMENT`: how to nudge and for how long to read, before anything is trained. */
export function planCommand(done: (code: number) => void): Command {
  return new Command("plan")
    .description(
      "Measures bias and variance of the learning signal of an experiment on a minibatch, and " +
        "says which scheme,\nβ and window of the readout have the least error in the time of a " +
        "sample.",
    )
    .argument("<experiment>", "experiment file, or the name of one of `experiments list`")
    .option(
      "--seconds-per-sample <time>",
      'time of a training sample on the chip, such as "200 ns" (default: what it takes now)',
    )
    .option("--data <dir>", "folder of the data set")
    .option("--set <key=value...>", "replace a value of the file")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop plan quickstart --set circuit.noise.thermal=386300
  analog-eqprop plan quickstart --seconds-per-sample "1 us" --json`,
    )
    .action(async (file: string, options: Options) => done(await plan(file, options)));
}

async function plan(
  file: string,
  { data, set = [], secondsPerSample, json }: Options,
): Promise<number> {
  const [{ planExperiment }, { planText }, { parseOverride }, { experimentSchema }] =
    await Promise.all([
      import("../runs/node/plan.ts"),
      import("../planner/words.ts"),
      import("../experiment/overrides.ts"),
      import("../experiment/schema.ts"),
    ]);
  const found = await planExperiment({
    file,
    overrides: set.map((text) => parseOverride(text, experimentSchema)),
    data,
    secondsPerSample,
  });
  print(json ? found : planText(found));
  return exits.ok;
}
