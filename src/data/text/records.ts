import { InputError, type Place } from "../../numerics/errors.ts";

/** Columns of a text; a row has at most so many. */
const mostColumns = 100_000;
/** Bytes of a row: more is a quote that was left open. */
export const longestRecord = 4 * 2 ** 20;

/**
 * A row as it stands in the bytes: field f is bytes starts[f] … ends[f], without its quotes. It is
 * valid until the next one.
 */
export interface TextRecord {
  readonly bytes: Uint8Array;
  /** Where the row begins, and the line that it begins on, from 1. */
  readonly begin: number;
  readonly line: number;
  readonly count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Whether quotes are doubled in any field: only then `doubled` is looked at. */
  readonly hasDoubled: boolean;
  readonly doubled: Uint8Array;
}

/** A row as far as it was found, and how to go on. */
interface Scan {
  readonly source: string;
  readonly classOf: Uint8Array;
  readonly spaced: boolean;
  readonly record: { -readonly [K in keyof TextRecord]: TextRecord[K] };
  readonly take: (record: TextRecord) => void;
  /** Where reading goes on, and where the field at hand begins. */
  at: number;
  field: number;
  state: "plain" | "quoted" | "closed";
  line: number;
  afterCarriage: boolean;
}

/** Takes bytes as they come, and hands on row after row. */
interface RecordScanner {
  push(chunk: Uint8Array): void;
  end(): void;
}

const quote = 0x22;
const newline = 0x0a;
const carriage = 0x0d;
const space = 0x20;
const tab = 0x09;

/** What a byte can be outside of quotes; all others belong to a field. */
const separates = 1;
const endsRow = 2;
const quotes = 3;
const isBinary = 4;

/** Where spaces separate, tabs do as well. */
function classes(delimiter: string): Uint8Array {
  const of = new Uint8Array(256);
  of[delimiter.charCodeAt(0)] = separates;
  if (delimiter === " ") of[tab] = separates;
  of[newline] = endsRow;
  of[carriage] = endsRow;
  of[quote] = quotes;
  of[0] = isBinary;
  return of;
}

function emptyRecord(): Scan["record"] {
  return {
    bytes: new Uint8Array(0),
    begin: 0,
    line: 1,
    count: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    hasDoubled: false,
    doubled: new Uint8Array(64),
  };
}

function widen(record: Scan["record"]): void {
  const size = 2 * record.starts.length;
  record.starts = grown(record.starts, new Int32Array(size));
  record.ends = grown(record.ends, new Int32Array(size));
  record.doubled = grown(record.doubled, new Uint8Array(size));
}

function grown<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The bytes of the row at hand have moved to the front. */
function toFront(scan: Scan): void {
  const { record } = scan;
  const { begin, starts, ends } = record;
  for (let f = 0; f <= record.count && f < starts.length; f++) {
    starts[f] -= begin;
    ends[f] -= begin;
  }
  record.begin = 0;
  scan.at -= begin;
  scan.field -= begin;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== space && bytes[i] !== tab) return false;
  return true;
}

/** Line and column, in characters from 1, of a byte of the row at hand. */
export function placeIn(
  source: string,
  { bytes, begin, line }: TextRecord,
  position: number,
): Place {
  const before = new TextDecoder().decode(bytes.subarray(begin, position)).split(/\r\n|\n|\r/);
  return {
    file: source,
    line: line + before.length - 1,
    column: Array.from(before.at(-1)!).length + 1,
  };
}

/**
 * What a field says, without spaces around it.
 * @throws InputError at its place when it is not UTF-8.
 */
export function fieldText(source: string, record: TextRecord, field: number): string {
  const from = record.starts[field];
  const raw = record.bytes.subarray(from, record.ends[field]);
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    throw new InputError(
      "found bytes that are not UTF-8; save the file in that encoding",
      placeIn(source, record, from),
    );
  }
  return (record.doubled[field] === 1 ? text.replaceAll('""', '"') : text).trim();
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function fail({ source, record }: Scan, position: number, message: string): never {
  throw new InputError(message, placeIn(source, record, position));
}

/** The field at hand ends. */
function close(scan: Scan, end: number): void {
  const { record, state } = scan;
  // Of several spaces side by side all but one separate nothing; nor do those around a row.
  if (scan.spaced && state === "plain" && scan.field === end) return;
  if (record.count === mostColumns)
    fail(
      scan,
      record.begin,
      `more than ${mostColumns} columns, expected a table with a row a line`,
    );
  if (record.count === record.starts.length) widen(record);
  record.starts[record.count] = scan.field;
  if (state === "plain") record.ends[record.count] = end;
  record.count++;
  scan.state = "plain";
}

