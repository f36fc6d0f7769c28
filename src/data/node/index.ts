export { cacheFolder, dataVariable, loadSplit } from "./load.ts";
export { fetchSet, fetchSource, type FetchOptions, type FetchProgress } from "./fetch.ts";
export { checkFolder, formatFolderReport, type FileReport, type FolderReport } from "./check.ts";
export { readArrays, readDataFile } from "./read-file.ts";
