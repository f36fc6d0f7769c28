import { InputError } from "../../numerics/errors.ts";
import { didYouMean } from "../../numerics/suggest.ts";
import { quantity, type Dimension } from "../../numerics/units.ts";

/** A column of measurements in SI units. */
export interface Column {
  readonly name: string;
  readonly values: Float64Array;
}

/**
 * A table of measurements: numbers by column, and the directions of pulses where they are given.
 */
export interface Measurements {
  readonly kind: "pulses" | "current-voltage";
  readonly file: string;
  /** The line of each row in the file, from 1. */
  readonly lines: readonly number[];
  readonly rows: number;
  /** `pulse` and `conductance`, or `voltage` and `current`. */
  readonly x: Column;
  readonly y: Column;
  /** +1 up, −1 down: of the pulse that led to the row. */
  readonly directions: Int8Array | null;
  readonly ignored: readonly string[];
}

const maxRows = 1_000_000;
/** Characters of a number, and of the line of column names. */
const longest = 400;
const longestHead = 10_000;
const known: Readonly<Record<string, Dimension>> = {
  pulse: "none",
  conductance: "conductance",
  resistance: "conductance",
  direction: "none",
  voltage: "voltage",
  current: "current",
};
const titles: Readonly<Record<string, string>> = {
  pulses: "pulse",
  "pulse number": "pulse",
  g: "conductance",
  r: "resistance",
  v: "voltage",
  i: "current",
  dir: "direction",
};

/**
 * Reads measured pulses (columns pulse, conductance or resistance, direction) or a curve (voltage,
 * current). The first line names the columns, with units in brackets: `conductance (uS)`. Commas,
 * semicolons or tabs separate; lines that begin with # are skipped.
 * @param file the name used in messages.
 * @throws InputError with file, line and column.
 */
export async function readMeasurements(text: string, file: string): Promise<Measurements> {
  const at = (line: number, column = 1) => ({ file, line, column });
  const [head, ...body] = written(text, at);
  const separator = ["\t", ";", ","].find((s) => head.line.includes(s)) ?? ",";
  const columns = await Promise.all(
    split(head.line, separator).map(({ text: title, column }) =>
      heading(title, at(head.number, column)),
    ),
  );
  const find = (name: string) => columns.findIndex((c) => c.name === name);
  for (const name of Object.keys(known))
    if (columns.filter((c) => c.name === name).length > 1)
      throw new InputError(`two columns are named ${name}; keep one`, at(head.number));
  const kind = find("voltage") >= 0 || find("current") >= 0 ? "current-voltage" : "pulses";
  const value = find("conductance") >= 0 ? "conductance" : "resistance";
  const wanted = kind === "pulses" ? ["pulse", value] : ["voltage", "current"];
  const missing = wanted
    .filter((name) => find(name) < 0)
    .map((name) => (name === "resistance" ? "conductance" : name));
  if (missing.length > 0) {
    const given = columns.map((c) => c.title);
    const guess = didYouMean(missing[0], given, "found columns");
    throw new InputError(
      `there is no column ${missing.join(" and no column ")}, expected pulse and conductance ` +
        `(and direction), or voltage and current; ${guess}`,
      at(head.number),
    );
  }

  const [x, y] = wanted.map(() => new Float64Array(body.length));
  const places = wanted.map(find);
  const way = find("direction");
  const directions = way < 0 ? null : new Int8Array(body.length);
  for (const [row, { line, number }] of body.entries()) {
    const cells = split(line, separator);
    if (cells.length !== columns.length)
      throw new InputError(
        `${cells.length} values, expected ${columns.length} as in the first line`,
        at(number),
      );
    for (const [k, target] of [x, y].entries()) {
      const { text: cell, column } = cells[places[k]];
      const { scale, reciprocal, title } = columns[places[k]];
      const measured = parse(cell, title, at(number, column));
      if (reciprocal && measured === 0)
        throw new InputError(`${title}: zero has no reciprocal`, at(number, column));
      target[row] = reciprocal ? 1 / (measured * scale) : measured * scale;
    }
    if (directions) directions[row] = direction(cells[way].text, at(number, cells[way].column));
  }
  return {
    kind,
    file,
    lines: body.map((b) => b.number),
    rows: body.length,
    directions,
    x: { name: wanted[0], values: x },
    y: { name: kind === "pulses" ? "conductance" : "current", values: y },
    ignored: columns.filter((c) => !Object.hasOwn(known, c.name)).map((c) => c.title),
  };
}

