import { InputError } from "../numerics/errors.ts";
import { rowsOf, type ColumnsAsked, type Rows } from "./contents.ts";
import type { Dataset, Split } from "./dataset.ts";
import { deal, type Dealing, type Parts } from "./parts.ts";
import {
  applyPreparation,
  classesIn,
  fitPreparation,
  type Preparation,
  type PreparationAsked,
} from "./prepare.ts";
import { clipNotes, completeRows } from "./row-checks.ts";
import type { Contents } from "./table.ts";

/** How contents become parts of samples. */
export interface SplitAsked extends ColumnsAsked, PreparationAsked, Partial<Dealing> {
  /** `drop`: rows that lack something are left out. */
  readonly missing?: "drop";
}

/** Parts of samples, with the preparation that made them where they were rows. */
export interface PreparedSplit extends Split {
  readonly preparation?: Preparation;
}

/** What there is to split: rows that are dealt out, or rows of each part. */
export interface PartContents {
  readonly train: Contents;
  readonly test: Contents | null;
  readonly validation?: Contents | null;
}

/**
 * Training, test and validation parts of rows, scaled as the training part says.
 * @param name what the data are called.
 * @param known a preparation that was fitted before, instead of one of these rows.
 * @throws InputError that names row and column of what cannot be used.
 */
export function splitContents(
  name: string,
  { train, test, validation }: PartContents,
  asked: SplitAsked,
  known?: Preparation,
): Split & { readonly preparation: Preparation } {
  const rows = rowsOf(train, asked);
  const complete = completeRows(rows, asked.missing);
  const parts = dealt(rows, complete, asked, test !== null);
  const fitted = known
    ? { preparation: known, notes: [] }
    : fitPreparation(rows, parts.train, asked);
  const { preparation } = fitted;
  const part = (which: string, from: Rows, chosen: Uint32Array): Part => ({
    data: applyPreparation(preparation, from, chosen, `${name}-${which}`),
    notes: clipNotes(preparation, from, chosen, which),
  });
  const other = (which: string, contents: Contents): Part => {
    const own = rowsOf(contents, asked);
    return part(which, own, completeRows(own, asked.missing));
  };
  const trained = part("training", rows, parts.train);
  const tested = test ? other("test", test) : part("test", rows, parts.test);
  const validated = validation
    ? other("validation", validation)
    : parts.validation && part("validation", rows, parts.validation);
  const left = rows.count - complete.length;
  return {
    train: trained.data,
    test: tested.data,
    ...(validated && { validation: validated.data }),
    source: rows.source,
    cites: [],
    notes: [
      ...(left > 0 ? [`${rows.source}: ${left} row(s) lack something and are left out`] : []),
      ...fitted.notes,
      ...trained.notes,
      ...tested.notes,
      ...(validated?.notes ?? []),
    ],
    preparation,
  };
}

interface Part {
  readonly data: Dataset;
  readonly notes: readonly string[];
}

function dealt(rows: Rows, complete: Uint32Array, asked: SplitAsked, hasTest: boolean): Parts {
  const classes = classesIn(rows, asked.classes ? "classes" : asked.task);
  const { seed = 1, fold, validation, train } = asked;
  const test = hasTest || fold ? undefined : (asked.test ?? { share: 0.2 });
  if (fold && fold.tested > fold.of)
    throw new InputError(`data.fold: ${fold.tested} of ${fold.of} folds; count from 1`);
  try {
    return deal(complete, classes?.codes ?? (() => 0), { seed, test, fold, validation, train });
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${rows.source}: ${error.message}`) : error;
  }
}
