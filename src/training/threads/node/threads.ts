import { Worker } from "node:worker_threads";
import { sharedMemory } from "../../../numerics/kernels/arena.ts";
import { control, controlBlock } from "../control.ts";
import type { Crew } from "../control.ts";
import type { Hire } from "../../create-session.ts";
import type { ForemanTask } from "./watchdog.ts";

/**
 * Hires `count − 1` worker threads besides the calling one; undefined when one thread is enough.
 */
export function threads(count: number): Hire | undefined {
  if (count <= 1) return undefined;
  return (experiment, circuit): Crew => {
    const block = controlBlock();
    const mine = control(block, 0, count);
    const memory = sharedMemory();
    return {
      team: mine.team,
      memory,
      start() {
        const foreman = new Worker(new URL("./watchdog.js", import.meta.url), {
          workerData: { block, memory, parts: count, experiment, circuit } satisfies ForemanTask,
        });
        // What goes wrong arrives through the control block, where this thread looks while it
        // waits.
        foreman.on("error", (error) => {
          mine.fail(error instanceof Error ? error.message : String(error));
        });
        foreman.unref();
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
