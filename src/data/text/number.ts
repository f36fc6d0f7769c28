import type { Decimal } from "../table.ts";

const space = 0x20;
const tab = 0x09;
const plus = 0x2b;
const minus = 0x2d;
const zero = 0x30;

/** 10⁰ … 10²²: the powers that a float64 holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Digits of whole numbers that a float64 holds exactly, whatever they are. */
const exactDigits = 15;

const decimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/**
 * The number that the bytes from … to − 1 write, correctly rounded; NaN where they write none, or
 * one beyond all floats. Spaces around it are let be.
 */
export function numberAt(bytes: Uint8Array, from: number, to: number, mark: Decimal): number {
  const point = mark.charCodeAt(0);
  while (from < to && (bytes[from] === space || bytes[from] === tab)) from++;
  while (to > from && (bytes[to - 1] === space || bytes[to - 1] === tab)) to--;
  const sign = bytes[from];
  let at = sign === minus || sign === plus ? from + 1 : from;
  // At most 15 digits and one exact power of ten: one division, rounded once.
  let whole = 0;
  let digits = 0;
  let decimals = -1;
  for (; at < to; at++) {
    const digit = bytes[at] - zero;
    if (digit >= 0 && digit <= 9) {
      whole = 10 * whole + digit;
      digits++;
    } else if (bytes[at] === point && decimals < 0) decimals = digits;
    else break;
  }
  if (at < to || digits === 0 || digits > exactDigits) return slowNumber(bytes, from, to, mark);
  const value = decimals < 0 ? whole : whole / powers[digits - decimals];
  return sign === minus ? -value : value;
}

/** Long, with an exponent, or no number. */
function slowNumber(bytes: Uint8Array, from: number, to: number, mark: Decimal): number {
  if (from === to || to - from > 400) return NaN;
  const text = pointed(String.fromCharCode(...bytes.subarray(from, to)), mark);
  const value = decimal.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

const missingNames = ["", "?", "na", "n/a", "#n/a", "<na>", "nan", "null"];
const missingNumbers = new Set([...missingNames, "none", "-", ".", "-nan"]);
const infinite = /^[-+]?(inf|infinity)$/;
const missingNamed = new Set(missingNames);

/** Whether a text that is no number says that a number is missing: nothing, NA, NaN, inf, `?` … */
export function lacksNumber(text: string, mark: Decimal): boolean {
  const lower = text.toLowerCase();
  return missingNumbers.has(lower) || infinite.test(lower) || decimal.test(pointed(text, mark));
}

/** Whether a text says that a name is missing: nothing, NA, NaN, null, `?`. */
export function lacksName(text: string): boolean {
  return missingNamed.has(text.toLowerCase());
}

/** Whether a text writes a finite number. */
export function writesNumber(text: string, mark: Decimal = "."): boolean {
  const written = pointed(text, mark);
  return decimal.test(written) && Number.isFinite(Number(written));
}

/** A number with a point, whatever it was written with; one written otherwise is none. */
function pointed(text: string, mark: Decimal): string {
  return mark === "." ? text : text.includes(".") ? "" : text.replace(",", ".");
}
