import { Worker } from "node:worker_threads";
import type { CellTask, Word } from "./worker.ts";

/** What became of a task: a worker's last word, also where it died before it could say it. */
export type Verdict = Exclude<Word, { is: "progress" }>;

interface PoolOptions {
  readonly jobs: number;
  /** Ends all workers at once; tasks that are under way have no verdict. */
  readonly signal?: AbortSignal;
  /** The worker's module; tests give others. */
  readonly module?: URL;
  progress(index: number, fraction: number): void;
  /** Called once a task, in the order in which tasks end. */
  ended(index: number, verdict: Verdict): void;
}

/**
 * Runs tasks in threads, `jobs` at a time, in their order. A thread that dies fails its task and is
 * replaced; the others go on.
 * @returns whether all tasks came to an end.
 */
export async function runPool(
  count: number,
  task: (index: number) => CellTask,
  options: PoolOptions,
): Promise<boolean> {
  const { jobs, signal } = options;
  let next = 0;
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      while (next < count && !signal?.aborted) {
        const index = next++;
        worker ??= spawn(options.module);
        const verdict = await one(
          worker,
          task(index),
          (fraction) => {
            options.progress(index, fraction);
          },
          signal,
        );
        if (verdict === "stopped") return;
        if (verdict.died) worker = undefined;
        options.ended(index, verdict.word);
      }
    } catch (error) {
      // A disk that fills up while a result is written stops all lanes.
      next = count;
      throw error;
    } finally {
      await worker?.terminate();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(jobs, count) }, lane));
  const broken = lanes.find((l) => l.status === "rejected");
  if (broken) throw broken.reason;
  return !signal?.aborted;
}

function spawn(module = new URL("./worker.js", import.meta.url)): Worker {
  const worker = new Worker(module);
  // A thread that dies between two tasks is no news: the next task finds out.
  worker.on("error", () => undefined);
  return worker;
}

interface End {
  readonly word: Verdict;
  readonly died: boolean;
}

function one(
  worker: Worker,
  task: CellTask,
  progress: (fraction: number) => void,
  signal: AbortSignal | undefined,
): Promise<End | "stopped"> {
  const begin = performance.now();
  return new Promise((resolve) => {
    const end = (result: End | "stopped") => {
      worker.off("message", hear).off("error", breakDown).off("exit", leave);
      signal?.removeEventListener("abort", stop);
      resolve(result);
    };
    const die = (message: string) => {
      end({
        word: { is: "failed", message, seconds: (performance.now() - begin) / 1000 },
        died: true,
      });
    };
    const hear = (word: Word) => {
      if (word.is === "progress") progress(word.fraction);
      else end({ word, died: false });
    };
    const breakDown = (error: unknown) => {
      die(`its thread died: ${error instanceof Error ? error.message : String(error)}`);
    };
    const leave = (code: number) => {
      die(`its thread ended with code ${code}`);
    };
    const stop = () => {
      end("stopped");
    };
    signal?.addEventListener("abort", stop);
    worker.on("message", hear).on("error", breakDown).on("exit", leave);
    worker.postMessage(task);
  });
}
