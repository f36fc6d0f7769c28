// A thread that does nothing but watch the workers. The thread that spawned them sleeps while they
// work and hears of no worker's death; this one hears of it at once and says so through the control
// block.
import { Worker, workerData } from "node:worker_threads";
import { control } from "../control.ts";
import type { WorkerTask } from "./worker.ts";

/** What a watchdog is started with. */
export type WatchdogTask = Omit<WorkerTask, "part">;

const task = workerData as WatchdogTask;
const { fail } = control(task.block, 0, task.parts);
for (let part = 1; part < task.parts; part++) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), {
    workerData: { ...task, part } satisfies WorkerTask,
  });
  worker.on("error", (error) => {
    fail(error instanceof Error ? error.message : String(error));
  });
  worker.on("exit", (code) => {
    fail(
      `it ended with code ${code}; the run can be resumed, with --threads 1 if this happens again`,
    );
  });
}
