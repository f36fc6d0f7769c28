/**
 * The schemas of experiment files and schematics, for zod: they load it, which `analog-eqprop` does
 * when it reads a file.
 */
export { circuitSchema } from "./circuit/read/schema.ts";
export { experimentSchema } from "./experiment/schema.ts";
