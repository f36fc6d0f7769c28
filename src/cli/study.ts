import { Command } from "commander";
import type { CellsResult } from "../study/node/cell.ts";
import type { StudyStatus } from "../study/node/gathered.ts";
import { countOf } from "./counts.ts";
import { askedStudy, type StudyAsked } from "./study-asked.ts";
import { studyPlanCommand } from "./study-plan.ts";
import { submitCommand } from "./submit.ts";
import { stopOnSignals } from "./signals.ts";
import { exits, print } from "./terminal.ts";

type Done = (code: number) => void;

interface CellsOptions extends StudyAsked {
  readonly pack: string;
  readonly left?: boolean;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly program: string;
}

interface CellOptions extends StudyAsked {
  readonly out: string;
  readonly shard?: string;
  readonly attempt: string;
  readonly jobs: string;
  readonly json?: boolean;
}

/** `study …`: a study cell by cell, on any number of machines. */
export function studyCommand(done: Done): Command {
  const study = new Command("study")
    .description(
      "Runs a study cell by cell: with GNU parallel, on a cluster, or by whatever runs lists.",
    )
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop study plan quickstart-study
  analog-eqprop study cells quickstart-study --out runs/s > cells.txt
  parallel --joblog log.txt --resume-failed < cells.txt
  analog-eqprop study status runs/s
  analog-eqprop study report runs/s`,
    );
  study.addCommand(cellsCommand());
  study.addCommand(cellCommand(done));
  study.addCommand(studyPlanCommand());
  study.addCommand(submitCommand());
  study.addCommand(statusCommand(done));
  study.addCommand(mergeCommand(done));
  study.addCommand(studyReportCommand(done));
  return study;
}

function cellsCommand(): Command {
  return askedStudy(
    new Command("cells")
      .description("Prints the cells of a study as commands, one a line, for any list runner.")
      .argument("<study>", "study file, or the name of one of `experiments list`"),
  )
    .option("--out <dir>", "folder of the results (default: runs/<study>, or runs/<study>-quick)")
    .option("--pack <k>", "cells a command, so that starting it does not count", "1")
    .option("--left", "only the cells that have no result yet")
    .option("--resume", "keep what fits of a folder whose settings were others")
    .option("--force", "list it whatever time it will take")
    .option("--program <command>", "how the command is called where it runs", "analog-eqprop")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop study cells quickstart-study --quick --out runs/s > cells.txt
  analog-eqprop study cells quickstart-study --pack 20 --program "npx analog-eqprop"`,
    )
    .action(listed);
}

async function listed(file: string, options: CellsOptions): Promise<void> {
  const pack = countOf("--pack", options.pack, 10_000);
  const [{ listCells }, { commandLine }] = await Promise.all([
    import("../study/node/list.ts"),
    import("../runs/node/environment.ts"),
  ]);
  const {
    commands,
    dir,
    cells,
    listed: count,
  } = await listCells({
    ...options,
    file,
    pack,
    left: options.left === true,
    jobs: 1,
    command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    note: (text) => process.stderr.write(`${text}\n`),
  });
  process.stderr.write(`${count} of ${cells} cells in ${commands.length} commands, for ${dir}\n`);
  if (commands.length > 0) print(commands.join("\n"));
}

function cellCommand(done: Done): Command {
  return askedStudy(
    new Command("cell")
      .description(
        "Runs some cells of a study, and appends their results to a file of their own.\nCells " +
          "that are finished there are kept.",
      )
      .argument("<study>", "study file, or the name of one of `experiments list`")
      .argument("<id...>", "cells, as `study cells` lists them"),
  )
    .requiredOption("--out <dir>", "folder of the study")
    .option("--shard <name>", "whose file it is, results.<name>.jsonl (default: the first cell)")
    .option("--attempt <n>", "how often the same was begun before, each in a file of its own", "0")
    .option("--jobs <n>", "cells at a time, a thread each", "1")
    .option("--json", "print one JSON object with the result and nothing else on stdout")
    .addHelpText(
      "after",
      `
Example, with a cell of \`study cells quickstart-study --quick --out runs/s\`:
  analog-eqprop study cell quickstart-study 0123456789abcdef --quick --out runs/s`,
    )
    .action(async (file: string, ids: readonly string[], options: CellOptions) =>
      done(await ranCells(file, ids, options)),
    );
}

async function ranCells(
  file: string,
  ids: readonly string[],
  { attempt, jobs, json, ...options }: CellOptions,
): Promise<number> {
  const work = {
    jobs: countOf("--jobs", jobs, 999),
    attempt: attempt === "0" ? 0 : countOf("--attempt", attempt, 999),
  };
  const [{ runListedCells }, { commandLine }, { showStudy }] = await Promise.all([
    import("../study/node/cell.ts"),
    import("../runs/node/environment.ts"),
    import("./study-progress.ts"),
  ]);
  const watcher = showStudy(false);
  const stop = stopOnSignals("stopping; finished cells are kept");
  const park = parkOnSignal();
  try {
    const result = await runListedCells({
      ...options,
      ...work,
      file,
      ids,
      watcher,
      signal: AbortSignal.any([stop.signal, park.late]),
      parking: park.parking,
      command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    });
    watcher.end();
    print(json ? result : cellsText(result));
    return result.outcome === "completed"
      ? exits.ok
      : result.outcome === "failed"
        ? exits.failed
        : park.isAsked()
          ? exits.again
          : stop.code();
  } finally {
    watcher.end();
    stop.forget();
    park.forget();
  }
}

