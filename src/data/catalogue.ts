import { digitNames, sources, type FileSet, type DataSource } from "./sources.ts";

/** A data set by where its images come from: drawn from a seed, or read from published files. */
export type DataSet =
  | { readonly from: "seed"; readonly seed: number; readonly classNames: readonly string[] }
  | { readonly from: "files"; readonly source: DataSource; readonly classNames: readonly string[] };

const published = (source: DataSource) =>
  ({ from: "files", source, classNames: source.classNames }) as const;

/** Every data set that an experiment can name; the first is the one it gets unless it does. */
export const dataSets = {
  /** One drawing for all seeds of experiments, like any other data set. */
  digits: { from: "seed", seed: 1, classNames: digitNames },
  mnist: published(sources.mnist),
  "fashion-mnist": published(sources["fashion-mnist"]),
  kmnist: published(sources.kmnist),
} as const satisfies Readonly<Record<"digits" | FileSet, DataSet>>;

export type SetName = keyof typeof dataSets;

/** What is shown to a network where nothing says what: without a folder of files, and with one. */
export const usualSets = { builtIn: "digits", files: "mnist" } as const satisfies Readonly<
  Record<"builtIn" | "files", SetName>
>;
