import { Worker } from "node:worker_threads";

/** What a worker sends of a task that it is given. */
export type Word<Found> =
  | { readonly is: "progress"; readonly fraction: number }
  | { readonly is: "done"; readonly measured: Found; readonly seconds: number }
  /** It has kept how far it is, as it was told to, and was left there. */
  | { readonly is: "parked"; readonly seconds: number }
  | { readonly is: "failed"; readonly message: string; readonly seconds: number };

/** What became of a task: a worker's last word, also where it died before it could say it. */
export type Verdict<Found> = Exclude<Word<Found>, { is: "progress" }>;

interface PoolOptions<Found> {
  readonly jobs: number;
  /** Ends all workers at once; tasks that are under way have no verdict. */
  readonly signal?: AbortSignal;
  /** Whether no further task is to be begun. */
  isFull?(): boolean;
  /** The worker's module, and what each thread starts with. */
  readonly module: URL;
  readonly workerData?: unknown;
  progress(index: number, fraction: number): void;
  /** Called once a task, in the order in which tasks end. */
  ended(index: number, verdict: Verdict<Found>): void;
}

/**
 * Runs tasks in threads, `jobs` at a time, in their order. A thread that dies fails its task and is
 * replaced; the others go on.
 * @returns whether all tasks came to an end.
 */
export async function runPool<Found>(
  count: number,
  task: (index: number) => unknown,
  options: PoolOptions<Found>,
): Promise<boolean> {
  const { jobs, signal } = options;
  let next = 0;
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      while (next < count && !signal?.aborted && options.isFull?.() !== true) {
        const index = next++;
        worker ??= spawn(options);
        const verdict = await one<Found>(
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
  return !signal?.aborted && next >= count;
}

function spawn({ module, workerData }: Pick<PoolOptions<never>, "module" | "workerData">): Worker {
  const worker = new Worker(module, { workerData });
  // A thread that dies between two tasks is no news: the next task finds out.
  worker.on("error", () => undefined);
  return worker;
}

interface End<Found> {
  readonly word: Verdict<Found>;
  readonly died: boolean;
}

function one<Found>(
  worker: Worker,
  task: unknown,
  progress: (fraction: number) => void,
  signal: AbortSignal | undefined,
): Promise<End<Found> | "stopped"> {
  const begin = performance.now();
  return new Promise((resolve) => {
    const end = (result: End<Found> | "stopped") => {
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
    const hear = (word: Word<Found>) => {
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