type Place = ConstructorParameters<typeof InputError>[1];
interface Heading {
  readonly title: string;
  readonly name: string;
  readonly scale: number;
  readonly reciprocal: boolean;
}

/**
 * The lines that say something, the column names first.
 * @throws InputError when there are none, or more than a table has.
 */
function written(
  text: string,
  at: (line: number, column?: number) => Place,
): readonly { readonly line: string; readonly number: number }[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  if (lines.length === 0)
    throw new InputError(
      "the file is empty, expected a line of column names such as `pulse, conductance (uS)` " +
        "and rows of numbers",
      at(1),
    );
  const [head] = lines;
  if (head.line.length > longestHead)
    throw new InputError(
      `the line of column names has ${head.line.length} characters, expected at most ` +
        `${longestHead}; this is no table of measurements`,
      at(head.number),
    );
  if (lines.length - 1 > maxRows)
    throw new InputError(
      `${lines.length - 1} rows, expected at most ${maxRows}; take every tenth`,
      at(head.number),
    );
  return lines;
}

/** `conductance (uS)` → conductance, in units of 1e-6 S. */
async function heading(text: string, place: Place): Promise<Heading> {
  const { label, unit } = labelled(text.trim());
  const plain = label.trim().toLowerCase().replaceAll("_", " ");
  const name = Object.hasOwn(titles, plain) ? titles[plain] : plain;
  if (!Object.hasOwn(known, name)) return { title: text.trim(), name, scale: 1, reciprocal: false };
  const reciprocal = name === "resistance";
  if (unit === "" || known[name] === "none") return { title: name, name, scale: 1, reciprocal };
  const scale = await quantity(`1 ${unit}`, reciprocal ? "resistance" : known[name]).catch(
    (error: unknown) => {
      throw error instanceof InputError
        ? new InputError(`column ${name}: the unit ${error.message}`, place)
        : error;
    },
  );
  const inverted = !reciprocal && name === "conductance" && /ohm|Ω|Ω/i.test(unit);
  if (inverted)
    throw new InputError(
      `column conductance: the unit ${JSON.stringify(unit)} is one of resistance; name the ` +
        "column resistance, or convert it to siemens",
      place,
    );
  if (reciprocal && /s$/i.test(unit) && !/ohms$/i.test(unit))
    throw new InputError(
      `column resistance: the unit ${JSON.stringify(unit)} is one of conductance; name the ` +
        "column conductance",
      place,
    );
  return { title: name, name, scale, reciprocal };
}

/** `conductance (uS)` → conductance, uS: brackets at the end hold the unit. */
function labelled(title: string): { readonly label: string; readonly unit: string } {
  const begin = title.search(/[([]/);
  return begin >= 0 && /[)\]]$/.test(title)
    ? { label: title.slice(0, begin), unit: title.slice(begin + 1, -1).trim() }
    : { label: title, unit: "" };
}

function split(
  line: string,
  separator: string,
): readonly { readonly text: string; readonly column: number }[] {
  let column = 1;
  return line.split(separator).map((part) => {
    const found = {
      text: part
        .trim()
        .replace(/^"(.*)"$/, "$1")
        .trim(),
      column: column + (part.length - part.trimStart().length),
    };
    column += part.length + separator.length;
    return found;
  });
}

function parse(text: string, title: string, place: Place): number {
  const value =
    text.length <= longest && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)
      ? Number(text)
      : NaN;
  if (Number.isFinite(value)) return value;
  const hint = /^[-+]?\d{1,20},\d{1,20}$/.test(text) ? "; write decimals with a point" : "";
  throw new InputError(
    `${title}: found ${text === "" ? "nothing" : JSON.stringify(text.slice(0, 40))}, expected ` +
      `a number${hint}`,
    place,
  );
}

function direction(text: string, place: Place): -1 | 1 {
  if (/^(up|\+1?|1|set|potentiation|ltp)$/i.test(text)) return 1;
  if (/^(down|-1?|−1?|reset|depression|ltd)$/i.test(text)) return -1;
  throw new InputError(
    `direction: found ${text === "" ? "nothing" : JSON.stringify(text.slice(0, 40))}, ` +
      "expected up or down",
    place,
  );
}
