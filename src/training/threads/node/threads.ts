import { Worker } from "node:worker_threads";
import { sharedMemory } from "../../../numerics/kernels/arena.ts";
import { control, controlBlock } from "../control.ts";
import type { Threads } from "../control.ts";
import type { Spawn } from "../../create-session.ts";
import type { WatchdogTask } from "./watchdog.ts";

/**
 * Spawns `count − 1` worker threads besides the calling one; undefined when one thread is enough.
 */
export function threads(count: number): Spawn | undefined {
  if (count <= 1) return undefined;
  return (experiment, circuit): Threads => {
    const block = controlBlock();
    const mine = control(block, 0, count);
    const memory = sharedMemory();
    return {
      team: mine.team,
      memory,
      start() {
        const watchdog = new Worker(new URL("./watchdog.js", import.meta.url), {
          workerData: { block, memory, parts: count, experiment, circuit } satisfies WatchdogTask,
        });
        // What goes wrong arrives through the control block, where this thread looks while it
        // waits.
        watchdog.on("error", (error) => {
          mine.fail(error instanceof Error ? error.message : String(error));
        });
        watchdog.unref();
        mine.team.barrier();
      },
      order: (order) => {
        mine.order(order);
      },
      close() {
        mine.dismiss();
      },
    };
  };
}
