import type { GeneratorName } from "./generators.ts";
import { sources, type FileSet, type DataSource } from "./sources.ts";

/** A data set by where its samples come from: drawn from a seed, or read from published files. */
export type DataSet =
  | { readonly from: "seed"; readonly seed: number; readonly draws: "digits" | GeneratorName }
  | { readonly from: "files"; readonly source: DataSource };

// One drawing for all seeds of experiments, like any other data set.
const drawn = <D extends "digits" | GeneratorName>(draws: D) =>
  ({ from: "seed", seed: 1, draws }) as const;
const published = (source: DataSource) => ({ from: "files", source }) as const;

/** Every data set that an experiment can name; the first is the one it gets unless it does. */
export const dataSets = {
  digits: drawn("digits"),
  moons: drawn("moons"),
  spirals: drawn("spirals"),
  xor: drawn("xor"),
  sine: drawn("sine"),
  mnist: published(sources.mnist),
  "fashion-mnist": published(sources["fashion-mnist"]),
  kmnist: published(sources.kmnist),
  "emnist-balanced": published(sources["emnist-balanced"]),
  "emnist-byclass": published(sources["emnist-byclass"]),
  "emnist-bymerge": published(sources["emnist-bymerge"]),
  "emnist-digits": published(sources["emnist-digits"]),
  "emnist-letters": published(sources["emnist-letters"]),
  "emnist-mnist": published(sources["emnist-mnist"]),
} as const satisfies Readonly<Record<"digits" | GeneratorName | FileSet, DataSet>>;

export type SetName = keyof typeof dataSets;

/** What is shown to a network where nothing says what: without a folder of files, and with one. */
export const usualSets = { builtIn: "digits", files: "mnist" } as const satisfies Readonly<
  Record<"builtIn" | "files", SetName>
>;
