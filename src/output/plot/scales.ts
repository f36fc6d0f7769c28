import { superscript, withPrefix } from "../report/format.ts";
import type { ChartAxis } from "./chart.ts";
import { power } from "../../numerics/power.ts";

/** From values to places between two ends, and the ticks on the way. */
export interface AxisScale {
  to(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  readonly low: number;
  readonly high: number;
}

/**
 * A scale over the values from place `from` to place `to`.
 * @param most how many ticks there may be.
 */
export function axisScale(
  axis: Omit<ChartAxis, "label">,
  values: readonly number[],
  from: number,
  to: number,
  most: number,
): AxisScale {
  const { ticks: asked, unit } = axis;
  const round = roundScale(axis, values, from, to, most);
  const ticks = asked?.map((value) => ({ value, text: minus(String(value)) })) ?? round.ticks;
  return {
    ...round,
    ticks:
      unit === undefined
        ? ticks
        : ticks.map(({ value }) => ({ value, text: minus(withPrefix(value, unit)) })),
  };
}

function roundScale(
  { scale, categories = [], zero }: Omit<ChartAxis, "label">,
  values: readonly number[],
  from: number,
  to: number,
  most: number,
): AxisScale {
  switch (scale) {
    case "category":
      return categoryScale(categories, from, to);
    case "log": {
      const positive = values.filter((v) => v > 0 && v !== zero);
      return logScale(positive, from, to, most, zero);
    }
    case "linear":
      return linearScale(values, from, to, most);
    default:
      return scale satisfies never;
  }
}

function categoryScale(names: readonly string[], from: number, to: number): AxisScale {
  const step = (to - from) / Math.max(1, names.length);
  return {
    low: -0.5,
    high: names.length - 0.5,
    to: (v) => from + (v + 0.5) * step,
    ticks: names.map((text, value) => ({ value, text })),
  };
}

function linearScale(values: readonly number[], from: number, to: number, most: number): AxisScale {
  const [least, greatest] = extent(values, 0, 1);
  // What differs by rounding alone is one value.
  const rounding = 1e-12 * Math.max(Math.abs(least), Math.abs(greatest));
  const spread = greatest - least > rounding ? greatest - least : 0;
  const size = spread || Math.abs(greatest) || 1;
  // An axis of positive values that nearly reaches zero begins there.
  const base = least >= 0 && least < 0.35 * greatest ? 0 : least - (spread > 0 ? 0 : size / 2);
  const top = greatest + (spread > 0 ? 0 : size / 2);
  const step = niceStep((top - base) / most);
  const low = Math.floor(base / step + 1e-9) * step;
  const high = Math.ceil(top / step - 1e-9) * step;
  const count = Math.round((high - low) / step);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    low,
    high,
    to: (v) => from + ((v - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, i) => ({
      value: low + i * step,
      text: numberText(low + i * step, decimals),
    })),
  };
}

function logScale(
  values: readonly number[],
  from: number,
  to: number,
  most: number,
  zero: number | undefined,
): AxisScale {
  const [least, greatest] = extent(values, 1, 10);
  const first = Math.floor(Math.log10(least) + 1e-9);
  const last = Math.ceil(Math.log10(greatest) - 1e-9);
  const mantissas = 3 * Math.log10(greatest / least) <= most + 1 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((last - first + 1) / most));
  const marks = Array.from({ length: last - first + 1 }, (_, d) => first + d).flatMap((d) =>
    mantissas.map((m) => ({ m, d, value: Number(`${m}e${d}`) })),
  );
  const begin = marks.findLast((t) => t.value <= least * (1 + 1e-9))?.value ?? power(10, first);
  const found = marks.find((t) => t.value >= greatest * (1 - 1e-9))?.value ?? power(10, last);
  const end = found > begin ? found : 10 * begin;
  const low = Math.min(begin, zero ?? begin);
  const perLog = (to - from) / Math.log(end / low);
  const shown = marks.filter(
    (t) =>
      t.value >= begin && t.value <= end && (mantissas.length > 1 || (t.d - first) % every === 0),
  );
  return {
    low,
    high: end,
    to: (v) => from + Math.log(v / low) * perLog,
    ticks: [
      ...(zero === undefined ? [] : [{ value: zero, text: "0" }]),
      ...shown.map(({ m, d, value }) => ({ value, text: powerText(m, d) })),
    ],
  };
}

function extent(values: readonly number[], low: number, high: number): readonly [number, number] {
  return values.length === 0
    ? [low, high]
    : values.reduce<[number, number]>(
        ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
        [Infinity, -Infinity],
      );
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
function niceStep(step: number): number {
  const decade = power(10, Math.floor(Math.log10(step)));
  return decade * ([1, 2, 5, 10].find((m) => m * decade >= step * (1 - 1e-9)) ?? 10);
}

function numberText(value: number, decimals: number): string {
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && decimals > 4)) {
    const [m, e] = value.toExponential(2).split("e");
    return minus(`${Number(m)}·10${superscript(Number(e))}`);
  }
  return minus(size < power(10, -decimals) / 2 ? "0" : value.toFixed(decimals));
}

function powerText(mantissa: number, decade: number): string {
  if (decade >= -2 && decade <= 3) return String(Number(`${mantissa}e${decade}`));
  return `${mantissa === 1 ? "" : `${mantissa}·`}10${superscript(decade)}`;
}

const minus = (text: string) => text.replace(/^-/, "−");
