/** A number that may have been NaN or infinite before it went through JSON. */
export type Maybe = number | null | undefined;

/** What stands where there is no number. */
export const missing = "–";

const prefixes: readonly (readonly [number, string])[] = [
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
  [1e-15, "f"],
];

export function isNumber(x: Maybe): x is number {
  return typeof x === "number" && Number.isFinite(x);
}

/** Values with NaN and infinities as null, and `digits` significant digits: enough to draw. */
export function drawable(values: readonly Maybe[], digits = 5): (number | null)[] {
  return values.map((x) => (isNumber(x) ? Number(x.toPrecision(digits)) : null));
}

/** "2.08 %" of a value already in percent. */
export function percentage(x: Maybe): string {
  return isNumber(x) ? `${x.toFixed(2)} %` : missing;
}

/** "0.031", "12.4", "3.1 × 10⁻⁵": `digits` significant digits. */
export function significant(x: Maybe, digits = 2): string {
  if (!isNumber(x)) return missing;
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e-3 && size < 1e5) return Number(x.toPrecision(digits)).toString();
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  return `${Number(mantissa) === 1 ? "" : `${mantissa} × `}10${superscript(Number(exponent))}`;
}

/** "1.5 µs": SI prefix, at most three significant digits. */
export function withPrefix(x: Maybe, unit: string): string {
  if (!isNumber(x)) return missing;
  if (x === 0) return `0 ${unit}`;
  // Rounded first, so that 999.9 µs becomes 1 ms.
  const rounded = Number(x.toPrecision(3));
  const size = Math.abs(rounded);
  const [factor, prefix] =
    prefixes.find(([f]) => size >= f * (1 - 1e-9)) ?? prefixes[prefixes.length - 1];
  return `${Number((rounded / factor).toPrecision(3))} ${prefix}${unit}`;
}

/** "12 345", with narrow spaces. */
export function grouped(x: Maybe): string {
  return isNumber(x)
    ? Math.round(x)
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, "\u202f")
    : missing;
}

/** "0.5", "12": at most two decimals. */
export function plain(x: Maybe): string {
  return isNumber(x) ? Number(x.toFixed(2)).toString() : missing;
}

/** "⁻¹²" */
export function superscript(n: number): string {
  return n.toString().replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));
}
