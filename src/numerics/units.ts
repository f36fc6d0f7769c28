import { closest, distance } from "fastest-levenshtein";
import type { Unit } from "mathjs";
import { meanings, powersOf, unitOf, type Dimension, type Powers } from "./dimensions.ts";
import { InputError } from "./errors.ts";
import { power } from "./power.ts";

export type { Dimension } from "./dimensions.ts";

/** Units that `format` prints; ASCII, so that `quantity` reads them back. */
export type UnitSymbol = "Ohm" | "S" | "F" | "V" | "A" | "K" | "s" | "Hz" | "%" | "";

const physical = (Object.keys(meanings) as Dimension[]).filter((d) => meanings[d].si !== "");

const prefixes = ["a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T"] as const;
const exponentOf = (prefix: number) => 3 * (prefix - prefixes.indexOf(""));
const spice: Readonly<Record<string, number>> = {
  f: -15,
  p: -12,
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  meg: 6,
  g: 9,
  t: 12,
};

const longest = 80;
const number = /^([+-]?)((?:\d+\.?\d*|\.\d+))(?:e([+-]?\d+))?(?![\d.])\s*(.*)$/is;

/**
 * What a number without a unit means: nothing but zero, though a SPICE suffix may stand for a unit
 * that cannot be taken for another (a conductance may be a resistance); the SI unit and any value,
 * as in files that we write; or nothing at all but zero, as in options of the command.
 */
export type Bare = "suffixed" | "SI" | "refused";

/**
 * The value of `text` in SI units: volt, ohm, siemens, farad, ampere, kelvin, second, hertz.
 *
 * Read are units with SI prefixes (`10 kOhm`, `100 uS`, `27 degC`, `27 °C`, `5 %`), zero (but no
 * temperature) and, as far as `bare` allows, SPICE suffixes (`4.7k`, `1meg`, `100u`: lower case, in
 * the SI unit of `dimension`) and bare numbers (in that unit too).
 * A resistance R where a conductance is expected counts as 1/R, and the other way round.
 * Decimal prefixes are exact: `100 uS` is the double nearest to 1e-4.
 * @throws InputError for another dimension, an unknown or a missing unit, a value that is not
 *   finite or that is ten orders of magnitude away from all that is built.
 */
export async function quantity(
  text: string | number,
  dimension: Dimension,
  bare: Bare = "suffixed",
): Promise<number> {
  const shown = show(text);
  const expected = expectation(dimension);
  const value =
    typeof text === "number"
      ? unitless(text, String(text), shown, dimension, bare)
      : await read(text, shown, dimension, bare);
  if (!Number.isFinite(value)) throw new InputError(`${shown} is not a finite number, ${expected}`);
  const { least = 0, most = Infinity, si } = meanings[dimension];
  const size = Math.abs(value);
  if (bare !== "SI" && (size > most || (size > 0 && size < least))) {
    const unit = typeof text === "number" ? "" : text.replace(/^[-+\d.e\s]*/i, "");
    throw new InputError(
      `${shown} is ${value} ${si}, ten orders of magnitude away from anything that is built, ` +
        `${expected}${suggestion(unit, dimension)}`,
    );
  }
  return value;
}

/**
 * A number that stands without its unit, or with a SPICE suffix only.
 * @throws InputError that says what to write, where the unit could be another.
 */
function unitless(
  value: number,
  written: string,
  shown: string,
  dimension: Dimension,
  bare: Bare,
): number {
  const { si } = meanings[dimension];
  const either: Partial<Record<Dimension, readonly string[]>> = {
    temperature: ["K", "degC"],
    conductance: ["S", "Ohm"],
  };
  const ways = either[dimension];
  if (si === "" || bare === "SI" || !Number.isFinite(value)) return value;
  if (value === 0 && dimension !== "temperature") return value;
  if (bare === "suffixed" && ways === undefined && /[a-z]$/i.test(written)) return value;
  throw new InputError(
    `${shown} has no unit, ${expectation(dimension)}; write ` +
      (ways ?? [si]).map((unit) => `"${withUnit(written, unit)}"`).join(" or "),
  );
}

/** `27` and K → `27 K`; `4.7k` and Ohm → `4.7 kOhm`. */
function withUnit(written: string, unit: string): string {
  const [, digits, suffix] = /^(.*?)([a-z]*)$/is.exec(written.trim())!;
  const prefix = /^meg$/i.test(suffix)
    ? "M"
    : /^[gt]$/i.test(suffix)
      ? suffix.toUpperCase()
      : suffix;
  return unit === "K" || unit === "degC"
    ? `${digits.trim()} ${unit}`
    : `${digits.trim()} ${prefix}${unit}`;
}

/** A value in SI units, and what it measures. */
export interface Quantity {
  readonly value: number;
  readonly powers: Powers;
}

