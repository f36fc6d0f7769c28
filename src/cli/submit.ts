import { Command } from "commander";
import { countOf } from "./counts.ts";
import { askedStudy, type StudyAsked } from "./study-asked.ts";
import { print } from "./terminal.ts";

interface Options extends StudyAsked {
  readonly slurm?: boolean;
  readonly pack: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly program?: string;
  readonly time?: string;
  readonly mem?: string;
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly cpusPerTask: string;
  readonly arrayParallelism: string;
  readonly requeues: string;
  readonly signalBefore: string;
  readonly setup?: string;
  readonly additional: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `study submit STUDY --slurm`: the cells without a result as arrays of Slurm. */
export function submitCommand(): Command {
  return askedStudy(
    new Command("submit")
      .description(
        "Submits the cells of a study that have no result to Slurm, and a job that merges and " +
          "reports.\nIt returns at once; `study status` tells how far they are.",
      )
      .argument("<study>", "study file, or the name of one of `experiments list`"),
  )
    .requiredOption("--slurm", "to Slurm, by job arrays")
    .option("--out <dir>", "folder of the results, which all nodes see (default: runs/<study>)")
    .option("--pack <k>", "cells a task, so that starting it does not count", "1")
    .option("--time <limit>", "limit of a task: minutes, or 1-12:00:00")
    .option("--mem <size>", "memory of a task, such as 4G")
    .option("--partition <name>", "partition of the cluster")
    .option("--account <name>", "who pays")
    .option("--qos <name>", "quality of service")
    .option("--cpus-per-task <n>", "processors of a task, and its cells at a time", "1")
    .option("--array-parallelism <n>", "tasks at a time, at most", "256")
    .option("--requeues <n>", "how often a task goes on that ran into its limit", "3")
    .option("--signal-before <s>", "seconds before its limit at which it keeps what it has", "90")
    .option("--setup <line>", "shell before each task, such as `module load nodejs`")
    .option("--additional <option...>", "further options of sbatch, such as -Cfast", [])
    .option("--resume", "keep what fits of a folder whose settings were others")
    .option("--force", "submit it whatever time it will take")
    .option("--program <command>", "how the command is called on the nodes (default: as here)")
    .option("--dry-run", "print the scripts and the calls of sbatch, and submit nothing")
    .option("--json", "print one JSON object with the jobs")
    .addHelpText(
      "after",
      `
Examples:
  analog-eqprop study submit quickstart-study --slurm --time 30 --mem 2G --dry-run
  analog-eqprop study submit quickstart-study --slurm --pack 20 --array-parallelism 64`,
    )
    .action(submitted);
}

async function submitted(file: string, options: Options): Promise<void> {
  const { json, dryRun } = options;
  const asked = {
    ...options,
    cpusPerTask: countOf("--cpus-per-task", options.cpusPerTask, 999),
    arrayParallelism: countOf("--array-parallelism", options.arrayParallelism, 1_000_000),
    requeues: countOf("--requeues", options.requeues, 99),
    signalBefore: countOf("--signal-before", options.signalBefore, 65_535),
  };
  const pack = countOf("--pack", options.pack, 10_000);
  const [{ listCells }, { commandLine }, slurm] = await Promise.all([
    import("../study/node/list.ts"),
    import("../runs/node/environment.ts"),
    import("../study/node/slurm.ts"),
  ]);
  const program = options.program ?? commandLine([process.execPath, process.argv[1]]);
  const largest = dryRun ? 1000 : slurm.maxArraySize();
  const cells = await listCells({
    ...options,
    file,
    pack,
    program,
    left: true,
    jobs: 1,
    command: commandLine(["analog-eqprop", ...process.argv.slice(2)]),
    note: (text) => process.stderr.write(`${text}\n`),
  });
  if (cells.listed === 0) {
    process.stderr.write(`all ${cells.cells} cells are finished in ${cells.dir}\n`);
    return;
  }
  const plan = slurm.slurmPlan(cells, asked, { largest, program });
  if (dryRun) {
    const calls = [
      ...plan.chunks.map((chunk) =>
        plan.arrayCall(
          chunk,
          plan.chunks.map((_, i) => `JOB${i + 1}`),
        ),
      ),
      plan.reportCall(plan.chunks.map((_, i) => `JOB${i + 1}`)),
    ];
    const scripts = [plan.script, plan.reportScript].map((p) => `# ${p}\n${plan.files[p]}`);
    print([...scripts, ...calls.map((c) => commandLine(["sbatch", ...c]))].join("\n"));
    return;
  }
  const result = slurm.submit(cells, plan);
  print(
    json
      ? result
      : `${result.cells} of ${result.of} cells in ${result.tasks} tasks: jobs ` +
          `${result.jobs.join(", ")}; job ${result.report} merges and reports.\n` +
          `How far they are: analog-eqprop study status ${result.outDir}`,
  );
}
