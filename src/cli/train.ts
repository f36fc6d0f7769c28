import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { valueText } from "../circuit/physics/index.ts";
import type { RunResult } from "../runs/node/records.ts";
import { InputError } from "../numerics/errors.ts";
import { stopOnSignals } from "./signals.ts";
import { exits, print, tell } from "./terminal.ts";

interface Options {
  readonly data?: string;
  readonly out?: string;
  readonly set?: readonly string[];
  readonly seed?: string;
  readonly without?: string;
  readonly resume?: boolean;
  readonly threads?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `train FILE.yaml`: fabricates a chip, trains it and takes home its copy. */
export function trainCommand(done: (code: number) => void): Command {
  return new Command("train")
    .description("Trains the chip of an experiment file and its digital copy, in a run folder.")
    .argument("<experiment>", "experiment file, or the name of one of `experiments list`")
    .option("--data <dir>", "folder of the data set")
    .option("--out <dir>", "run folder (default: runs/<name>-<k>)")
    .option("--set <key=value...>", "replace a value of the file")
    .option("--seed <n>", "replace the seed of the file")
    .option(
      "--without <names>",
      "leave imperfections of the circuit out, each with its exact zero: noise, mismatch, " +
        "converters, all, …",
    )
    .option("--resume", "go on with the run in --out, or with the last run of that name")
    .option(
      "--threads <n>",
      "threads that share the work; the numbers do not depend on it (default: the processors, " +
        "at most 4)",
    )
    .option("--force", "begin it whatever time it will take")
    .option("--quiet", "say nothing on the way; errors are told")
    .option("--json", "print one JSON object with the result and nothing else on stdout")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop train quickstart
  analog-eqprop train quickstart --seed 2 --set train.epochs=1 network.layers=[784,100,10]
  analog-eqprop train paper-small --data ~/data/mnist --out runs/small
  analog-eqprop train paper-small --out runs/small --resume`,
    )
    .action(async (file: string, options: Options) => done(await train(file, options)));
}

async function train(
  file: string,
  { data, out, set = [], seed, without, resume, threads, force, json, quiet }: Options,
): Promise<number> {
  const [
    { train },
    { commandLine },
    { parseOverride, withoutOverride },
    { experimentSchema },
    { showProgress },
  ] = await Promise.all([
    import("../runs/node/run.ts"),
    import("../runs/node/environment.ts"),
    import("../experiment/overrides.ts"),
    import("../experiment/schema.ts"),
    import("./progress.ts"),
  ]);
  const overrides = set.map((text) => parseOverride(text, experimentSchema));
  if (seed !== undefined)
    overrides.push(parseOverride(`seed=${seed}`, experimentSchema, `--seed ${seed}`));
  if (without !== undefined) overrides.push(withoutOverride(without));
  const watcher = showProgress(quiet);
  const stop = stopOnSignals("stopping after this minibatch; once more to quit at once");
  try {
    const result = await train({
      file,
      overrides,
      data,
      out,
      resume,
      force,
      watcher,
      threads: threadCount(threads),
      signal: stop.signal,
      command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    });
    watcher.end();
    if (result.outcome !== "completed" && result.advice) tell(result.advice);
    print(json ? result : await summary(result));
    return result.outcome === "completed"
      ? exits.ok
      : result.outcome === "diverged"
        ? exits.failed
        : stop.code();
  } finally {
    watcher.end();
    stop.forget();
  }
}

function threadCount(text: string | undefined): number {
  if (text === undefined) return Math.min(4, availableParallelism());
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new InputError(`--threads ${text}: expected a whole number from 1 to 99`);
}

async function summary(result: RunResult): Promise<string> {
  const [
    { notANumber, durationText, epochText, rateText },
    { scoreDetails, scoreLabel, scoresText },
    { valueText },
    { copyFileNames },
  ] = await Promise.all([
    import("../training/progress.ts"),
    import("../output/score-text.ts"),
    import("../circuit/physics/index.ts"),
    import("../exports/formats.ts"),
  ]);
  const { outcome, testErrorCopy, testErrorChip, epochs, samplesPerSecond, seconds, runDir } =
    result;
  const scores = result.scores?.test ?? { copy: null, chip: null };
  const measured =
    testErrorChip === null && testErrorCopy === null
      ? outcome === "diverged"
        ? notANumber
        : "not measured yet"
      : scoresText(
          { score: scores.copy, error: testErrorCopy },
          { score: scores.chip, error: testErrorChip },
        );
  const finished = outcome !== "interrupted";
  return [
    `${outcome} after ${epochText(epochs)} epochs, ${durationText(seconds)} ` +
      `(${rateText(samplesPerSecond)})`,
    `  ${scoreLabel("test", scores).padEnd(12)} ${measured}`,
    ...scoreDetails(scores).map(([label, text]) => `  ${label.padEnd(12)} ${text}`),
    ...physical(result, valueText),
    `  run folder   ${runDir}`,
    ...(finished ? [`  report       ${join(runDir, "report.html")}`] : []),
    ...(finished && testErrorCopy !== null
      ? [`  the copy     ${copyFileNames.map((name) => join(runDir, name)).join(", ")}`]
      : []),
    ...(outcome === "interrupted"
      ? [`Go on: the same command with --resume --out ${runDir}`]
      : measured === notANumber
        ? []
        : [`Measure it again: analog-eqprop evaluate ${runDir}`]),
  ].join("\n");
}

/**
 * What the chip would take as hardware, as far as it is known: the report and --json have all of
 * it.
 */
function physical({ physics, hindrances }: RunResult, text: typeof valueText): readonly string[] {
  const known = (key: string) =>
    physics?.[key] && physics[key].value !== null ? [text({ ...physics[key], key })] : [];
  const line = (name: string, parts: readonly (readonly [key: string, what: string])[]) => {
    const said = parts.flatMap(([key, what]) => known(key).map((value) => `${value} ${what}`));
    return said.length === 0 ? [] : [`  ${name.padEnd(12)} ${said.join(", ")}`];
  };
  return [
    ...line("settling", [
      ["time.free", "free"],
      ["time.nudged", "nudged"],
    ]),
    ...line("energy", [
      ["energy.inference", "an inference"],
      ["energy.sample", "a training sample"],
    ]),
    ...line("learning", [
      ["learning.snr", "signal over noise"],
      ["learning.beta.optimum", "the best β"],
    ]),
    ...(physics?.["learning.asymmetry"]?.value
      ? line("asymmetry", [["learning.asymmetry", "‖W − Wᵀ‖ / ‖W + Wᵀ‖: no energy exists"]])
      : []),
    ...hindrances.map((sentence) => `  against it   ${sentence}`),
  ];
}
