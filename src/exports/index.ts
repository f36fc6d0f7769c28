export { checkCopyNetwork, copyTensors, evaluateCopyNetwork } from "../learning/copy-network.ts";
export type { CopyActivation, CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
export { writeOnnx } from "./onnx.ts";
export { readSafetensors, writeSafetensors } from "./safetensors.ts";
export type { Safetensors } from "./safetensors.ts";