/** Seconds that cells have to keep how far they are; what keeps nothing is begun anew. */
const patience = 60;

/** SIGUSR1, as Slurm sends it before the limit of the time, asks cells to keep what they have. */
function parkOnSignal() {
  const parking = new Int32Array(new SharedArrayBuffer(4));
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const park = () => {
    process.stderr.write("\nkeeping how far the cells are, and stopping\n");
    Atomics.store(parking, 0, 1);
    timer ??= setTimeout(() => late.abort(), 1000 * patience);
  };
  process.on("SIGUSR1", park);
  return {
    parking,
    late: late.signal,
    isAsked: () => Atomics.load(parking, 0) !== 0,
    forget() {
      process.off("SIGUSR1", park);
      clearTimeout(timer);
    },
  };
}

function cellsText({ outcome, cells, kept, ran, failed, results }: CellsResult): string {
  const before = kept > 0 ? `, ${kept} of them kept from before` : "";
  const lost = failed > 0 ? `, ${failed} failed` : "";
  return `${outcome}: ${kept + ran} of ${cells} cells${before}${lost}: ${results}`;
}

function statusCommand(done: Done): Command {
  return new Command("status")
    .description("Counts what the cells of a study have come to, whoever runs them.")
    .argument("<dir>", "folder of the study")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  analog-eqprop study status runs/quickstart-study")
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const { studyStatus } = await import("../study/node/gathered.ts");
      const status = studyStatus(dir);
      print(json ? status : await statusText(status));
      done(codeOf(status));
    });
}

function mergeCommand(done: Done): Command {
  return new Command("merge")
    .description(
      "Puts the results of all shards into results.jsonl, .csv and .parquet, in the order of the " +
        "grid.\nThe files of shards stay; doing it again changes nothing.",
    )
    .argument("<dir>", "folder of the study")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  analog-eqprop study merge runs/quickstart-study")
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const { mergeStudy } = await import("../study/node/gathered.ts");
      const status = await mergeStudy(dir);
      print(json ? status : await statusText(status));
      done(codeOf(status));
    });
}

function studyReportCommand(done: Done): Command {
  return new Command("report")
    .description("Draws report, figures, table and claims from all results of a folder.")
    .argument("<dir>", "folder of the study")
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  analog-eqprop study report runs/quickstart-study")
    .action(async (dir: string, { json }: { json?: boolean }) => {
      const [{ reportStudy }, { studySummary }] = await Promise.all([
        import("../study/node/gathered.ts"),
        import("./run.ts"),
      ]);
      const result = await reportStudy(dir);
      print(json ? result : await studySummary(result, "drawn.jsonl"));
      done(result.outcome === "completed" ? exits.ok : exits.failed);
    });
}

/** What is missing may still come; what failed, or came out twice and not alike, will not. */
const codeOf = ({ failed, conflicts }: StudyStatus) =>
  failed.length + conflicts.length > 0 ? exits.failed : exits.ok;

/** Failed cells and conflicts that are named. */
const shown = 10;

async function statusText(status: StudyStatus): Promise<string> {
  const { durationText } = await import("../training/progress.ts");
  const { study, quick, cells, finished, missing, failed, outcomes, conflicts } = status;
  const more = (all: readonly unknown[]) =>
    all.length > shown ? [`  … and ${all.length - shown} more`] : [];
  const each = Object.entries(outcomes).map(([outcome, n]) => `${n} ${outcome}`);
  return [
    `${study}${quick ? " (quick settings)" : ""}: ${finished} of ${cells} cells are finished` +
      `, ${missing} are missing, ${failed.length} failed`,
    `  outcomes  ${each.join(", ") || "none yet"}`,
    `  work      ${durationText(status.seconds)} of a thread`,
    `  results   ${status.lines} lines in ${status.files} files of ${status.outDir}` +
      (status.foreign > 0 ? `, ${status.foreign} of cells that are not of this study` : ""),
    ...failed.slice(0, shown).map((c) => `  failed    ${c.id} ${c.where}: ${c.message}`),
    ...more(failed),
    ...conflicts
      .slice(0, shown)
      .map(
        ({ id, first, second }) =>
          `  conflict  ${id} has other numbers in ${first.file} (${first.host}, version ` +
          `${first.version}) than in ${second.file} (${second.host}, version ${second.version})`,
      ),
    ...more(conflicts),
  ].join("\n");
}
