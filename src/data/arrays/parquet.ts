import type { ColumnData, FileMetaData } from "hyparquet";
import { InputError } from "../../numerics/errors.ts";
import { numberColumn, numberStore, withDropped, type NumberStore } from "../narrow.ts";
import { findColumn, type ReadOptions, type Table, type TableColumn } from "../table.ts";
import { refuseFalsePages, type RandomAccess } from "./parquet-pages.ts";
import { mostNames, nameRegister, type NameRegister } from "../text/cells.ts";

/** Rows of a group, which are unpacked a column at a time, and bytes of all columns together. */
const mostGroupRows = 2 ** 26;
const mostColumns = 100_000;
const mostBytes = 4 * 2 ** 30;

/** Whether a file begins as a Parquet file does. */
export function looksLikeParquet(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1";
}

/**
 * Reads a table from a Parquet file, a column of a group of rows at a time: numbers, truth values
 * as 0 and 1, and text as names; nulls and NaN are missing.
 * @param source the name used in messages.
 * @throws InputError when it is damaged, or a column that is not dropped holds something else.
 */
export async function readParquet(
  file: RandomAccess,
  source: string,
  options: ReadOptions = {},
): Promise<Table> {
  const { parquetMetadataAsync, parquetSchema } = await import("hyparquet");
  const metadata = await complaining(source, () => parquetMetadataAsync(file));
  const { children } = await complaining(source, () => Promise.resolve(parquetSchema(metadata)));
  const names = children.map(({ element }) => element.name);
  const placesOf = (key: "drop" | "names") =>
    new Set(options[key]?.map((column) => findColumn(names, column, `${source}: ${key}`)));
  const dropped = placesOf("drop");
  const named = placesOf("names");
  const groups = metadata.row_groups.map((group) => Number(group.num_rows));
  refuseTooLarge(names, groups, source);
  const room = { left: mostNames };
  const all = names.map((name, i): Growing | string => {
    if (dropped.has(i)) return name;
    if (children[i].children.length > 0)
      throw new InputError(
        `${source}: column ${JSON.stringify(name)} holds lists or records, expected numbers or ` +
          `text; leave it out with drop: [${name}], or give each number a column`,
      );
    const isNamed = named.has(i) || null;
    return { name, store: numberStore(), names: nameRegister(name, room), isNamed };
  });
  const columns = all.filter((column) => typeof column !== "string");
  let rows = 0;
  for (const [group, count] of groups.entries()) {
    for (const column of columns) {
      await complaining(source, () => refuseFalsePages(file, metadata, group, column.name));
      await extend(file, source, metadata, column, rows, count);
    }
    rows += count;
    const bytes = columns.reduce((sum, { store }) => sum + store.bytes, 0);
    if (bytes > mostBytes)
      throw new InputError(
        `${source}: more than ${mostBytes / 2 ** 30} GiB of numbers in the first ${rows} rows; ` +
          "take fewer rows, or leave columns out with drop",
      );
  }
  if (rows === 0) throw new InputError(`${source}: no rows in it, expected at least one`);
  return {
    kind: "table",
    source,
    rows,
    columns: withDropped(all, finished, rows),
    line: () => null,
  };
}

/** A column that grows; whether it is one of names, its first value says, or the user. */
interface Growing {
  readonly name: string;
  readonly store: NumberStore;
  readonly names: NameRegister;
  isNamed: boolean | null;
}

function refuseTooLarge(names: readonly string[], groups: readonly number[], source: string): void {
  if (names.length > mostColumns)
    throw new InputError(`${source}: ${names.length} columns, expected at most ${mostColumns}`);
  const twin = names.find((name, i) => names.indexOf(name) !== i);
  if (twin !== undefined)
    throw new InputError(`${source}: two columns are named ${JSON.stringify(twin)}; rename one`);
  const bad = groups.find((count) => !(count >= 0 && count <= mostGroupRows));
  if (bad !== undefined)
    throw new InputError(
      `${source}: a group of ${bad} rows, expected at most ${mostGroupRows}; write smaller groups`,
    );
}

/** Reads one column of one group of rows. */
async function extend(
  file: RandomAccess,
  source: string,
  metadata: FileMetaData,
  column: Growing,
  first: number,
  count: number,
): Promise<void> {
  const [{ parquetRead }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  // What a callback throws would reach nobody: values are looked at when all are there.
  const chunks: ColumnData[] = [];
  await complaining(source, () =>
    parquetRead({
      file,
      metadata,
      compressors,
      columns: [column.name],
      rowStart: first,
      rowEnd: first + count,
      onChunk: (chunk) => chunks.push(chunk),
    }),
  );
  const read = chunks.reduce((n, { columnData }) => n + columnData.length, 0);
  if (read !== count)
    throw new InputError(
      `${source}: column ${JSON.stringify(column.name)} has ${read} values for ${count} rows; ` +
        "write the file again",
    );
  const values = new Float64Array(count);
  for (const { columnData, rowStart } of chunks)
    for (let i = 0; i < columnData.length; i++)
      values[rowStart - first + i] = valueOf(columnData[i], column, source, rowStart + i);
  column.store.append(values);
}

function valueOf(value: unknown, column: Growing, source: string, row: number): number {
  if (value === null || value === undefined) return NaN;
  const isText = typeof value === "string";
  const isNumber =
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
  column.isNamed ??= isText;
  if (column.isNamed && (isText || isNumber)) return column.names.code(String(value));
  const number = Number(value);
  if (!isNumber || (typeof value === "bigint" && BigInt(number) !== value))
    throw new InputError(
      `${source}: row ${row + 1}: column ${JSON.stringify(column.name)}: found ` +
        `${shown(value)}, expected a number or text; leave the column out with drop: ` +
        `[${column.name}], or convert it`,
    );
  return Number.isFinite(number) ? number : NaN;
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return Object.prototype.toString.call(value) === "[object Date]" ? "a date" : "a record";
}

function finished({ name, store, names, isNamed }: Growing): TableColumn {
  const values = store.finish();
  return isNamed ? names.column(values) : numberColumn(name, values);
}

/** What the decoder throws becomes an error of the file. */
async function complaining<T>(source: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${source}: the Parquet file cannot be read (${(error as Error).message}); write it again`,
    );
  }
}
