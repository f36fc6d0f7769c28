/** What needs files: data sets on disk, run folders, reports. Everything else is in `analog-eqprop`. */
export * from "./data/node/index.ts";
export * from "./output/node/index.ts";
export { train, type TrainRequest } from "./experiment/node/run.ts";
