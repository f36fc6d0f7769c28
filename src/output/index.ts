export type { Evaluation, Metrics, RunOutcome, WeightStatistics } from "./metrics.ts";
export type { ReportData, SettlingCurve } from "./report-data.ts";
export { checkCopyNetwork, copyTensors, evaluateCopyNetwork } from "../learning/copy-network.ts";
export type { CopyActivation, CopyLayer, CopyNetwork } from "../learning/copy-network.ts";
export { writeOnnx } from "./onnx.ts";
export { readSafetensors, writeSafetensors } from "./safetensors.ts";
export type { Safetensors } from "./safetensors.ts";
export { renderReport } from "./report.ts";
export { analogEqprop, bengio2016, oconnor2019, scellier2017, scellier2018 } from "./cite.ts";
