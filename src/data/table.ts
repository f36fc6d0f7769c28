import { InputError } from "../numerics/errors.ts";
import { suggest } from "../numerics/suggest.ts";

/** Numbers of one type, as narrow as they permit. */
export type Values =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * A column of numbers: [rows], in the narrowest type that holds each of them exactly. Where a value
 * is missing there is NaN, and the column is one of floats.
 */
export interface NumberColumn {
  readonly kind: "numbers";
  readonly name: string;
  readonly values: Values;
  /** The rows that lack a finite number, from 0, ascending. */
  readonly missing: Uint32Array;
}

/** A column of names. */
export interface NameColumn {
  readonly kind: "names";
  readonly name: string;
  /**
   * Each of them once: numbers by their value, then the others by code units, so that no order of
   * rows changes it.
   */
  readonly names: readonly string[];
  /** [rows], places in `names`; −1 where a name is missing. */
  readonly codes: Int32Array;
}

/** What stands in one column of a table. */
export type TableColumn = NumberColumn | NameColumn;

/** Rows of named columns, as a file had them. */
export interface Table {
  readonly kind: "table";
  /** The file, as messages call it. */
  readonly source: string;
  readonly rows: number;
  /** Each as long as `rows`; no two have one name. */
  readonly columns: readonly TableColumn[];
  /** The line of the file on which a row (from 0) begins, from 1; null in a file without lines. */
  line(row: number): number | null;
}

/** An array of samples of one shape: images, spectra, or one number each. */
export interface SampleBlock {
  readonly kind: "block";
  /** The file, and the array in it where it has several, as messages call it. */
  readonly source: string;
  readonly rows: number;
  /** Of one sample: [28, 28], [32, 32, 3], [64]; [] where it is a number. */
  readonly shape: readonly number[];
  /** [rows × shape], row-major. */
  readonly values: Values;
}

/** Arrays instead of a table: what is shown, and what is wanted for each where a file says so. */
export interface Labelled {
  readonly kind: "labelled";
  readonly source: string;
  readonly inputs: SampleBlock;
  /** Numbers or labels as an array has them, or names of classes; as many as inputs. */
  readonly targets: SampleBlock | NameColumn | null;
}

/** What a reader makes of a file or a folder. */
export type Contents = Table | Labelled;

/** What a file holds: some name their parts (`x_train`, `x_test`), most leave that to the user. */
export interface ContentParts {
  readonly train: Contents;
  readonly test: Contents | null;
}

/** A column by its name, or by its place from 1; −1 is the last one. */
export type ColumnKey = string | number;

/** What stands before the decimals of a number. */
export type Decimal = "." | ",";

/** How a file is to be read where it does not say so itself. */
export interface ReadOptions {
  /** Whether the first line of a text holds names of columns; found out unless told. */
  readonly header?: boolean;
  /** What stands between the columns of a text; found out unless told. */
  readonly delimiter?: "," | ";" | "\t" | "|" | " ";
  /** What stands before the decimals of numbers in a text; a point unless told. */
  readonly decimal?: Decimal;
  /** Columns that are not read: they keep their places and names, and lack everything. */
  readonly drop?: readonly ColumnKey[];
  /** Columns whose entries are names, also where they look like numbers. */
  readonly names?: readonly ColumnKey[];
  /** Images are made as large as this; else all must be of one size. */
  readonly resize?: readonly [height: number, width: number];
  /** Whether images keep their colours; unless told, they do where any image has some. */
  readonly colour?: boolean;
  /** The arrays of an archive that are shown and wanted, where their names do not say so. */
  readonly inputs?: string;
  readonly targets?: string;
}

/** `data.csv:17`, or `data.parquet: row 16` where there are no lines: how messages name a row. */
export function placeOfRow(table: Table, row: number): string {
  const line = table.line(row);
  return line === null ? `${table.source}: row ${row + 1}` : `${table.source}:${line}`;
}

/**
 * The place, from 0, of the column that is asked for.
 * @param columns names of all, in order.
 * @param asked what asks, for messages: "data.target".
 * @throws InputError when there is none, with the nearest name and what there is.
 */
export function findColumn(columns: readonly string[], key: ColumnKey, asked: string): number {
  const at =
    typeof key === "string" ? columns.indexOf(key) : key < 0 ? columns.length + key : key - 1;
  if (at >= 0 && at < columns.length) return at;
  const guess = typeof key === "string" ? suggest(key, columns) : undefined;
  const meant = guess === undefined ? "" : `did you mean "${guess}"? `;
  throw new InputError(
    typeof key === "string"
      ? `${asked}: there is no column ${JSON.stringify(key)}; ${meant}Columns: ${few(columns)}`
      : `${asked}: there is no column ${key} among ${columns.length}; count from 1, or from the ` +
          `end with -1. Columns: ${few(columns)}`,
  );
}

/** Enough names to see which file it is, and how many there are. */
function few(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
