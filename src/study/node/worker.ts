// A thread that runs cells one after another, as they are sent to it.
import { parentPort } from "node:worker_threads";
import type { Circuit } from "../../circuit/circuit.ts";
import type { Split } from "../../data/dataset.ts";
import { InputError } from "../../numerics/errors.ts";
import { widenVectors } from "../../numerics/kernels/node/widen.ts";
import type { Experiment } from "../../experiment/schema.ts";
import type { Measured } from "../measurement.ts";
import { measurementOf } from "../registry.ts";

/** What a worker is sent; the images lie in shared memory. */
export interface CellTask {
  readonly measure: string;
  readonly experiment: Experiment;
  readonly circuit: Circuit;
  readonly options: unknown;
  readonly split: Split | null;
  readonly seed: number;
}

/** What it sends back. */
export type Word =
  | { readonly is: "progress"; readonly fraction: number }
  | { readonly is: "done"; readonly measured: Measured; readonly seconds: number }
  | { readonly is: "failed"; readonly message: string; readonly seconds: number };

widenVectors();
const port = parentPort!;
const say = (word: Word) => {
  port.postMessage(word);
};
port.on("message", (task: CellTask) => {
  void work(task);
});

async function work({ measure, ...cell }: CellTask): Promise<void> {
  const begin = performance.now();
  const seconds = () => Number(((performance.now() - begin) / 1000).toFixed(3));
  try {
    const measured = await (await measurementOf(measure)).run({
      ...cell,
      progress: (fraction) => {
        say({ is: "progress", fraction });
      },
    });
    say({ is: "done", measured, seconds: seconds() });
  } catch (error) {
    const message =
      error instanceof InputError
        ? error.message
        : error instanceof Error
          ? `${error.name}: ${error.message}`
          : String(error);
    say({ is: "failed", message, seconds: seconds() });
  }
}
