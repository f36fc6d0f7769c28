export { drawStudy, type DrawStudyRequest } from "./draw.ts";
export { runStudy, type RunStudyRequest, type StudyResult } from "./run.ts";
export type { StudyProgress, StudyWatcher } from "./work.ts";
