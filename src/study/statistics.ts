import { matches } from "./grid.ts";
import { failed, type CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";
import type { Where } from "./schema.ts";

/** A number over seeds. */
export interface Statistic {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation; 0 of one. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

/** Of the finite numbers among `values`; undefined where there are none. */
export function statistic(values: readonly unknown[]): Statistic | undefined {
  const finite = values.filter((v): v is number => typeof v === "number" && Number.isFinite(v));
  const n = finite.length;
  if (n === 0) return undefined;
  const mean = finite.reduce((sum, v) => sum + v, 0) / n;
  const sd = n > 1 ? Math.sqrt(finite.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1)) : 0;
  return { n, mean, sd, min: Math.min(...finite), max: Math.max(...finite) };
}

/** A result field of a cell: a value, or its seconds. */
export function fieldOf(result: CellResult, name: string): number | string | null {
  if (result.outcome === failed) return null;
  return name === "seconds" ? result.seconds : (result.values[name] ?? null);
}

/** The label of a cell on an axis; `seed` counts as one. */
export function labelOn(result: CellResult, axis: string): string {
  return axis === "seed" ? String(result.seed) : result.axes[axis];
}

const wanted = ["completed", "settled"];

/** `1 diverged, 1 failed`: the outcomes that are not the ones wanted. */
export function troubles(results: readonly CellResult[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of results)
    if (!wanted.includes(outcome)) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, n]) => `${n} ${outcome}`).join(", ");
}

/** `lambda = 0.1`, `block descent`: numbers do not speak for themselves. */
export function named(axis: string, label: string): string {
  return isNumeric(label) ? `${axis.slice(axis.lastIndexOf(".") + 1)} = ${label}` : label;
}

export function isNumeric(label: string): boolean {
  return label.trim() !== "" && Number.isFinite(Number(label));
}

/** All ways to choose one entry of each list. */
function product<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return lists.reduce<readonly (readonly T[])[]>(
    (ways, list) => ways.flatMap((way) => list.map((entry) => [...way, entry])),
    [[]],
  );
}

export interface Group {
  readonly label: string;
  readonly results: readonly CellResult[];
}

/**
 * The cells by their labels on some axes, in the order of the grid; all in one group for no axes.
 */
export function groups(
  grid: Pick<Study, "axes" | "seeds">,
  axes: readonly string[],
  results: readonly CellResult[],
): readonly Group[] {
  return product(axes.map((a) => labelsOf(grid, a)))
    .map((labels) => ({
      label: axes.map((a, i) => named(a, labels[i])).join(" · "),
      results: results.filter((r) => axes.every((a, i) => labelOn(r, a) === labels[i])),
    }))
    .filter((g) => axes.length === 0 || g.results.length > 0);
}

export function labelsOf(
  { axes, seeds }: Pick<Study, "axes" | "seeds">,
  name: string,
): readonly string[] {
  return name === "seed"
    ? seeds.map(String)
    : (axes.find((a) => a.name === name)?.settings.map((s) => s.label) ?? []);
}

/** The labels on an axis that a figure looks at. */
export function labelsShown(
  grid: Pick<Study, "axes" | "seeds">,
  { where = {} }: { readonly where?: Where },
  name: string,
): readonly string[] {
  return labelsOf(grid, name).filter((label) =>
    matches(
      { axes: { [name]: label }, seed: Number(label) },
      Object.hasOwn(where, name) ? { [name]: where[name] } : {},
    ),
  );
}

/** A number as `0.00` or `0.0e0` asks for. */
export function formatted(value: number, format: string): string {
  const decimals = /\.(0+)/.exec(format)?.[1].length ?? 0;
  return format.includes("e") ? value.toExponential(decimals) : value.toFixed(decimals);
}
