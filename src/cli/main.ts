#!/usr/bin/env node
import { run } from "./program.ts";
import { quitOnClosedPipe } from "./terminal.ts";

quitOnClosedPipe();
process.exitCode = await run(process.argv.slice(2));
