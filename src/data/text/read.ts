import { InputError } from "../../numerics/errors.ts";
import { numberColumn, numberStore, withDropped, type NumberStore } from "../narrow.ts";
import { findColumn, type ReadOptions, type Table, type TableColumn } from "../table.ts";
import {
  mostNames,
  nameCell,
  nameRegister,
  numberCell,
  refuseDecimalCommas,
  type FieldReader,
  type NameRegister,
} from "./cells.ts";
import { layoutOf, type TextLayout } from "./layout.ts";
import { lineMap } from "./lines.ts";
import { longestRecord, placeIn, recordScanner, type TextRecord } from "./records.ts";

/** Bytes of all columns of a table together. */
const mostBytes = 4 * 2 ** 30;
/** Numbers that wait to be laid out by columns, and the rows of them. */
const stagedNumbers = 2 ** 20;
const stagedRows = 1000;

/**
 * Reads a table from a text of rows (CSV, TSV and their kin) in one pass. What it holds at a time
 * are the columns, a chunk, and at first 4 MiB of text to find out how it is written.
 * @param bytes how long the text is, where it is known.
 * @throws InputError with line and column: a row of another length, text among numbers, two columns
 *   of one name, more columns or bytes than there is room for.
 */
export async function readTable(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  source: string,
  options: ReadOptions = {},
  bytes = 0,
): Promise<Table> {
  const head: Uint8Array[] = [];
  let length = 0;
  let build: Building | null = null;
  for await (const chunk of chunks) {
    if (build !== null) {
      build.scanner.push(chunk);
      continue;
    }
    head.push(chunk.slice());
    length += chunk.length;
    if (length < longestRecord) continue;
    build = begin(joined(head, length), false, source, options, bytes);
    head.length = 0;
  }
  build ??= begin(joined(head, length), true, source, options, bytes);
  build.scanner.end();
  return build.finish();
}

interface Building {
  readonly scanner: { push(chunk: Uint8Array): void; end(): void };
  finish(): Table;
}

function begin(
  head: Uint8Array,
  isAll: boolean,
  source: string,
  options: ReadOptions,
  bytes: number,
): Building {
  const text = withoutMark(head, source);
  const layout = layoutOf(text, isAll, source, options);
  const table = tableOf(source, layout, options, Math.ceil(1.05 * layout.density * bytes));
  const scanner = recordScanner(source, layout.delimiter, table.take);
  scanner.push(text);
  return { scanner, finish: table.finish };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Without the mark of UTF-8 at the beginning. */
function withoutMark(bytes: Uint8Array, source: string): Uint8Array {
  const [a, b, c] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
    throw new InputError(`${source}: it is UTF-16, expected UTF-8; save it in that encoding`);
  return a === 0xef && b === 0xbb && c === 0xbf ? bytes.subarray(3) : bytes;
}

/** A column that grows: how it is read, and what was read. */
interface Growing {
  readonly name: string;
  readonly read: FieldReader;
  readonly names: NameRegister | null;
  /** Whether nobody said that its entries are names. */
  readonly isGuessed: boolean;
  readonly store: NumberStore;
}

function growing(
  source: string,
  layout: TextLayout,
  options: ReadOptions,
  expected: number,
): readonly (Growing | string)[] {
  const { names, kinds } = layout;
  const placesOf = (key: "drop" | "names") =>
    new Set(options[key]?.map((column) => findColumn(names, column, `${source}: ${key}`)));
  const dropped = placesOf("drop");
  const named = placesOf("names");
  const room = { left: mostNames };
  const { decimal: mark = "." } = options;
  return names.map((name, field): Growing | string => {
    if (dropped.has(field)) return name;
    const isNamed = kinds[field] === "names" || named.has(field);
    const names = isNamed ? nameRegister(name, room) : null;
    const read = names ? nameCell(source, field, names) : numberCell(source, name, field, mark);
    return {
      name,
      read,
      names,
      isGuessed: isNamed && !named.has(field),
      store: numberStore(expected),
    };
  });
}

/** Lays rows out by columns, some hundred at a time. */
function tableOf(
  source: string,
  layout: TextLayout,
  options: ReadOptions,
  expected: number,
): { take(record: TextRecord): void; finish(): Table } {
  const all = growing(source, layout, options, expected);
  const columns = all.filter((column) => typeof column !== "string");
  const width = layout.names.length;
  const capacity = Math.max(
    1,
    Math.min(stagedRows, Math.floor(stagedNumbers / Math.max(1, columns.length))),
  );
  const staged = new Float64Array(capacity * columns.length);
  const lines = lineMap();
  let isFirst = true;
  let waiting = 0;
  let rows = 0;

  const flush = (): void => {
    let bytes = 0;
    columns.forEach(({ store }, c) => {
      store.append(staged.subarray(c * capacity, c * capacity + waiting));
      bytes += store.bytes;
    });
    waiting = 0;
    if (bytes > mostBytes)
      throw new InputError(
        `${source}: more than ${mostBytes / 2 ** 30} GiB of numbers in the first ${rows} rows; ` +
          "take fewer rows, or leave columns out with drop",
      );
  };
  return {
    take(record) {
      if (record.count !== width)
        throw new InputError(
          `${record.count} ${record.count === 1 ? "field" : "fields"}, expected ${width} as in ` +
            "the first row; correct the row, or quote a field that holds the separator",
          placeIn(source, record, record.begin),
        );
      if (isFirst) {
        isFirst = false;
        if (layout.hasHeader) {
          refuseTwins(source, layout.names, record);
          return;
        }
      }
      for (let c = 0; c < columns.length; c++)
        staged[c * capacity + waiting] = columns[c].read(record);
      lines.add(record.line);
      rows++;
      if (++waiting === capacity) flush();
    },
    finish() {
      flush();
      if (rows === 0) throw new InputError(`${source}: a line of column names and no row below it`);
      return {
        kind: "table",
        source,
        rows,
        columns: withDropped(all, (column) => finished(source, column), rows),
        line: lines.lineOf,
      };
    },
  };
}

function finished(source: string, { name, names, isGuessed, store }: Growing): TableColumn {
  const values = store.finish();
  if (!names) return numberColumn(name, values);
  const column = names.column(values);
  if (isGuessed) refuseDecimalCommas(source, column);
  return column;
}

/** @throws InputError when two columns have one name. */
function refuseTwins(source: string, names: readonly string[], record: TextRecord): void {
  const seen = new Map<string, number>();
  names.forEach((name, field) => {
    const first = seen.get(name);
    if (first !== undefined)
      throw new InputError(
        `column ${field + 1} is named ${JSON.stringify(name)}, as column ${first + 1} is; give ` +
          "it another name",
        placeIn(source, record, record.starts[field]),
      );
    seen.set(name, field);
  });
}
