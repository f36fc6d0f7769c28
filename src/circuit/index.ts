export { thermalVariance, timeConstant, type Circuit } from "./circuit.ts";
export { circuitNames, circuitText } from "./library.ts";
export { parseCircuit } from "./parse.ts";
export { compileLaw, readLaw, type CompiledLaw, type Law, type LawOptions } from "./law.ts";
