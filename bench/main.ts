#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { InputError } from "../src/numerics/errors.ts";
import { netNames } from "./cells.ts";
import { benchImperfect, type ImperfectOptions } from "./imperfect.ts";
import { chips } from "./imperfect-task.ts";
import { benchMemory, type MemoryOptions } from "./memory.ts";
import { count, counts, positive, someOf } from "./options.ts";
import { say, type OutputOptions } from "./output.ts";
import { againsts, benchScaling, type ScalingOptions } from "./scaling.ts";
import { benchSolvers, parts, type SolversOptions } from "./solvers.ts";
import { benchSpice, spiceNets, type SpiceOptions } from "./spice.ts";
import { benchStartup } from "./startup.ts";
import { benchAccuracy, type AccuracyOptions } from "./time-to-accuracy.ts";
import { benchTrain, type TrainOptions } from "./train.ts";

const peer = () =>
  new Option(
    "--peer <command>",
    "another program of the same algorithm, as a line for the shell; ours appends " +
      "--throughput or the settings of a run",
  );
const data = () =>
  new Option(
    "--data <dir>",
    'folder of MNIST, or "digits" for the built-in ones (default: where MNIST is usually found)',
  );
const threads = () =>
  new Option("--threads <list>", "numbers of threads").argParser(counts).default([1, 2], "1,2");

/** Makes the command of a benchmark. */
type Make = (name: string, description: string) => Command;
/** Takes the exit code of a benchmark. */
type Done = (code: number) => void;

function training(bench: Make, done: Done): void {
  bench("train", "samples/s of whole training steps, by turns with a peer")
    .addOption(peer())
    .addOption(data())
    .addOption(threads())
    .option("--rounds <n>", "rounds, for the medians", count, 3)
    .option("--seconds <s>", "time window of a cell", positive, 1)
    .addOption(
      new Option("--cells <list>", "networks")
        .argParser(someOf(netNames))
        .default(netNames, "small,large"),
    )
    .option("--noise", "time thermal noise in every step as well")
    .action(async (options: TrainOptions) => {
      done(await benchTrain(options));
    });
  bench(
    "imperfect",
    "samples/s of training steps on mismatched and noisy chips beside the ideal one",
  )
    .addOption(data())
    .option("--rounds <n>", "rounds, for the medians", count, 5)
    .option("--seconds <s>", "time window of a chip", positive, 1)
    .addOption(
      new Option("--only <list>", "chips beside the ideal one")
        .argParser(someOf(chips))
        .default(chips, chips.slice(1).join(",")),
    )
    .action(async (options: ImperfectOptions) => {
      done(await benchImperfect(options));
    });
  bench(
    "scaling",
    "time and memory against width, depth and batch, and the fraction of the machine's peak",
  )
    .addOption(data())
    .option("--seconds <s>", "time window of a point", positive, 1)
    .addOption(
      new Option("--only <list>", "axes")
        .argParser(someOf(againsts))
        .default(againsts, "width,depth,batch"),
    )
    .option("--out <file.svg>", "draw the figure there")
    .action(async (options: ScalingOptions) => {
      done(await benchScaling(options));
    });
  bench(
    "time-to-accuracy",
    "seconds of training until the copy's test error is small, against a peer",
  )
    .addOption(peer())
    .addOption(data())
    .addOption(threads())
    .option("--error <percent>", "the test error to reach", positive, 2.5)
    .option("--epochs <n>", "give up after so many epochs", count, 50)
    .action(async (options: AccuracyOptions) => {
      done(await benchAccuracy(options));
    });
}

function settlingAndSystem(bench: Make, done: Done): void {
  bench("solvers", "what settling costs by each solver, and what learning costs by some")
    .addOption(data())
    .addOption(
      new Option("--only <list>", "parts")
        .argParser(someOf(parts))
        .default(parts, "settling,training"),
    )
    .option("--rounds <n>", "rounds of settling, for the medians", count, 3)
    .option("--epochs <n>", "of training", count, 5)
    .addOption(new Option("--seeds <list>", "of training").argParser(counts).default([1, 2], "1,2"))
    .action(async (options: SolversOptions) => {
      done(await benchSolvers(options));
    });
  bench("spice", "parity with ngspice, and how much longer it takes")
    .addOption(
      new Option("--engine <name>", "which ngspice").choices(["native", "wasm"]).default("native"),
    )
    .addOption(
      new Option("--only <list>", "networks")
        .argParser(someOf(spiceNets))
        .default(spiceNets, spiceNets.join(",")),
    )
    .action(async (options: SpiceOptions) => {
      done(await benchSpice(options));
    });
  bench("startup", "milliseconds to start the command and to import the library").action(
    (options: OutputOptions) => {
      done(benchStartup(options));
    },
  );
  bench("memory", "peak memory of training on MNIST")
    .addOption(data())
    .addOption(threads())
    .action(async (options: MemoryOptions) => {
      done(await benchMemory(options));
    });
}

/** Runs a command line and returns the exit code: 0 ok, 1 something failed, 2 bad input. */
async function run(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("npm run bench --")
    .description("Measures how fast and how large the engine is.")
    .addHelpText(
      "after",
      "\nTimings mean something on a quiet machine only. docs/performance.md says what is " +
        "measured and how.",
    );
  const bench = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option("--json", "print one object a line on stdout, and nothing else there")
      .option(
        "--write [page]",
        "fill the benchmark's section of docs/performance.md, or of another page",
      );
  const done = (result: number) => {
    code = result;
  };
  training(bench, done);
  settlingAndSystem(bench, done);
  for (const command of [program, ...program.commands])
    command.exitOverride().showSuggestionAfterError().showHelpAfterError("(add --help for help)");
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof Error)) throw error;
    say(`error: ${error.message}`);
    if ((process.env["DEBUG"] ?? "") !== "") say(error.stack ?? "");
    return error instanceof InputError ? 2 : 1;
  }
}

process.exitCode = await run(process.argv.slice(2));
