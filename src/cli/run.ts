import { join } from "node:path";
import { Command } from "commander";
import type { StudyResult } from "../study/node/run.ts";
import { InputError } from "../numerics/errors.ts";
import { jobCount } from "./counts.ts";
import { stopOnSignals } from "./signals.ts";
import { exits, print } from "./terminal.ts";

interface Options {
  readonly quick?: boolean;
  readonly out?: string;
  readonly resume?: boolean;
  readonly jobs?: string;
  readonly data?: string;
  readonly set?: readonly string[];
  readonly without?: string;
  readonly results?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `run STUDY.yaml`: runs the cells of a study and draws what came out. */
export function runCommand(done: (code: number) => void): Command {
  return new Command("run")
    .description(
      "Runs a study: a grid of experiments with several seeds, figures, a table and " +
        "claims.\nCells that are finished already, as after kill -9, are kept.",
    )
    .argument("<study>", "study file, or the name of one of `experiments list`")
    .option("--quick", "the study's quick settings: minutes instead of hours")
    .option("--out <dir>", "folder of the results (default: runs/<study>, or runs/<study>-quick)")
    .option("--resume", "keep what fits of a folder whose settings were others")
    .option("--jobs <n>", "cells at a time, a thread each (default: the processors)")
    .option("--data <dir>", "folder of the data set")
    .option(
      "--set <key=value...>",
      "replace a value of the experiment, options.<key>, seeds or grid.<axis>",
    )
    .option(
      "--without <names>",
      "leave imperfections of the circuit out, each with its exact zero: noise, mismatch, " +
        "converters, all, …",
    )
    .option("--results <file>", "draw from these results.jsonl or drawn.jsonl and run nothing")
    .option("--force", "begin it whatever time it will take")
    .option("--quiet", "say nothing on the way; errors are told")
    .option("--json", "print one JSON object with the result and nothing else on stdout")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop run quickstart-study --quick
  analog-eqprop run quickstart-study --jobs 2 --out runs/lambda
  analog-eqprop run oconnor-2019/figure-2 --results docs/paper/figure-2.jsonl
  analog-eqprop run quickstart-study --set seeds=[1,2,3] \
grid.learning.lambda=[0,10] --out runs/more`,
    )
    .action(async (file: string, options: Options) => done(await run(file, options)));
}

async function run(
  file: string,
  { quick, out, resume, jobs, data, set, without, results, force, json, quiet }: Options,
): Promise<number> {
  if (results !== undefined && (resume || jobs !== undefined || data !== undefined))
    throw new InputError(
      "--results: this draws what is there and runs nothing; leave --jobs, --data and --resume out",
    );
  const count = jobCount(jobs);
  const [{ drawStudy, runStudy }, { commandLine }, { showStudy }] = await Promise.all([
    import("../study/node/index.ts"),
    import("../runs/node/environment.ts"),
    import("./study-progress.ts"),
  ]);
  const watcher = showStudy(quiet);
  const stop = stopOnSignals("stopping; finished cells are kept");
  try {
    const common = {
      file,
      quick,
      out,
      set,
      without,
      watcher,
      command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    };
    const result =
      results === undefined
        ? await runStudy({ ...common, resume, data, force, jobs: count, signal: stop.signal })
        : await drawStudy({ ...common, results });
    watcher.end();
    print(
      json
        ? result
        : await studySummary(result, results === undefined ? "results.jsonl" : "drawn.jsonl"),
    );
    return result.outcome === "completed"
      ? exits.ok
      : result.outcome === "failed"
        ? exits.failed
        : stop.code();
  } finally {
    watcher.end();
    stop.forget();
  }
}

/** What a study came to, for people. */
export async function studySummary(r: StudyResult, lines: string): Promise<string> {
  const { durationText } = await import("../training/progress.ts");
  const { held, didNotHold, open } = r.claims;
  const claims = held + didNotHold + open;
  const kept = r.kept > 0 ? `, ${r.kept} of them kept from before` : "";
  const failed = r.failed > 0 ? `, ${r.failed} failed` : "";
  return [
    `${r.outcome}: ${r.kept + r.ran} of ${r.cells} cells${kept}${failed}, ` +
      durationText(r.seconds),
    `  report    ${join(r.outDir, "report.html")}`,
    `  results   ${join(r.outDir, "results.csv")}, ${join(r.outDir, lines)}`,
    ...(claims > 0
      ? [
          `  claims    ${held} held, ${didNotHold} did not hold, ${open} left open: ` +
            join(r.outDir, "claims.md"),
        ]
      : []),
    ...(r.outcome === "completed" ? [] : ["Go on: the same command again"]),
  ].join("\n");
}