/**
 * Reads a value of any electrical dimension, in the spellings of `quantity`: `50 uA/V^2`, `1.5`,
 * `26 mV`, `5 %`.
 * @throws InputError for an unknown unit, one that is not made of V, A, s, m and K, or a value that
 *   is not finite.
 */
export async function anyQuantity(text: string | number): Promise<Quantity> {
  const shown = show(text);
  const expected = "expected a number with a unit such as 26 mV, 50 uA/V^2 or 1.5";
  const finite = (value: number, powers: Powers): Quantity => {
    if (!Number.isFinite(value))
      throw new InputError(`${shown} is not a finite number, ${expected}`);
    return { value, powers };
  };
  if (typeof text === "number") return finite(text, meanings.none.powers);
  const { unit, scaled, plain } = split(text, shown, expected);
  if (plain !== undefined) return finite(plain, meanings.none.powers);
  if (unit === "%") return finite(scaled(-2), meanings.ratio.powers);

  const { default: math } = await import("mathjs/lib/browser/math.js");
  const one = parse(math, unit);
  if (!one) throw new InputError(`${shown}: "${unit}" is not a known unit, ${expected}`);
  const powers = powersOf((one as Unit & { readonly dimensions: readonly number[] }).dimensions);
  if (!powers)
    throw new InputError(`${shown}: "${unit}" is not made of V, A, s, m and K, ${expected}`);
  return finite(inUnit(math, one, unit, scaled, unitOf(powers)), powers);
}

/**
 * `value`, in `unit`, in engineering notation: `format(1e-8, "s")` is "10 ns". `%` takes a
 * fraction. With 17 `digits`, `quantity` reads back the same double.
 */
export function format(value: number, unit: UnitSymbol, digits = 4): string {
  if (!Number.isFinite(value)) return `${value} ${unit}`.trimEnd();
  const scientific = (unit === "%" ? value * 100 : value).toExponential(digits - 1);
  const exponent = value === 0 ? 0 : Number(scientific.slice(scientific.indexOf("e") + 1));
  if (unit === "" || unit === "%") return `${Number(scientific)} ${unit}`.trimEnd();
  const prefix = Math.floor(exponent / 3) + prefixes.indexOf("");
  if (!(prefix in prefixes)) return `${Number(scientific)} ${unit}`;
  const mantissa = shift(scientific, -exponentOf(prefix));
  return `${mantissa} ${prefixes[prefix]}${unit}`;
}

async function read(
  text: string,
  shown: string,
  dimension: Dimension,
  bare: Bare,
): Promise<number> {
  const expected = expectation(dimension);
  const { unit: asked, scaled, plain } = split(text, shown, expected, dimension);
  if (plain !== undefined) return unitless(plain, text, shown, dimension, bare);
  // Coulombs and farads are no temperatures.
  const unit = dimension === "temperature" && /^[CF]$/.test(asked) ? `deg${asked}` : asked;
  if (unit === "%" && dimension === "ratio") return scaled(-2);

  const { default: math } = await import("mathjs/lib/browser/math.js");
  const one = parse(math, unit);
  if (!one)
    throw new InputError(
      `${shown}: ${unit === "%" ? "a percentage" : `"${unit}" is not a known unit`}, ` +
        `${expected}${suggestion(unit, dimension)}`,
    );
  const given = physical.find((d) => one.equalBase(math.unit(1, meanings[d].si)));
  if (given === undefined || (given !== dimension && given !== meanings[dimension].reciprocal))
    throw new InputError(
      `${shown} is ${given ? meanings[given].noun : "something else"}, ` +
        `${expected}${suggestion(unit, dimension)}`,
    );

  const value = inUnit(math, one, unit, scaled, meanings[given].si);
  if (given === dimension) return value;
  if (value === 0) throw new InputError(`${shown}: zero has no reciprocal, ${expected}`);
  return 1 / value;
}

/**
 * A number as it was written: its unit as mathjs reads it, the number times a power of ten, and its
 * value where no unit is left to read.
 */
interface Written {
  readonly unit: string;
  scaled(exponent: number): number;
  readonly plain?: number;
}

function split(text: string, shown: string, expected: string, dimension?: Dimension): Written {
  const parts = text.length > longest ? null : number.exec(text.trim());
  const other = text.length > longest ? undefined : otherSpelling(text.trim(), dimension);
  if (other !== undefined) throw new InputError(`${shown}: ${other}`);
  if (!parts) throw new InputError(`${shown} is not a number with a unit, ${expected}`);
  const [, sign, digits, power = "0", tail] = parts;
  const decimal = sign + digits;
  const unit = spell(tail);
  const scaled = (exponent: number) => Number(`${decimal}e${Number(power) + exponent}`);
  if (unit === "") return { unit, scaled, plain: scaled(0) };
  if (unit === "M")
    throw new InputError(
      `${shown}: M alone is mega to SI and milli to SPICE; write ${decimal}meg or ${decimal}m`,
    );
  const suffix = unit === unit.toLowerCase() || /^meg$/i.test(unit) ? unit.toLowerCase() : "";
  return { unit, scaled, plain: Object.hasOwn(spice, suffix) ? scaled(spice[suffix]) : undefined };
}

