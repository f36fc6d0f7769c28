export { checkCopyNetwork, copyTensors, evaluateCopyNetwork } from "../learning/copy-network.ts";
export type { CopyActivation, CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
export { programmingFormats } from "./chip/formats.ts";
export type { ProgrammingList } from "./chip/programming.ts";
export { evaluatePortable, namedClasses } from "./evaluate.ts";
export { networkFormats, readNetwork, writeNetwork } from "./formats.ts";
export type { FormatName, NetworkFormat, NetworkReading } from "./formats.ts";
export type { ForeignActivation } from "./packed.ts";
export type {
  InputMap,
  OutputNames,
  PortableNetwork,
  Quantisation,
  Quantum,
} from "./portable.ts";
export { quantise } from "./quantise.ts";
export { readSafetensors, writeSafetensors } from "./safetensors.ts";
export type { Safetensors } from "./safetensors.ts";
