import type { Split } from "../../data/dataset.ts";
import { sharedSplit } from "../../data/shared-split.ts";
import { dataSourceOf } from "../../experiment/data-asked.ts";
import type { DataAsked } from "../../experiment/data-schema.ts";
import { readData } from "../../runs/node/data.ts";
import { dataHash } from "../../runs/node/inputs.ts";
import type { Cell } from "../cells.ts";
import type { Study } from "../read.ts";

/** The data that cells look at. */
export interface Splits {
  readonly of: (cell: Cell) => Split | null;
  /** The hash of a cell's data; `none` where it looks at none. */
  readonly hashOf: (cell: Cell) => string;
  readonly sources: string;
  /** The hashes of all of them, apart by spaces. */
  readonly hash: string;
}

/** The data that cells ask for, each once, in memory that all threads share. */
export async function loadSplits(
  { measurement }: Study,
  cells: readonly Cell[],
  given: string | undefined,
  note: (text: string) => void,
): Promise<Splits> {
  if (!measurement.usesData)
    return { of: () => null, hashOf: () => "none", sources: "none", hash: "none" };
  const found = new Map<string, { readonly split: Split; readonly hash: string }>();
  for (const cell of cells) {
    const data = wholeSets(cell.experiment.data);
    const key = splitKey(cell);
    if (found.has(key)) continue;
    const split = await readData({ data }, { given, root: cell.root });
    for (const text of split.notes ?? []) note(`note: ${text}`);
    found.set(key, { split: sharedSplit(split), hash: dataHash(split) });
  }
  const all = [...found.values()];
  return {
    of: (cell) => found.get(splitKey(cell))?.split ?? null,
    hashOf: (cell) => found.get(splitKey(cell))?.hash ?? "none",
    sources: [...new Set(all.map(({ split }) => split.source))].join("; "),
    hash: all.map(({ hash }) => hash).join(" "),
  };
}

/** A named set is read whole, once for all cells: sessions cut it to size. */
function wholeSets(data: DataAsked): DataAsked {
  const source = dataSourceOf(data);
  return source.from === "set" ? { set: source.set } : { ...data, weights: undefined };
}

/** Cells of one key have one split. */
function splitKey({ experiment, root }: Cell): string {
  return JSON.stringify([wholeSets(experiment.data), root]);
}
