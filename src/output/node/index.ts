export { appendLine, readJsonLines, writeFileAtomic } from "./files.ts";
export type { FileSystem } from "./files.ts";
export { plotlySource } from "./plotly.ts";
export { pngOf } from "./png.ts";
