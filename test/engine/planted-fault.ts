// Loaded with `node --import` before anything else, in every thread: plants a fault in worker 1, at
// its third barrier (PLANT=exit, PLANT=throw) or before it begins (PLANT=early).
import { isMainThread, workerData } from "node:worker_threads";

const plant = process.env.PLANT;
const part = (workerData as { part?: number } | null)?.part;
if (!isMainThread && part === 1) {
  if (plant === "early") throw new Error("planted before the worker began");
  const { add } = Atomics;
  let arrivals = 0;
  // A barrier begins with the count of those that arrived, word 0 of the control block.
  Object.defineProperty(Atomics, "add", {
    value: (words: Int32Array, word: number, by: number) => {
      if (word === 0 && ++arrivals === 3) {
        if (plant === "throw") throw new Error("planted in the middle of the work");
        if (plant === "exit") process.exit(7);
      }
      return add(words, word, by);
    },
  });
}
