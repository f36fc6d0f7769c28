import type { Circuit } from "../../circuit/circuit.ts";
import { InputError } from "../../numerics/errors.ts";
import { vec } from "../../numerics/vec.ts";
import { shortest } from "../json.ts";
import {
  damaged,
  headFrom,
  listHead,
  listBlocks,
  soundList,
  type ListBlock,
  type ProgrammingList,
} from "./programming.ts";
import type { BenchColumn } from "./settings.ts";

/** Begins a programming list as CSV. */
const csvMark = "# analog-eqprop programming list 1";
const headMark = "# head: ";
const places = ["kind", "from layer", "to layer", "row", "column"] as const;

/** Columns of a table with rows of their own places, and their units in the header. */
interface CsvTable {
  /** Values of the places of row k, as text. */
  readonly places: (k: number) => readonly string[];
  /** Which rows of the columns it has. */
  readonly rows: ArrayLike<number>;
  readonly columns: readonly BenchColumn[];
}

/** Tables below one another under one header; what a table lacks is empty, and so is infinity. */
export function tablesCsv(
  comments: readonly string[],
  header: readonly string[],
  tables: readonly CsvTable[],
): Uint8Array<ArrayBuffer> {
  const titles = [...new Set(tables.flatMap((t) => t.columns.map(titleOf)))];
  const encoder = new TextEncoder();
  const parts = [encoder.encode([...comments, [...header, ...titles].join(","), ""].join("\n"))];
  for (const { places: at, rows, columns } of tables) {
    const ordered = titles.map((title) => columns.find((c) => titleOf(c) === title));
    const lines: string[] = [];
    for (let n = 0; n < rows.length; n++) {
      const k = rows[n];
      lines.push([...at(k), ...ordered.map((c) => (c ? numberText(c, k) : ""))].join(","));
      if (lines.length < 10_000 && n < rows.length - 1) continue;
      parts.push(encoder.encode(`${lines.join("\n")}\n`));
      lines.length = 0;
    }
  }
  const bytes = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function titleOf({ name, unit }: BenchColumn): string {
  return `${name} [${unit}]`;
}

/** The shortest text that reads as the same bits, or seven digits; "" of what is infinite. */
function numberText({ values, exact }: BenchColumn, k: number): string {
  const x = values[k];
  if (!Number.isFinite(x)) return "";
  if (!exact) return String(Number(x.toPrecision(7)));
  return Object.is(x, -0) ? "-0" : shortest(x);
}

/**
 * A programming list as CSV: two lines of comment, a header with units, and a line a synapse and a
 * bias: `from layer` and `row` below, `to layer` and `column` above; what they hold in units of the
 * weight, and what a bench sets.
 */
export function writeProgrammingCsv(
  circuit: Circuit,
  list: ProgrammingList,
): Uint8Array<ArrayBuffer> {
  const blocks = listBlocks(circuit, list);
  return tablesCsv(
    [csvMark, headMark + JSON.stringify(listHead(list, blocks))],
    places,
    blocks.map(tableOf),
  );
}

function tableOf({ from, to, shape, exist, held, settings }: ListBlock): CsvTable {
  const columns = shape[shape.length - 1];
  const kind = from === null ? "bias" : "synapse";
  return {
    rows: exist,
    columns: [...held, ...settings],
    places: (k) => [
      kind,
      from === null ? "" : String(from),
      String(to),
      from === null ? "" : String(Math.floor(k / columns)),
      String(k % columns),
    ],
  };
}

/** Whether bytes begin as a programming list does. */
export function isProgrammingCsv(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, csvMark.length)) === csvMark;
}

/** Bytes that a line has at most. */
const longest = 4096;

/**
 * The list of such a CSV. Only places and what is held are read: what a bench sets follows from it.
 * @throws InputError with the line that is wrong, or where lines are missing.
 */
export function readProgrammingCsv(bytes: Uint8Array): ProgrammingList {
  const lines = linesOf(bytes);
  const mark = lines.next().value;
  const second = lines.next().value ?? "";
  if (mark !== csvMark || !second.startsWith(headMark))
    throw damaged(`its first lines are not "${csvMark}" and its head`);
  const { tensors: shapes, lines: announced, ...about } = headFrom(second.slice(headMark.length));
  const volume = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1);
  // What may be sparse takes room for all of its places.
  if (shapes.reduce((sum, t) => sum + volume(t.shape), 0) > 64 * bytes.length)
    throw damaged("it announces far more numbers than it can hold");
  const tensors = shapes.map(({ name, shape }) => ({
    name,
    shape,
    data: vec(about.precision, volume(shape)),
  }));
  const slots = new Map(tensors.map((t) => [t.name, t]));
  const titles = splitLine(lines.next().value ?? "");
  const at = (title: string) => titles.indexOf(title);
  if (places.some((p, i) => titles[i] !== p)) throw damaged("its third line is not its header");
  const seen = new Map(tensors.map((t) => [t.name, new Uint8Array(t.data.length)]));
  let number = 3;
  let found = 0;
  for (const line of lines) {
    number++;
    if (line === "") continue;
    const cells = splitLine(line);
    const where = `line ${number}`;
    if (cells.length !== titles.length)
      throw damaged(`${where} has ${cells.length} cells, expected ${titles.length}`);
    const [kind, from, to, row, column] = cells;
    const prefix = kind === "bias" ? `chip.layer.${to}.` : `chip.block.${from}-${to}.`;
    const parts = kind === "bias" ? ["bias"] : ["weight", "plus", "minus", "seen", "held"];
    let filled = 0;
    for (const part of parts) {
      const tensor = slots.get(prefix + part);
      if (!tensor) continue;
      const index = indexOf(tensor.shape, row, column, where);
      tensor.data[index] = valueOf(cells[at(`${part} [1]`)], `${where}, ${part}`);
      filled++;
      const known = seen.get(tensor.name)!;
      if (known[index]++ > 0) throw damaged(`${where} is the second one of its place`);
    }
    if (filled === 0) throw damaged(`${where}: there is no ${kind} ${from}-${to} in its head`);
    found++;
  }
  if (found !== announced) throw damaged(`it has ${found} lines, expected ${announced}`);
  return soundList({ about, tensors });
}

function* linesOf(bytes: Uint8Array): Generator<string, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let at = 0, number = 1; at < bytes.length; number++) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    // The head may hold a whole experiment.
    if (end - at > (number === 2 ? 2 ** 24 : longest))
      throw damaged(`line ${number} has more than ${longest} bytes`);
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(at, end));
    } catch {
      throw damaged(`line ${number} is no UTF-8 text`);
    }
    yield text.endsWith("\r") ? text.slice(0, -1) : text;
    at = end + 1;
  }
  return undefined;
}

function splitLine(line: string): readonly string[] {
  return line.split(",");
}

function indexOf(shape: readonly number[], row: string, column: string, where: string): number {
  const [rows, columns] = shape.length === 2 ? shape : [1, shape[0]];
  const r = shape.length === 2 ? place(row) : 0;
  const c = place(column);
  if (r < rows && c < columns) return r * columns + c;
  throw damaged(
    `${where}: row ${row || "none"}, column ${column || "none"} of ${rows} × ${columns}`,
  );
}

function place(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Infinity;
}

function valueOf(text: string | undefined, where: string): number {
  const value = text === undefined || text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InputError(
    `programming list: ${where}: ${JSON.stringify((text ?? "").slice(0, 40))} is no number; ` +
      "expected a weight, such as 0.125",
  );
}