/** What to write instead of a decimal comma or of a letter in the place of the point (`4k7`). */
function otherSpelling(text: string, dimension: Dimension | undefined): string | undefined {
  const comma = /^([+-]?\d+),(\d+)(?!.*,)\s*(\D.*)?$/s.exec(text);
  if (comma) {
    const [, whole, part, unit = ""] = comma;
    const decimal = `"${`${whole}.${part} ${unit}`.trim()}"`;
    return (
      `a comma is read neither as a decimal point nor between thousands; write ${decimal}` +
      (part.length === 3 ? ` or "${`${whole}${part} ${unit}`.trim()}"` : "")
    );
  }
  const infix = /^([+-]?\d+)([pnuµμmkKMGTRΩ])(\d+)\s*(\D.*)?$/su.exec(text);
  if (!infix) return undefined;
  const [, whole, letter, part, unit = ""] = infix;
  const prefix = /[RΩ]/.test(letter) ? "" : letter.replace(/[µμ]/, "u").replace("K", "k");
  const units =
    unit === ""
      ? dimension === "conductance" || dimension === undefined
        ? ["Ohm", "S"]
        : [meanings[dimension].si.replace("ohm", "Ohm")]
      : [unit];
  const ways = units.map((u) => `"${whole}.${part} ${prefix}${u}"`);
  return `a letter in the place of the point is not read; write ${ways.join(" or ")}`;
}

/** Decimal prefixes stay exact; other units scale with one rounding. */
function inUnit(
  math: Units,
  one: Unit,
  unit: string,
  scaled: (exponent: number) => number,
  si: string,
): number {
  if (si === "K" && math.unit(0, unit).toNumber(si) !== 0)
    return math.unit(scaled(0), unit).toNumber(si);
  const scale = one.toNumber(si);
  const exponent = Math.round(Math.log10(scale));
  return Math.abs(scale / power(10, exponent) - 1) < 1e-12 ? scaled(exponent) : scaled(0) * scale;
}

interface Units {
  unit(value: number, unit: string): Unit;
}

/** One `unit`, or null when mathjs does not know it. */
function parse(math: Units, unit: string): Unit | null {
  try {
    return math.unit(1, unit);
  } catch {
    return null;
  }
}

/** The spelling that mathjs reads: no Greek letters, degrees, capital ohms, `meg` or `/ V`. */
function spell(unit: string): string {
  return unit
    .trim()
    .replace(/[µμ]/g, "u")
    .replace(/[ΩΩ]/g, "ohm")
    .replace(/ohm(?=s?$)/i, "ohm")
    .replace(/^meg(?=(ohms?|S|F|V|A|Hz)$)/i, "M")
    .replace(/^(?:°|deg(?:rees?)?)\s*(?=[CF]$)/i, "deg")
    .replace(/^℃$/, "degC")
    .replace(/^\/\s*([A-Za-z]+)(?:\^(\d+))?/, (_, of: string, n = "1") => `${of}^-${n}`);
}

/** The same decimal number times 10^exponent, as plain digits: no rounding. */
function shift(scientific: string, exponent: number): string {
  const [mantissa, power] = scientific.split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(power) + exponent;
  const padded = digits.padEnd(point, "0");
  const rest = padded.slice(point).replace(/0+$/, "");
  return `${sign}${padded.slice(0, point)}${rest === "" ? "" : `.${rest}`}`;
}

const show = (text: string | number) =>
  typeof text === "number"
    ? String(text)
    : JSON.stringify(text.length > longest ? `${text.slice(0, 30)}…` : text);
const expectation = (dimension: Dimension) =>
  `expected ${meanings[dimension].noun} such as ${meanings[dimension].example}`;

function suggestion(unit: string, dimension: Dimension): string {
  const near = (d: Dimension) => prefixes.map((p) => `${p}${meanings[d].si}`);
  const candidates = [
    ...(meanings[dimension].si ? near(dimension) : []),
    ...(meanings[dimension].reciprocal ? near(meanings[dimension].reciprocal) : []),
  ];
  if (candidates.length === 0) return "";
  // 4.7 K of a resistor are kilo-ohms.
  if (unit === "K" && dimension !== "temperature")
    return ` (did you mean k${meanings[dimension].si}?)`;
  const best =
    candidates.find((c) => c.toLowerCase() === unit.toLowerCase()) ?? closest(unit, candidates);
  return best !== unit && distance(unit, best) <= Math.min(2, unit.length - 1)
    ? ` (did you mean ${best}?)`
    : "";
}
