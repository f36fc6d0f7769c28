import { closest, distance } from "fastest-levenshtein";
import type { Unit } from "mathjs";
import { InputError } from "./errors.ts";

/** What a value can measure. */
export type Dimension = "resistance" | "conductance" | "capacitance" | "voltage" | "current" | "temperature" | "time" | "frequency" | "ratio" | "none";

/** Units that `format` prints; ASCII, so that `quantity` reads them back. */
export type UnitSymbol = "Ohm" | "S" | "F" | "V" | "A" | "K" | "s" | "Hz" | "%" | "";

interface Meaning { readonly noun: string; readonly si: string; readonly example: string; readonly reciprocal?: Dimension }

const meanings: Readonly<Record<Dimension, Meaning>> = {
  resistance: { noun: "a resistance", si: "ohm", example: "10 kOhm", reciprocal: "conductance" },
  conductance: { noun: "a conductance", si: "S", example: "100 uS", reciprocal: "resistance" },
  capacitance: { noun: "a capacitance", si: "F", example: "1 pF" },
  voltage: { noun: "a voltage", si: "V", example: "3 mV" },
  current: { noun: "a current", si: "A", example: "2 nA" },
  temperature: { noun: "a temperature", si: "K", example: "300 K" },
  time: { noun: "a time", si: "s", example: "10 ns" },
  frequency: { noun: "a frequency", si: "Hz", example: "1 MHz" },
  ratio: { noun: "a ratio", si: "", example: "5 %" },
  none: { noun: "a number without unit", si: "", example: "0.5" },
};
const physical = (Object.keys(meanings) as Dimension[]).filter((d) => meanings[d].si !== "");

const prefixes = ["a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T"] as const;
const exponentOf = (prefix: number) => 3 * (prefix - prefixes.indexOf(""));
const spice: Readonly<Record<string, number>> = { f: -15, p: -12, n: -9, u: -6, m: -3, k: 3, meg: 6, g: 9, t: 12 };

const longest = 80;
const number = /^([+-]?)((?:\d+\.?\d*|\.\d+))(?:e([+-]?\d+))?(?![\d.])\s*(.*)$/is;

/**
 * The value of `text` in SI units: volt, ohm, siemens, farad, ampere, kelvin, second, hertz.
 *
 * Read are units with SI prefixes (`10 kOhm`, `100 uS`, `27 degC`, `5 %`), SPICE suffixes (`4.7k`,
 * `1meg`, `100u`: lower case, in the SI unit of `dimension`) and bare numbers (in that unit too).
 * A resistance R where a conductance is expected counts as 1/R, and the other way round.
 * Decimal prefixes are exact: `100 uS` is the double nearest to 1e-4.
 * @throws InputError for another dimension, an unknown unit or a value that is not finite.
 */
export async function quantity(text: string | number, dimension: Dimension): Promise<number> {
  const shown = show(text), expected = expectation(dimension);
  const value = typeof text === "number" ? text : await read(text, shown, dimension);
  if (!Number.isFinite(value)) throw new InputError(`${shown} is not a finite number, ${expected}`);
  return value;
}

/**
 * `value`, in `unit`, in engineering notation: `format(1e-8, "s")` is "10 ns". `%` takes a fraction.
 * With 17 `digits`, `quantity` reads back the same double.
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

async function read(text: string, shown: string, dimension: Dimension): Promise<number> {
  const expected = expectation(dimension);
  const parts = text.length > longest ? null : number.exec(text.trim());
  if (!parts) throw new InputError(`${shown} is not a number with a unit, ${expected}`);
  const [, sign, digits, power = "0", tail] = parts;
  const decimal = sign + digits, unit = spell(tail);
  const scaled = (exponent: number) => Number(`${decimal}e${Number(power) + exponent}`);

  if (unit === "") return scaled(0);
  if (unit === "%" && dimension === "ratio") return scaled(-2);
  if (unit === "M") throw new InputError(`${shown}: M alone is mega to SI and milli to SPICE; write ${decimal}meg or ${decimal}m`);
  const suffix = unit === unit.toLowerCase() || /^meg$/i.test(unit) ? unit.toLowerCase() : "";
  if (Object.hasOwn(spice, suffix)) return scaled(spice[suffix]);

  const { default: math } = await import("mathjs/lib/browser/math.js");
  const one = parse(math, unit);
  if (!one) throw new InputError(`${shown}: ${unit === "%" ? "a percentage" : `"${unit}" is not a known unit`}, ${expected}${suggestion(unit, dimension)}`);
  const given = physical.find((d) => one.equalBase(math.unit(1, meanings[d].si)));
  if (given === undefined || (given !== dimension && given !== meanings[dimension].reciprocal))
    throw new InputError(`${shown} is ${given ? meanings[given].noun : "something else"}, ${expected}${suggestion(unit, dimension)}`);

  const { si } = meanings[given];
  if (given === "temperature" && math.unit(0, unit).toNumber(si) !== 0) return math.unit(scaled(0), unit).toNumber(si);
  const scale = one.toNumber(si), exponent = Math.round(Math.log10(scale));
  const value = Math.abs(scale / 10 ** exponent - 1) < 1e-12 ? scaled(exponent) : scaled(0) * scale;
  if (given === dimension) return value;
  if (value === 0) throw new InputError(`${shown}: zero has no reciprocal, ${expected}`);
  return 1 / value;
}

/** One `unit`, or null when mathjs does not know it. */
function parse(math: { unit(value: number, unit: string): Unit }, unit: string): Unit | null {
  try { return math.unit(1, unit); } catch { return null; }
}

/** The spelling that mathjs reads: no Greek letters, degrees or capital ohms. */
function spell(unit: string): string {
  return unit.trim().replace(/[µμ]/g, "u").replace(/[ΩΩ]/g, "ohm").replace(/ohm(?=s?$)/i, "ohm").replace(/^meg(?=ohm)/i, "M")
    .replace(/^°\s*(?=[CF]$)/, "deg");
}

/** The same decimal number times 10^exponent, as plain digits: no rounding. */
function shift(scientific: string, exponent: number): string {
  const [mantissa, power] = scientific.split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction, point = whole.length + Number(power) + exponent;
  const padded = digits.padEnd(point, "0");
  const rest = padded.slice(point).replace(/0+$/, "");
  return `${sign}${padded.slice(0, point)}${rest === "" ? "" : `.${rest}`}`;
}

const show = (text: string | number) => typeof text === "number" ? String(text) : JSON.stringify(text.length > longest ? `${text.slice(0, 30)}…` : text);
const expectation = (dimension: Dimension) => `expected ${meanings[dimension].noun} such as ${meanings[dimension].example}`;

function suggestion(unit: string, dimension: Dimension): string {
  const near = (d: Dimension) => prefixes.map((p) => `${p}${meanings[d].si}`);
  const candidates = [...meanings[dimension].si ? near(dimension) : [], ...meanings[dimension].reciprocal ? near(meanings[dimension].reciprocal) : []];
  if (candidates.length === 0) return "";
  const best = candidates.find((c) => c.toLowerCase() === unit.toLowerCase()) ?? closest(unit, candidates);
  return best !== unit && distance(unit, best) <= Math.min(2, unit.length - 1) ? ` (did you mean ${best}?)` : "";
}
