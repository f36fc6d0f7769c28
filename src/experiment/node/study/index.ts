export { runStudy, type RunStudyRequest, type StudyProgress, type StudyResult, type StudyWatcher } from "./run.ts";
