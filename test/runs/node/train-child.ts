// A process that a test kills: trains with the fake session until the end, checkpointing every 30
// ms.
import type * as Runner from "../../../src/runs/node/run.ts";
import { fakeTools } from "./fake-session.ts";

const [module, file, data, out] = process.argv.slice(2);
const { train } = (await import(module)) as typeof Runner;
process.stdout.write("begun\n");
await train(
  { file, data, out, resume: true },
  { ...fakeTools({ pause: 2 }), checkpointEvery: 0.03 },
);
process.stdout.write("done\n");
