export { train, type TrainRequest, type TrainTools } from "./run.ts";
export { evaluateRun, reopen, reportRun, type Reopened } from "./reopen.ts";
export { RunError, type Watcher } from "./learn.ts";
export { readMetrics, readResult, type RunResult } from "./records.ts";
export { threads } from "../../training/threads/node/threads.ts";
export { checkParity, netlistOf, type NetlistRequest, type ParityRequest } from "./spice/index.ts";
