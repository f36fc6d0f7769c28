import { csvField } from "../output/csv.ts";
import type { CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";

/** The values of all cells, a column each; curves are only in `results.jsonl`. */
export interface ResultColumn {
  readonly name: string;
  /** One a cell; null where a cell has none. */
  readonly data: readonly (number | string | null)[];
}

const provenanceKeys = ["version", "revision", "host", "data", "digest"] as const;

/** The results of a study as a table: labels, seed, outcome, values, and where each comes from. */
export function resultColumns(
  { axes, measurement }: Pick<Study, "axes" | "measurement">,
  results: readonly CellResult[],
): readonly ResultColumn[] {
  const given = new Set(results.flatMap((r) => Object.keys(r.values)));
  const known = Object.keys(measurement.produces.values);
  const values = [
    ...known.filter((v) => given.has(v)),
    ...[...given].filter((v) => !known.includes(v)),
  ];
  const column = (
    name: string,
    of: (r: CellResult) => number | string | null | undefined,
  ): ResultColumn => ({ name, data: results.map((r) => of(r) ?? null) });
  return [
    column("id", (r) => r.id),
    ...axes.map(({ name }) => column(name, (r) => r.axes[name])),
    column("seed", (r) => r.seed),
    column("outcome", (r) => r.outcome),
    ...values.map((v) => column(v, (r) => r.values[v])),
    column("seconds", (r) => r.seconds),
    column("advice", (r) => r.advice),
    ...provenanceKeys.map((k) => column(k, (r) => r.made?.[k])),
  ];
}

/** The results of a study as CSV (RFC 4180), one line a cell. */
export function csvOf(
  study: Pick<Study, "axes" | "measurement">,
  results: readonly CellResult[],
): string {
  const columns = resultColumns(study, results);
  const rows = results.map((_, i) => columns.map(({ data }) => data[i] ?? ""));
  return [columns.map(({ name }) => name), ...rows]
    .map((row) => `${row.map(csvField).join(",")}\r\n`)
    .join("");
}
