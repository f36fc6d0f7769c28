export { take, type Dataset, type Split } from "./dataset.ts";
export { digits } from "./digits.ts";
export { datasetOf, parseIdx, serializeIdx, type Expected, type Idx } from "./idx.ts";
export {
  digitNames,
  sources,
  type FileSet,
  type Hash,
  type SetFile,
  type DataSource,
  type SourceFile,
} from "./sources.ts";
export { epochOrder } from "./batches.ts";
export {
  findColumn,
  placeOfRow,
  type ColumnKey,
  type ContentParts,
  type Contents,
  type Labelled,
  type NameColumn,
  type NumberColumn,
  type ReadOptions,
  type SampleBlock,
  type Table,
  type TableColumn,
  type Values,
} from "./table.ts";
