import { InputError } from "../numerics/errors.ts";
import { rowsOf, type ColumnsAsked, type Rows } from "./contents.ts";
import type { Split } from "./dataset.ts";
import { deal, type Dealing, type Parts } from "./parts.ts";
import {
  applyPreparation,
  checkApplies,
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
  contents: PartContents,
  asked: SplitAsked,
  known?: Preparation,
): Split & { readonly preparation: Preparation } {
  const { train, test, validation, source, notes, preparation } = divided(contents, asked, known);
  const samples = ({ which, rows, chosen }: ChosenRows) =>
    applyPreparation(preparation, rows, chosen, `${name}-${which}`);
  return {
    train: samples(train),
    test: samples(test),
    ...(validation && { validation: samples(validation) }),
    source,
    cites: [],
    notes,
    preparation,
  };
}

/**
 * What `splitContents` would make and tell, without making it: the samples of a large table are
 * four times as large as its bytes.
 * @throws InputError as `splitContents` does.
 */
export function surveyContents(contents: PartContents, asked: SplitAsked): SplitFacts {
  const { train, test, validation, notes, preparation } = divided(contents, asked);
  for (const part of [train, test, validation])
    if (part) checkApplies(preparation, part.rows, part.chosen);
  const { shape, targets } = preparation;
  return {
    training: {
      inputs: shape.reduce((n, d) => n * d, 1),
      shape,
      task: targets.kind === "classes" ? "classes" : "values",
      outputs: targets.names,
      train: train.chosen.length,
      test: test.chosen.length,
    },
    notes,
  };
}

/** What training makes of a file. */
export interface TrainingFacts {
  readonly inputs: number;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly task: "classes" | "values";
  /** Names of classes, or of the numbers that are wanted. */
  readonly outputs: readonly string[];
  readonly train: number;
  readonly test: number;
}

interface SplitFacts {
  readonly training: TrainingFacts;
  readonly notes: readonly string[];
}

/** The rows of a part. */
interface ChosenRows {
  readonly which: "training" | "test" | "validation";
  readonly rows: Rows;
  readonly chosen: Uint32Array;
}

interface Divided {
  readonly train: ChosenRows;
  readonly test: ChosenRows;
  readonly validation: ChosenRows | null;
  readonly source: string;
  readonly notes: readonly string[];
  readonly preparation: Preparation;
}

function divided(
  { train, test, validation }: PartContents,
  asked: SplitAsked,
  known?: Preparation,
): Divided {
  const rows = rowsOf(train, asked);
  const complete = completeRows(rows, asked.missing);
  const parts = dealt(rows, complete, asked, test !== null);
  const fitted = known
    ? { preparation: known, notes: [] }
    : fitPreparation(rows, parts.train, asked);
  const { preparation } = fitted;
  const of = (
    which: ChosenRows["which"],
    contents: Contents | null | undefined,
    chosen: Uint32Array | null,
  ): ChosenRows | null => {
    if (!contents) return chosen && { which, rows, chosen };
    const own = rowsOf(contents, asked);
    return { which, rows: own, chosen: completeRows(own, asked.missing) };
  };
  const trained: ChosenRows = { which: "training", rows, chosen: parts.train };
  const tested = of("test", test, parts.test)!;
  const validated = of("validation", validation, parts.validation);
  const left = rows.count - complete.length;
  return {
    train: trained,
    test: tested,
    validation: validated,
    source: rows.source,
    notes: [
      ...(left > 0 ? [`${rows.source}: ${left} row(s) lack something and are left out`] : []),
      ...fitted.notes,
      ...[trained, tested, validated].flatMap((part) =>
        part ? clipNotes(preparation, part.rows, part.chosen, part.which) : [],
      ),
    ],
    preparation,
  };
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
