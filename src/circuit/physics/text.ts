import type { Answer, Topic } from "./answer.ts";
import { power } from "../../numerics/power.ts";

const prefixes = ["a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T"] as const;

/** What each topic is called. */
export const topicNames: Readonly<Record<Topic, string>> = {
  time: "Time",
  energy: "Energy and power",
  parts: "Parts and area",
  noise: "Noise",
  learning: "Learning",
};

/**
 * "3.2 nJ", "397 000", "66 dB", "unknown": three significant digits; one of both ends of a range.
 */
export function valueText({
  value,
  unit,
  key,
  range,
}: Pick<Answer, "value" | "unit" | "key" | "range">): string {
  if (value === null) return "unknown";
  if (range) {
    const [low, high] = range.map((x) => significant(Number(x.toPrecision(1))));
    const apart = range[1] > 2 * range[0] ? " (two measurements, which disagree)" : "";
    return low === high ? `about ${low}` : `${low} to ${high}${apart}`;
  }
  switch (unit) {
    case "":
      return key.startsWith("learning.lost") || key === "parts.spread"
        ? `${significant(100 * value)} %`
        : Number.isInteger(value)
          ? grouped(value)
          : significant(value);
    case "dB":
      return `${value.toFixed(1)} dB`;
    case "m²":
      return value >= 1e-8 ? `${significant(value * 1e6)} mm²` : `${significant(value * 1e12)} µm²`;
    case "s":
    case "J":
    case "W":
    case "V":
      return engineering(value, unit);
    default:
      return unit satisfies never;
  }
}

function engineering(value: number, unit: string): string {
  if (value === 0) return `0 ${unit}`;
  // Rounded first, so that 999.9 µs becomes 1 ms.
  const rounded = Number(value.toPrecision(3));
  const place = Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-9) + prefixes.indexOf("");
  const at = Math.min(Math.max(place, 0), prefixes.length - 1);
  const scale = power(10, 3 * (at - prefixes.indexOf("")));
  return `${significant(rounded / scale)} ${prefixes[at]}${unit}`;
}

function significant(value: number): string {
  const text = Number(value.toPrecision(3));
  if (text !== 0 && Math.abs(text) < 1e-3)
    return text
      .toExponential()
      .replace(/e(.+)$/, (_, power: string) => ` × 10${superscript(power)}`);
  return Math.abs(text) >= 1000 && Math.abs(text) < 1e6 ? grouped(text) : text.toString();
}

function superscript(power: string): string {
  return power.replace("+", "").replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]));
}

/** Narrow spaces between thousands. */
function grouped(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** The keys of BibTeX entries. */
export function citeKey(entry: string): string {
  return /@\w+\{\s*([^,\s]+)/.exec(entry)?.[1] ?? entry;
}
