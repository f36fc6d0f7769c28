export {
  take,
  type Classes,
  type Dataset,
  type Reals,
  type Samples,
  type Split,
  type Targets,
} from "./dataset.ts";
export { scaled, scalingKinds, unscaled, type Scaling, type ScalingKind } from "./scaling.ts";
export { splitOf, type DataGiven, type SamplesGiven, type TargetsGiven } from "./arrays-of.ts";
export { digits } from "./digits.ts";
export { generated, type GeneratorName } from "./generators.ts";
export { idxDataset, parseIdx, serializeIdx, type Expected, type Idx } from "./idx.ts";
export {
  digitNames,
  fetchedSources,
  sources,
  type FetchedSet,
  type FetchedSource,
  type FileSet,
  type Hash,
  type SetFile,
  type DataSource,
  type PackedSource,
  type SourceFile,
} from "./sources.ts";
export { readIdxArray } from "./arrays/idx-array.ts";
export { readNpyArray } from "./arrays/npy.ts";
export { readNpzArrays } from "./arrays/npz.ts";
export { readParquet } from "./arrays/parquet.ts";
export type { RandomAccess } from "./arrays/parquet-pages.ts";
export { readImages, type ImageFile } from "./images/folder.ts";
export { contentText } from "./describe-text.ts";
export {
  describeContents,
  type ContentFacts,
  type NameFacts,
  type NumberFacts,
} from "./describe.ts";
export { readTable } from "./text/read.ts";
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
