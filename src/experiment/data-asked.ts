import { usualSets, type SetName } from "../data/catalogue.ts";
import type { PartSize } from "../data/parts.ts";
import type { SplitAsked } from "../data/split-of.ts";
import { isFiles, isOfFiles, shareOf, type Files } from "./data-parts.ts";
import type { DataAsked } from "./data-schema.ts";

/** A set by its name, cut to so many samples; or files, and how they become parts. */
type ExperimentData =
  | {
      readonly from: "set";
      readonly set: SetName;
      readonly train: number;
      readonly test: number;
    }
  | {
      readonly from: "files";
      readonly train: Files;
      readonly test: Files | null;
      readonly validation: Files | null;
      readonly asked: SplitAsked;
    };

/** Where an experiment has its data from. */
export function dataSourceOf(d: DataAsked): ExperimentData {
  if (!isOfFiles(d))
    return {
      from: "set",
      set: d.set ?? usualSets.builtIn,
      train: typeof d.train === "number" ? d.train : Infinity,
      test: typeof d.test === "number" ? d.test : Infinity,
    };
  const { folds, fold, classes, scale, seed, target, task, drop, missing } = d;
  return {
    from: "files",
    train: d.file ?? (d.train as Files),
    test: isFiles(d.test) ? d.test : null,
    validation: isFiles(d.validation) ? d.validation : null,
    asked: {
      target,
      task,
      drop,
      scale,
      seed,
      missing,
      classes: classes?.map(String),
      test: sizeOf(d.test),
      validation: sizeOf(d.validation),
      train: typeof d.train === "number" ? d.train : undefined,
      fold: folds !== undefined && fold !== undefined ? { of: folds, tested: fold } : undefined,
    },
  };
}

/** Samples at most, of a set: files are cut where they are dealt out. */
export function limitsOf(d: DataAsked): { readonly train: number; readonly test: number } {
  const source = dataSourceOf(d);
  return source.from === "set" ? source : { train: Infinity, test: Infinity };
}

function sizeOf(part: DataAsked["test"]): PartSize | undefined {
  if (typeof part === "number") return { rows: part };
  const share = shareOf(part);
  return share === null ? undefined : { share: share / 100 };
}

/** What the data of an experiment are called: `mnist`, `iris.csv`. */
export function dataName(d: DataAsked): string {
  const source = dataSourceOf(d);
  if (source.from === "set") return source.set;
  const { train } = source;
  return typeof train === "string" ? train : (train.file ?? train.inputs);
}
