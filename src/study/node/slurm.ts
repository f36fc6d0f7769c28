import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { makeFolders } from "../../data/node/folders.ts";
import { InputError } from "../../numerics/errors.ts";
import { writeFileAtomic } from "../../output/node/files.ts";
import { commandLine } from "../../runs/node/environment.ts";
import { RunError } from "../../runs/node/learn.ts";
import type { CellList } from "./list.ts";

/** What Slurm is asked for; the names are those of submitit and of sbatch. */
export interface SlurmAsked {
  /** Of one task, as sbatch takes it: minutes, or `days-hours:minutes:seconds`. */
  readonly time?: string;
  readonly mem?: string;
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** Cells of a task at a time, and its processors. */
  readonly cpusPerTask: number;
  /** Tasks at a time, at most. */
  readonly arrayParallelism: number;
  /** How often a task is begun again that ran into its limit. */
  readonly requeues: number;
  /** Seconds before the limit at which a task keeps what it has. */
  readonly signalBefore: number;
  /** Lines of shell before the first command, such as `module load nodejs`. */
  readonly setup?: string;
  /** Further options of sbatch, such as `--constraint=fast`. */
  readonly additional: readonly string[];
}

/** What `study submit --json` prints. */
export interface Submission {
  /** Its name. */
  readonly study: string;
  /** Cells that were submitted. */
  readonly cells: number;
  /** Cells of the study. */
  readonly of: number;
  /** Tasks, a line of the list each. */
  readonly tasks: number;
  /** The arrays, in the order of the list. */
  readonly jobs: readonly string[];
  /** The job that merges and reports when all have ended. */
  readonly report: string;
  /** The list of commands. */
  readonly list: string;
  /** The folder of the results. */
  readonly outDir: string;
}

/** Part of the list that is one array, whose indices begin at 0. */
interface Chunk {
  readonly offset: number;
  readonly size: number;
  /** Tasks of it at a time. */
  readonly parallel: number;
  /** The chunk that has to end first; undefined where this one may begin at once. */
  readonly after: number | undefined;
}

/** The exit code of a command that kept how far it is, and asks to be begun again. */
const beginAgain = 75;

/**
 * Arrays whose indices stay below `MaxArraySize`, and the tasks at a time divided among them. Where
 * there are more arrays than tasks at a time, one waits for another.
 */
export function arrayChunks(
  tasks: number,
  maxArraySize: number,
  parallel: number,
): readonly Chunk[] {
  const count = Math.ceil(tasks / maxArraySize);
  return Array.from({ length: count }, (_, i) => ({
    offset: i * maxArraySize,
    size: Math.min(maxArraySize, tasks - i * maxArraySize),
    parallel: Math.max(1, Math.floor(parallel / count) + (i < parallel % count ? 1 : 0)),
    after: i >= parallel ? i - parallel : undefined,
  }));
}

/** The largest array of this cluster, in tasks. */
export function maxArraySize(): number {
  const { stdout, error } = spawnSync("scontrol", ["show", "config"], { encoding: "utf8" });
  const found = error ? undefined : /^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1];
  if (found === undefined)
    throw new InputError(
      "study submit --slurm: `scontrol show config` tells no MaxArraySize: is this a machine of " +
        "the cluster? --dry-run prints what would be submitted, for arrays of 1000",
    );
  return Number(found);
}

/** What is submitted, as texts: files, and the arguments of each call of sbatch. */
interface Plan {
  readonly list: string;
  readonly script: string;
  readonly reportScript: string;
  readonly files: Readonly<Record<string, string>>;
  readonly chunks: readonly Chunk[];
  arrayCall(chunk: Chunk, jobs: readonly string[]): readonly string[];
  reportCall(jobs: readonly string[]): readonly string[];
}

