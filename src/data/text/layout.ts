import { InputError } from "../../numerics/errors.ts";
import type { Decimal, ReadOptions } from "../table.ts";
import { writesNumber, lacksName, lacksNumber } from "./number.ts";
import { longestRecord, recordScanner, fieldText } from "./records.ts";

type Delimiter = NonNullable<ReadOptions["delimiter"]>;

/** What the beginning of a text says of the whole. */
export interface TextLayout {
  readonly delimiter: Delimiter;
  readonly hasHeader: boolean;
  /** The first row, where it names the columns; else `column 1`, `column 2` … */
  readonly names: readonly string[];
  readonly kinds: readonly ("numbers" | "names")[];
  /** Rows for each byte of the file, about. */
  readonly density: number;
}

interface Sample {
  readonly rows: readonly (readonly string[])[];
  /** How many bytes were looked at. */
  readonly bytes: number;
}

/** In the order of trust: a text with commas may have decimal commas, and spaces are everywhere. */
const delimiters: readonly Delimiter[] = ["\t", ";", "|", ",", " "];
const mostRows = 1000;
const mostFields = 2 ** 18;
const slice = 2 ** 16;

/**
 * Finds out how a text is written: what separates its columns (what gives as many in each of the
 * first rows), which columns are of numbers (those where most entries that are there are), and
 * whether the first row names the columns: it does where most of what stands above numbers is text,
 * where it counts the columns, or, without columns of numbers, where no other row repeats it.
 * @param head the first bytes, at least one row.
 * @param isAll whether nothing follows them.
 * @throws InputError where there is no row, or no text.
 */
export function layoutOf(
  head: Uint8Array,
  isAll: boolean,
  source: string,
  options: ReadOptions,
): TextLayout {
  const { decimal: mark = "." } = options;
  const delimiter = options.delimiter ?? separatorOf(head, isAll, source);
  const { rows, bytes } = sample(head, isAll, source, delimiter, mostRows);
  if (rows.length === 0)
    throw new InputError(
      isAll
        ? `${source}: the file is empty, expected rows of columns`
        : `${source}: a row of more than ${longestRecord / 2 ** 20} MiB, expected a table with a ` +
            "row a line",
    );
  const [first, ...rest] = rows;
  const hasHeader = options.header ?? isHeader(first, rest, mark);
  const body = hasHeader ? rest : rows;
  return {
    delimiter,
    hasHeader,
    names: first.map((name, i) => (hasHeader && name !== "" ? name : `column ${i + 1}`)),
    kinds: first.map((_, i) => kindOf(body, i, mark)),
    density: rows.length / bytes,
  };
}

/** The first rows; those of another length than the first are left for the reading to complain. */
function sample(
  head: Uint8Array,
  isAll: boolean,
  source: string,
  delimiter: Delimiter,
  most: number,
): Sample {
  const rows: string[][] = [];
  let fields = 0;
  const scanner = recordScanner(source, delimiter, (record) => {
    if (rows.length >= most || (fields >= mostFields && rows.length >= 2)) return;
    rows.push(Array.from({ length: record.count }, (_, f) => fieldText(source, record, f)));
    fields += record.count;
  });
  let at = 0;
  while (at < head.length && rows.length < most && fields < mostFields) {
    scanner.push(head.subarray(at, at + slice));
    at += slice;
  }
  if (at >= head.length && isAll) scanner.end();
  return { rows, bytes: Math.min(at, head.length) };
}

function separatorOf(head: Uint8Array, isAll: boolean, source: string): Delimiter {
  let best: Delimiter = ",";
  let share = 0.5;
  for (const delimiter of delimiters) {
    const counts = countsOf(head, isAll, source, delimiter);
    const usual = mostCommon(counts);
    const found = usual > 1 ? counts.filter((n) => n === usual).length / counts.length : 0;
    if (found > share) {
      best = delimiter;
      share = found;
    }
  }
  return best;
}

/** Columns of the first rows, or none where the text cannot be split in this way. */
function countsOf(
  head: Uint8Array,
  isAll: boolean,
  source: string,
  delimiter: Delimiter,
): readonly number[] {
  try {
    return sample(head, isAll, source, delimiter, 20).rows.map((row) => row.length);
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
}

function mostCommon(counts: readonly number[]): number {
  const tally = new Map<number, number>();
  for (const n of counts) tally.set(n, (tally.get(n) ?? 0) + 1);
  return [...tally].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

function kindOf(
  rows: readonly (readonly string[])[],
  column: number,
  mark: Decimal,
): "numbers" | "names" {
  let numbers = 0;
  let names = 0;
  for (const row of rows) {
    const text = row[column] ?? "";
    if (writesNumber(text, mark)) numbers++;
    else if (!lacksNumber(text, mark)) names++;
  }
  return names > 0 && names >= numbers ? "names" : "numbers";
}

function isHeader(
  first: readonly string[],
  rest: readonly (readonly string[])[],
  mark: Decimal,
): boolean {
  const isText = first.map((text) => !writesNumber(text, mark) && !lacksName(text));
  if (rest.length === 0) return isText.every(Boolean);
  const numeric = first.map((_, i) => i).filter((i) => kindOf(rest, i, mark) === "numbers");
  if (numeric.length === 0)
    return first.every(
      (text, i) => isText[i] && first.indexOf(text) === i && rest.every((row) => row[i] !== text),
    );
  const named = numeric.filter((i) => isText[i]).length;
  const counts = numeric.filter((i) => !isText[i] && first[i] !== "");
  const isCount = [0, 1].some((from) => counts.every((i) => first[i] === String(i + from)));
  return 2 * named > numeric.length || (isCount && (named > 0 || numeric.length >= 8));
}
