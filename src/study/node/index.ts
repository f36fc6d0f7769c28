export { drawStudy, type DrawStudyRequest } from "./draw.ts";
export {
  runStudy,
  type RunStudyRequest,
  type StudyProgress,
  type StudyResult,
  type StudyWatcher,
} from "./run.ts";