/** The row at hand ends. */
function finish(scan: Scan, end: number): void {
  const { record } = scan;
  close(scan, end);
  if (record.count > 1 || !isBlank(record.bytes, record.begin, end)) scan.take(record);
  if (record.hasDoubled) record.doubled.fill(0, 0, record.count);
  record.hasDoubled = false;
  record.count = 0;
}

/** Up to the quote that closes the field, or to the end of the bytes. */
function throughQuoted(scan: Scan, end: number): void {
  const { record } = scan;
  const { bytes } = record;
  for (; scan.at < end; scan.at++) {
    const byte = bytes[scan.at];
    if (byte === carriage || (byte === newline && bytes[scan.at - 1] !== carriage)) scan.line++;
    if (byte !== quote) continue;
    if (record.count === record.starts.length) widen(record);
    record.ends[record.count] = scan.at++;
    scan.state = "closed";
    return;
  }
}

function atLineEnd(scan: Scan, byte: number): void {
  const { record } = scan;
  const isSecond = byte === newline && scan.afterCarriage && scan.at === record.begin;
  if (!isSecond) {
    finish(scan, scan.at);
    scan.line++;
  }
  scan.afterCarriage = byte === carriage;
  scan.at++;
  scan.field = scan.at;
  record.begin = scan.at;
  record.line = scan.line;
}

/** A byte behind the quote that closed a field. */
function behindQuote(scan: Scan, byte: number): void {
  const { record } = scan;
  if (byte === quote) {
    record.doubled[record.count] = 1;
    record.hasDoubled = true;
    scan.state = "quoted";
  } else if (byte !== space && byte !== tab)
    fail(
      scan,
      scan.at,
      "found text behind a closing quote, expected the end of the field; double a quote that is " +
        "part of it",
    );
  scan.at++;
}

/** A byte with a meaning of its own, or one behind a closing quote. */
function special(scan: Scan): void {
  const { record, at } = scan;
  const byte = record.bytes[at];
  switch (scan.classOf[byte]) {
    case separates:
      close(scan, at);
      scan.at++;
      scan.field = scan.at;
      return;
    case endsRow:
      atLineEnd(scan, byte);
      return;
    case isBinary:
      return fail(scan, at, "found a byte 0, which no text has; expected rows of text");
  }
  if (scan.state === "closed") {
    behindQuote(scan, byte);
    return;
  }
  // Within a field that has begun, a quote is a letter as any other.
  if (isBlank(record.bytes, scan.field, at)) {
    scan.state = "quoted";
    scan.field = at + 1;
  }
  scan.at++;
}

/** Reads on to the end of the bytes. */
function advance(scan: Scan, bytes: Uint8Array, end: number): void {
  const { classOf } = scan;
  scan.record.bytes = bytes;
  while (scan.at < end) {
    if (scan.state === "quoted") {
      throughQuoted(scan, end);
      continue;
    }
    if (scan.state === "plain") {
      let { at } = scan;
      while (at < end && classOf[bytes[at]] === 0) at++;
      scan.at = at;
    }
    if (scan.at < end) special(scan);
  }
}

/**
 * Splits a text into rows and fields (RFC 4180, any delimiter): quoted fields hold delimiters, line
 * ends and doubled quotes; lines end in LF, CRLF or CR; blank lines are passed over. Where spaces
 * separate, any number of them and of tabs does.
 * @param take is called for each row.
 * @throws InputError at the place of what is no such text.
 */
export function recordScanner(
  source: string,
  delimiter: string,
  take: (record: TextRecord) => void,
): RecordScanner {
  const record = emptyRecord();
  const scan: Scan = {
    source,
    classOf: classes(delimiter),
    spaced: delimiter === " ",
    record,
    take,
    at: 0,
    field: 0,
    state: "plain",
    line: 1,
    afterCarriage: false,
  };
  /** What is left of earlier chunks: a row that has not ended. */
  let held = new Uint8Array(0);
  let kept = 0;
  return {
    push(chunk) {
      const end = kept + chunk.length;
      let bytes = chunk;
      if (kept > 0) {
        if (end > held.length) held = grown(held, new Uint8Array(2 * end));
        held.set(chunk, kept);
        bytes = held;
      }
      advance(scan, bytes, end);
      kept = end - record.begin;
      if (kept > longestRecord)
        fail(
          scan,
          record.begin,
          `a row of more than ${longestRecord / 2 ** 20} MiB, expected a table with a row a ` +
            "line; is a quote left open?",
        );
      if (kept > held.length) held = new Uint8Array(2 * kept);
      held.set(bytes.subarray(record.begin, end));
      record.bytes = held;
      toFront(scan);
    },
    end() {
      if (scan.state === "quoted")
        fail(scan, scan.field - 1, "a quote opens a field here and is never closed");
      if (kept > 0) finish(scan, kept);
    },
  };
}
