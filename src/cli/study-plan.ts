import { Command } from "commander";
import type { StudyEstimate } from "../study/node/estimate.ts";
import { countOf, jobCount } from "./counts.ts";
import { stopOnSignals } from "./signals.ts";
import { askedStudy, type StudyAsked } from "./study-asked.ts";
import { print } from "./terminal.ts";

interface Options extends StudyAsked {
  readonly jobs?: string;
  readonly seconds: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `study plan STUDY`: what it will take, before it is begun. */
export function studyPlanCommand(): Command {
  return askedStudy(
    new Command("plan")
      .description(
        "Tells what a study will take: cells, time, memory, disk.\nA cell of each kind is timed " +
          "for a while; nothing is written.",
      )
      .argument("<study>", "study file, or the name of one of `experiments list`"),
  )
    .option("--jobs <n>", "cells at a time (default: the processors)")
    .option("--seconds <s>", "how long a cell of each kind is timed, at most; 0: not at all", "10")
    .option("--force", "whatever time it will take")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop study plan quickstart-study
  analog-eqprop study plan oconnor-2019/figure-2 --jobs 64 --seconds 30`,
    )
    .action(planned);
}

async function planned(file: string, { json, ...options }: Options): Promise<void> {
  const jobs = jobCount(options.jobs);
  const seconds = options.seconds === "0" ? 0 : countOf("--seconds", options.seconds, 86_400);
  const { estimateStudy } = await import("../study/node/estimate.ts");
  const stop = stopOnSignals("stopping; what was timed until now is told");
  try {
    const estimate = await estimateStudy({
      ...options,
      file,
      jobs,
      seconds,
      signal: stop.signal,
      note: (text) => process.stderr.write(`${text}\n`),
    });
    print(json ? estimate : await estimateText(estimate));
  } finally {
    stop.forget();
  }
}

/** Kinds that are listed. */
const shown = 8;

async function estimateText(e: StudyEstimate): Promise<string> {
  const [{ durationText }, { bytesText }] = await Promise.all([
    import("../training/progress.ts"),
    import("../numerics/demand.ts"),
  ]);
  const hidden = e.kinds.length - shown;
  return [
    `${e.study}${e.quick ? " (quick settings)" : ""}: ${e.cells} cells of ${e.kinds.length} kinds`,
    `  time    ${durationText(e.seconds)} with ${e.jobs} at a time, ` +
      `${durationText(e.threadSeconds)} of one thread`,
    `  memory  ${bytesText(e.memory)} besides the data`,
    `  disk    ${bytesText(e.disk)}`,
    ...e.kinds
      .slice(0, shown)
      .map(
        (k) =>
          `  ${k.cells} × ${durationText(k.seconds)}` +
          `${k.by === "time" ? "" : " (by its work)"}, ${bytesText(k.bytes)}: ${k.example}`,
      ),
    ...(hidden > 0 ? [`  … and ${hidden} more kinds`] : []),
  ].join("\n");
}
