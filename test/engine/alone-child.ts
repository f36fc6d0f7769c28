// Adds one to a shared number a hundred thousand times, alone, in each of four threads; prints what
// it has come to.
import { Worker, isMainThread, workerData } from "node:worker_threads";
import { control, controlBlock } from "../../src/training/threads/control.ts";

interface Task {
  readonly block: SharedArrayBuffer;
  readonly sum: SharedArrayBuffer;
  readonly part: number;
}

if (isMainThread) {
  const block = controlBlock();
  const sum = new SharedArrayBuffer(8);
  const parts = [0, 1, 2, 3];
  const ends = parts.map(
    (part) =>
      new Promise((resolve) => {
        new Worker(new URL(import.meta.url), {
          workerData: { block, sum, part } satisfies Task,
        }).on("exit", resolve);
      }),
  );
  await Promise.all(ends);
  process.stdout.write(String(new Float64Array(sum)[0]));
} else {
  const { block, sum, part } = workerData as Task;
  const { alone } = control(block, part, 4);
  const total = new Float64Array(sum);
  for (let k = 0; k < 100; k++)
    alone(() => {
      for (let i = 0; i < 1000; i++) total[0] += 1;
    });
}