/** Everything that Slurm is told of a list of commands. */
export function slurmPlan(
  { study, dir, commands }: CellList,
  asked: SlurmAsked,
  { largest, program }: { readonly largest: number; readonly program: string },
): Plan {
  const text = commands.map((c) => `${c}\n`).join("");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const folder = join(dir, "slurm");
  const [list, script, reportScript] = ["txt", "sh", "report.sh"].map((end) =>
    join(folder, `cells-${hash}.${end}`),
  );
  const name = study.name.replace(/[^\w.-]+/g, "-").slice(0, 60);
  const option = (key: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${key}=${value}`];
  const place = [
    ...option("partition", asked.partition),
    ...option("account", asked.account),
    ...option("qos", asked.qos),
  ];
  const parsable = ["--parsable", ...place];
  return {
    list,
    script,
    reportScript,
    files: {
      [list]: text,
      [script]: taskScript(list, hash, asked),
      [reportScript]: reportText(program, dir),
    },
    chunks: arrayChunks(commands.length, largest, asked.arrayParallelism),
    arrayCall: ({ offset, size, parallel, after }, jobs) => [
      ...parsable,
      `--job-name=${name}`,
      `--array=0-${size - 1}%${parallel}`,
      ...option("time", asked.time),
      ...option("mem", asked.mem),
      ...option("cpus-per-task", asked.cpusPerTask),
      `--signal=B:USR1@${asked.signalBefore}`,
      "--requeue",
      "--open-mode=append",
      `--output=${join(folder, "%A_%a.out")}`,
      ...(after === undefined ? [] : [`--dependency=afterany:${jobs[after]}`]),
      ...asked.additional,
      script,
      String(offset),
    ],
    reportCall: (jobs) => [
      ...parsable,
      `--job-name=${name}-report`,
      `--dependency=afterany:${jobs.join(":")}`,
      `--output=${join(folder, "report-%j.out")}`,
      ...asked.additional,
      reportScript,
    ],
  };
}

function taskScript(
  list: string,
  hash: string,
  { setup = "", cpusPerTask, requeues }: SlurmAsked,
): string {
  const jobs = cpusPerTask > 1 ? ` --jobs ${cpusPerTask}` : "";
  return `#!/bin/bash
# A task of an array: line $1 + SLURM_ARRAY_TASK_ID, counted from 0, of a list of commands.
line=$(($1 + SLURM_ARRAY_TASK_ID + 1))
attempt=\${SLURM_RESTART_COUNT:-0}
command=$(sed -n "\${line}p" ${commandLine([resolve(list)])})
[ -n "$command" ] || { echo "the list has no line $line" >&2; exit 2; }
${setup}
# A file of results for each attempt: one on a node that was lost may still be at work.
eval "$command --shard slurm-${hash}-$line --attempt $attempt${jobs}" &
child=$!
trap 'kill -USR1 $child' USR1
trap 'kill -TERM $child' TERM
wait $child; code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
# It kept how far it is before the limit of its time.
if [ $code -eq ${beginAgain} ] && [ "$attempt" -lt ${requeues} ]; then
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
  exit 0
fi
exit $code
`;
}

function reportText(program: string, dir: string): string {
  const out = commandLine([dir]);
  return `#!/bin/bash
# When all tasks have ended, however they did.
${program} study merge ${out}
${program} study report ${out}
`;
}

/**
 * Writes the list and the scripts, and submits the arrays and the job after them.
 * @throws RunError that names the part of the list that sbatch refused.
 */
export function submit(cells: CellList, plan: Plan): Submission {
  makeFolders(join(cells.dir, "slurm"));
  for (const [path, text] of Object.entries(plan.files)) writeFileAtomic(path, text);
  const jobs: string[] = [];
  const { chunks } = plan;
  for (const [i, chunk] of chunks.entries()) {
    const { offset, size } = chunk;
    jobs.push(
      sbatch(plan.arrayCall(chunk, jobs), (why) => {
        const before =
          jobs.length > 0
            ? `The parts before it are submitted (scancel ${jobs.join(" ")} takes them back); `
            : "Nothing was submitted; ";
        return (
          `sbatch refused part ${i + 1} of ${chunks.length}, lines ${offset + 1} to ` +
          `${offset + size} of ${plan.list}: ${why}\n${before}the same command submits what has ` +
          "no result by then."
        );
      }),
    );
  }
  const report = sbatch(
    plan.reportCall(jobs),
    (why) =>
      `sbatch refused the job that merges and reports: ${why}\nThe cells are submitted (jobs ` +
      `${jobs.join(", ")}); merge them yourself: analog-eqprop study merge ${cells.dir}`,
  );
  return {
    study: cells.study.name,
    cells: cells.listed,
    of: cells.cells,
    tasks: cells.commands.length,
    jobs,
    report,
    list: plan.list,
    outDir: cells.dir,
  };
}

function sbatch(args: readonly string[], complaint: (why: string) => string): string {
  const { status, stdout, stderr, error } = spawnSync("sbatch", args, { encoding: "utf8" });
  const [id] = /^\d+/.exec(stdout) ?? [""];
  if (error === undefined && status === 0 && id !== "") return id;
  throw new RunError(complaint(error ? error.message : stderr.trim() || `it ended with ${status}`));
}
