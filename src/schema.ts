/**
 * The schemas of all files that people write, for zod: they load it, which `analog-eqprop` does
 * when it reads a file. `z.toJSONSchema` makes JSON Schema of them, as `schemas/` of the package
 * has it.
 */
export { deviceSchema } from "./circuit/devices/schema.ts";
export { circuitSchema } from "./circuit/read/schema.ts";
export { experimentSchema } from "./experiment/schema.ts";
export { measurementNames, measurementOf } from "./study/registry.ts";
export { studySchema } from "./study/schema.ts";
