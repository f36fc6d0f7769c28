export type { Evaluation, Metrics, RunOutcome, Scores, WeightStatistics } from "./metrics.ts";
export type { ReportData, SettlingCurve } from "./report-data.ts";
export { renderReport } from "./report.ts";
export { analogEqprop, bengio2016, oconnor2019, scellier2017, scellier2018 } from "./cite.ts";
