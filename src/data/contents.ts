import { InputError } from "../numerics/errors.ts";
import {
  findColumn,
  placeOfRow,
  type ColumnKey,
  type Contents,
  type Labelled,
  type NameColumn,
  type Table,
  type TableColumn,
  type Values,
} from "./table.ts";

/** One number of each row: `values[row · stride + offset]`. */
export interface NumberInput {
  readonly kind: "numbers";
  readonly name: string;
  readonly values: Values;
  readonly offset: number;
  readonly stride: number;
}

/** A name of each row, of which one-hot inputs are made. */
interface NamesInput extends NameColumn {
  readonly kind: "names";
}

/** What rows are wanted to lead to: names, or numbers. */
export type Wanted =
  | { readonly kind: "names"; readonly column: NameColumn }
  | { readonly kind: "numbers"; readonly columns: readonly NumberInput[] };

/** Rows of a file or of arrays, taken apart into what is shown and what is wanted. */
export interface Rows {
  readonly source: string;
  readonly count: number;
  /** Of an array of samples; null of a table. */
  readonly shape: readonly number[] | null;
  readonly inputs: readonly (NumberInput | NamesInput)[];
  readonly wanted: Wanted;
  /** `data.csv:17`, for messages. */
  place(row: number): string;
}

/** Which columns of a table are wanted, and which are neither wanted nor shown. */
export interface ColumnsAsked {
  readonly target?: ColumnKey | readonly ColumnKey[];
  readonly drop?: readonly ColumnKey[];
}

/**
 * Takes contents apart.
 * @throws InputError where a column that is asked for is not there, or nothing is left to show.
 */
export function rowsOf(contents: Contents, asked: ColumnsAsked): Rows {
  switch (contents.kind) {
    case "table":
      return rowsOfTable(contents, asked);
    case "labelled":
      return rowsOfArrays(contents, asked);
    default:
      return contents satisfies never;
  }
}

function rowsOfTable(table: Table, { target = -1, drop = [] }: ColumnsAsked): Rows {
  const names = table.columns.map((c) => c.name);
  const wanted = [target].flat().map((key) => findColumn(names, key, "data.target"));
  const left = new Set(drop.map((key) => findColumn(names, key, "data.drop")));
  const dropped = wanted.find((at) => left.has(at));
  if (dropped !== undefined)
    throw new InputError(
      `data.drop: ${JSON.stringify(names[dropped])} is the target; drop other columns`,
    );
  const inputs = table.columns.filter((_, at) => !left.has(at) && !wanted.includes(at));
  if (inputs.length === 0)
    throw new InputError(
      `${table.source}: there is no column besides the target ${names[wanted[0]]}, expected ` +
        "inputs; drop fewer columns, or check the separator",
    );
  return {
    source: table.source,
    count: table.rows,
    shape: null,
    inputs: inputs.map((c) => (c.kind === "numbers" ? numbers(c) : c)),
    wanted: wantedOf(
      wanted.map((at) => table.columns[at]),
      table.source,
    ),
    place: (row) => placeOfRow(table, row),
  };
}

function numbers({ name, values }: TableColumn & { kind: "numbers" }): NumberInput {
  return { kind: "numbers", name, values, offset: 0, stride: 1 };
}

function wantedOf(columns: readonly TableColumn[], source: string): Wanted {
  const [first] = columns;
  if (columns.length === 1 && first.kind === "names") return { kind: "names", column: first };
  return {
    kind: "numbers",
    columns: columns.map((c) => {
      if (c.kind === "numbers") return numbers(c);
      throw new InputError(
        `${source}: data.target: column ${JSON.stringify(c.name)} has names, and several ` +
          "targets are numbers; name one column of classes, or columns of numbers",
      );
    }),
  };
}

function rowsOfArrays({ source, inputs, targets }: Labelled, asked: ColumnsAsked): Rows {
  if (targets === null)
    throw new InputError(
      `${source}: it holds samples and nothing that is wanted of them; name both: ` +
        "train: { inputs: FILE, target: FILE }",
    );
  if ((asked.drop ?? []).length > 0)
    throw new InputError(`data.drop: ${source} is an array, which has no columns; leave it out`);
  const width = inputs.shape.reduce((n, d) => n * d, 1);
  return {
    source,
    count: inputs.rows,
    shape: inputs.shape,
    inputs: columnsOf(inputs.values, width, "input"),
    wanted:
      targets.kind === "names"
        ? { kind: "names", column: targets }
        : {
            kind: "numbers",
            columns: columnsOf(
              targets.values,
              targets.shape.reduce((n, d) => n * d, 1),
              "target",
            ),
          },
    place: (row) => `${source}: sample ${row}`,
  };
}

function columnsOf(values: Values, stride: number, word: string): readonly NumberInput[] {
  return Array.from({ length: stride }, (_, offset) => ({
    kind: "numbers",
    name: `${word} ${offset}`,
    values,
    offset,
    stride,
  }));
}
