// Prints the hashes of workloads as JSON: node workload-child.mjs STEPS THREADS [widen].
import { threads } from "../../src/training/threads/node/threads.ts";
import { widenVectors } from "../../src/numerics/kernels/node/widen.ts";
import { hashes } from "./workload.ts";

const [steps, count, widen] = process.argv.slice(2);
if (widen === "widen") widenVectors();
process.stdout.write(
  JSON.stringify(await hashes(Number(steps), { spawn: threads(Number(count)) })),
);
