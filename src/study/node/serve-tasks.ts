import { parentPort } from "node:worker_threads";
import { InputError } from "../../numerics/errors.ts";
import type { Word } from "./pool.ts";

/** A task has kept how far it is, and stops because it was asked to. */
export class Parked extends Error {
  override readonly name = "Parked";
}

/** What a thread of a pool does all day: works on the tasks that it is sent, one after another. */
export function serveTasks<Found>(
  work: (task: unknown, progress: (fraction: number) => void) => Promise<Found>,
): void {
  const port = parentPort!;
  const say = (word: Word<Found>) => {
    port.postMessage(word);
  };
  const serve = async (task: unknown): Promise<void> => {
    const begin = performance.now();
    const seconds = () => Number(((performance.now() - begin) / 1000).toFixed(3));
    try {
      const measured = await work(task, (fraction) => {
        say({ is: "progress", fraction });
      });
      say({ is: "done", measured, seconds: seconds() });
    } catch (error) {
      if (error instanceof Parked) say({ is: "parked", seconds: seconds() });
      else say({ is: "failed", message: messageOf(error), seconds: seconds() });
    }
  };
  port.on("message", (task: unknown) => {
    void serve(task);
  });
}

function messageOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
