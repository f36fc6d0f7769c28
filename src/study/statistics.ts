import { matches } from "./grid.ts";
import { failed, type CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";
import type { Where } from "./schema.ts";
import { square } from "../numerics/power.ts";

/** A number over seeds, dies or both. */
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
  const sd = n > 1 ? Math.sqrt(finite.reduce((sum, v) => sum + square(v - mean), 0) / (n - 1)) : 0;
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

function isNumeric(label: string): boolean {
  return label.trim() !== "" && (Number.isFinite(Number(label)) || withUnit.test(label));
}

const withUnit =
  /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%|[munpfkMG]?(?:V|A|S|F|s|Hz|K))\s*$/;

/** The unit of a label such as `10 %`; nothing where it is a plain number, or none. */
function unitOf(label: string): string {
  return withUnit.exec(label)?.[2] ?? "";
}

/** `10 %` → 10, in the unit that the labels of its axis share. */
export function numberOn(label: string): number {
  return Number(withUnit.exec(label)?.[1] ?? label);
}

/** Whether labels are numbers in one unit, such as 0 %, 10 %, 20 %. */
export function areNumbers(labels: readonly string[]): boolean {
  return labels.every((l) => isNumeric(l) && unitOf(l) === unitOf(labels[0]));
}

/** The unit that labels are numbers in; nothing where they are plain, or none. */
export function unitOn(labels: readonly string[]): string {
  return labels.length > 0 && areNumbers(labels) ? unitOf(labels[0]) : "";
}

/**
 * One mean for each die, seed or what else is averaged over: of the finite values of its cells, in
 * the order of the cells.
 */
export function sampleMeans(
  results: readonly CellResult[],
  over: readonly string[],
  value: (result: CellResult) => unknown,
): readonly number[] {
  const samples = groupBy(results, (r) => JSON.stringify(over.map((axis) => labelOn(r, axis))));
  return [...samples.values()].flatMap((own) => statistic(own.map(value))?.mean ?? []);
}

/** Entries by their key, in their order. */
export function groupBy<T, K>(entries: readonly T[], keyOf: (entry: T) => K): ReadonlyMap<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
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
  const byLabels = groupBy(results, (r) => JSON.stringify(axes.map((a) => labelOn(r, a))));
  return product(axes.map((a) => labelsOf(grid, a)))
    .map((labels) => ({
      label: axes.map((a, i) => named(a, labels[i])).join(" · "),
      results: byLabels.get(JSON.stringify(labels)) ?? [],
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
