import { Worker } from "node:worker_threads";
import { control, controlBlock } from "../crew.ts";
import type { Crew } from "../crew.ts";
import type { Hire } from "../create-session.ts";
import type { WorkerTask } from "./worker.ts";

/** Hires `count − 1` worker threads besides the calling one; undefined when one thread is enough. */
export function threads(count: number): Hire | undefined {
  if (count <= 1) return undefined;
  return (experiment, circuit): Crew => {
    const block = controlBlock(), mine = control(block, 0, count);
    // Shared memory is fixed at creation to be able to grow to this many pages of 64 KiB: 2 GiB.
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 32768, shared: true });
    const workers: Worker[] = [];
    return {
      team: mine.team, memory,
      start() {
        for (let part = 1; part < count; part++) {
          const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: { block, memory, part, parts: count, experiment, circuit } satisfies WorkerTask });
          // Its errors arrive through the control block, where this thread looks for them while it waits.
          worker.on("error", (error) => { mine.fail(error instanceof Error ? error.message : String(error)); });
          worker.unref();
          workers.push(worker);
        }
        mine.team.barrier();
      },
      order: (order) => { mine.order(order); },
      close() { mine.dismiss(); },
    };
  };
}
