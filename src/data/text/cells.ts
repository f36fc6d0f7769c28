import { InputError, type Place } from "../../numerics/errors.ts";
import type { Decimal, NameColumn } from "../table.ts";
import { writesNumber, lacksName, lacksNumber, numberAt } from "./number.ts";
import { placeIn, fieldText, type TextRecord } from "./records.ts";

/** Different names that the columns of a table have together; more are no categories. */
export const mostNames = 1_000_000;

/** Reads a field of a row: its number, or the code of its name; NaN where one is missing. */
export type FieldReader = (record: TextRecord) => number;

/** Numbers. A text among them is an error at its place. */
export function numberCell(
  source: string,
  name: string,
  field: number,
  mark: Decimal,
): FieldReader {
  return (record) => {
    const value = numberAt(record.bytes, record.starts[field], record.ends[field], mark);
    // NaN alone is not itself.
    if (value === value) return value;
    const text = fieldText(source, record, field);
    if (lacksNumber(text, mark)) return NaN;
    throw new InputError(
      `column ${quoted(name)}: found ${quoted(text)}, expected a number as in the rows around ` +
        "it; " +
        (mark === "." && decimalComma.test(text)
          ? commaHint
          : `correct it, leave the field empty if it is missing, or say names: [${name}] if the ` +
            "column is one of names"),
      placeIn(source, record, record.starts[field]),
    );
  };
}

/** Reads names, numbered as they appear. */
export function nameCell(source: string, field: number, register: NameRegister): FieldReader {
  return (record) =>
    register.code(fieldText(source, record, field), () =>
      placeIn(source, record, record.starts[field]),
    );
}

/** The names of one column, numbered as they appear. */
export interface NameRegister {
  /** @returns NaN where the text says that a name is missing. */
  code(text: string, place?: () => Place): number;
  /** The column of codes that `code` gave, its names in order. */
  column(codes: ArrayLike<number>): NameColumn;
}

/** @param room how many names the table has room for; counts down. */
export function nameRegister(name: string, room: { left: number }): NameRegister {
  const places = new Map<string, number>();
  return {
    code(text, place) {
      const known = places.get(text);
      if (known !== undefined) return known;
      if (lacksName(text)) return NaN;
      if (room.left-- === 0)
        throw new InputError(
          `column ${quoted(name)}: the table has more than ${mostNames} different names, ` +
            `${places.size} of them in this column; leave out what is no category with ` +
            `drop: [${name}]`,
          place?.(),
        );
      places.set(text, places.size);
      return places.size - 1;
    },
    column: (codes) => namesInOrder(name, [...places.keys()], codes),
  };
}

/**
 * A column of names whose order is their own: numbers by value, then the others by code units.
 * @param codes places in `names`; NaN where there is none.
 */
export function namesInOrder(
  name: string,
  names: readonly string[],
  codes: ArrayLike<number>,
): NameColumn {
  const value = names.map((text) => (writesNumber(text) ? Number(text) : NaN));
  const isLess = (a: number, b: number) =>
    value[a] < value[b] ||
    (Number.isNaN(value[b]) && !Number.isNaN(value[a])) ||
    (!(value[a] > value[b]) &&
      Number.isNaN(value[a]) === Number.isNaN(value[b]) &&
      names[a] < names[b]);
  const order = names.map((_, i) => i).sort((a, b) => (isLess(a, b) ? -1 : 1));
  const to = new Int32Array(names.length);
  order.forEach((from, i) => (to[from] = i));
  return {
    kind: "names",
    name,
    names: order.map((i) => names[i]),
    codes: Int32Array.from(codes, (code) => (Number.isNaN(code) ? -1 : to[code])),
  };
}

const decimalComma = /^[-+]?\d{0,20}([.' ]?\d{3}){0,6},\d{1,20}$/;
const commaHint = 'say decimal: "," where commas stand before decimals, or write points';

/**
 * @throws InputError for a column whose names are numbers with a decimal comma, most of them, where
 *   nobody said that they are names.
 */
export function refuseDecimalCommas(source: string, { name, names }: NameColumn): void {
  const found = names.filter((text) => decimalComma.test(text));
  if (2 * found.length > names.length)
    throw new InputError(
      `${source}: column ${quoted(name)} has entries such as ${quoted(found[0])}, numbers with a ` +
        `decimal comma, expected a point; ${commaHint}, or say names: [${name}] if the column is ` +
        "one of names",
    );
}

/** As messages show what was found. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
