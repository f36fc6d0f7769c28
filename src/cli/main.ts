#!/usr/bin/env node
import { isMainThread, workerData } from "node:worker_threads";
import { run } from "./program.ts";
import { asThread, workAside } from "./signals.ts";
import { quitOnClosedPipe } from "./terminal.ts";

/** What ends well at the first signal and at once at the second. */
const stoppable = ["train", "run"];

const args = process.argv.slice(2);
if (isMainThread) {
  quitOnClosedPipe();
  process.exitCode = stoppable.includes(args[0])
    ? await workAside(new URL(import.meta.url), args)
    : await run(args);
} else {
  asThread(workerData as Parameters<typeof asThread>[0]);
  process.exitCode = await run(args);
}
