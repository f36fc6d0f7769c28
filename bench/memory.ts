import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../src/numerics/errors.ts";
import { machine } from "./machine.ts";
import { announce, packageRoot, publish, say, type OutputOptions } from "./output.ts";
import type { DataChoice } from "./setup.ts";
import { listen } from "./spawn.ts";
import { whole } from "./table.ts";

export interface MemoryOptions extends OutputOptions {
  readonly data: DataChoice;
  readonly threads: readonly number[];
}

/** Bytes: the target for MNIST training. */
const target = 400e6;
/**
 * 300 minibatches of 20 of MNIST's 60 000 images; then the evaluation, the report and the exports,
 * as in every run.
 */
const epochs = 0.1;
const runs = ["paper-small", "paper-large"] as const;

// Said at the end by every process that is told to: linux counts kilobytes, and node hands them on
// everywhere.
const mark = "peak-resident-kilobytes";
const sayPeak = `data:text/javascript,${encodeURIComponent(
  `import { writeSync } from "node:fs"; import { isMainThread } from "node:worker_threads"; if ` +
    `(isMainThread) process.on("exit", () => writeSync(1, "\\n${mark} " + ` +
    `process.resourceUsage().maxRSS + "\\n"));`,
)}`;

/** `bench memory`: peak memory of the command itself. Returns the exit code. */
export async function benchMemory({ data, threads, ...output }: MemoryOptions): Promise<number> {
  const here = machine();
  const objects: { experiment: string; threads: number; peakBytes: number; target: number }[] = [];
  announce(
    "memory",
    `Peak memory of a training run of ${epochs} epochs, with its report`,
    here,
    output,
  );
  for (const experiment of runs)
    for (const n of threads) {
      say(`${experiment}, ${n} thread(s)`);
      objects.push({
        experiment,
        threads: n,
        peakBytes: await peakOf(experiment, n, data),
        target,
      });
    }
  publish(
    {
      name: "memory",
      machine: here,
      objects,
      notes: [
        `Most resident memory of \`analog-eqprop train\` over ${epochs} epochs on ` +
          `${data === "digits" ? "the built-in digits" : "MNIST"}, report and exports included.`,
      ],
      columns: [
        { title: "experiment" },
        { title: "threads", numeric: true },
        { title: "peak, MB", numeric: true },
        { title: "target, MB", numeric: true },
      ],
      rows: objects.map((o) => [
        o.experiment,
        String(o.threads),
        whole(o.peakBytes / 1e6),
        `< ${whole(o.target / 1e6)}`,
      ]),
    },
    output,
  );
  return 0;
}

async function peakOf(experiment: string, threads: number, data: DataChoice): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "analog-eqprop-bench-"));
  let peak = NaN;
  try {
    const { code, stderr } = await listen(
      process.execPath,
      [
        "--import",
        sayPeak,
        join(packageRoot, "dist/cli/main.js"),
        "train",
        join(packageRoot, "experiments", `${experiment}.yaml`),
        "--out",
        join(folder, "run"),
        "--threads",
        String(threads),
        "--set",
        `train.epochs=${epochs}`,
        ...(data === "digits"
          ? ["--set", "data.set=digits"]
          : data === undefined
            ? []
            : ["--data", data]),
      ],
      (line) => {
        if (line.startsWith(mark)) peak = 1024 * Number(line.slice(mark.length));
        return false;
      },
    );
    if (code === 2) throw new InputError(stderr.trim().replace(/^error: /, ""));
    if (code !== 0 || Number.isNaN(peak))
      throw new Error(`training ${experiment} ended with code ${String(code)}:\n${stderr.trim()}`);
    return peak;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
