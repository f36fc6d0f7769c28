/**
 * What needs files: data sets on disk, run folders, reports. Everything else is in `analog-eqprop`.
 */
export * from "./data/node/index.ts";
export * from "./output/node/index.ts";
export { widenVectors } from "./numerics/kernels/node/widen.ts";
export * from "./runs/node/index.ts";
export * from "./study/node/index.ts";
