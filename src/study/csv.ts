import { csvField } from "../output/csv.ts";
import type { CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";

/**
 * The values of all cells as CSV (RFC 4180), one line a cell; curves are only in `results.jsonl`.
 */
export function csvOf(
  { axes, measurement }: Pick<Study, "axes" | "measurement">,
  results: readonly CellResult[],
): string {
  const names = axes.map((a) => a.name);
  const given = new Set(results.flatMap((r) => Object.keys(r.values)));
  const known = Object.keys(measurement.produces.values);
  const values = [
    ...known.filter((v) => given.has(v)),
    ...[...given].filter((v) => !known.includes(v)),
  ];
  const rows = results.map((r) => [
    r.id,
    ...names.map((a) => r.axes[a]),
    r.seed,
    r.outcome,
    ...values.map((v) => r.values[v] ?? ""),
    r.seconds,
    r.advice ?? "",
    ...provenanceKeys.map((k) => r.made?.[k] ?? ""),
  ]);
  const head = ["id", ...names, "seed", "outcome", ...values, "seconds", "advice"];
  return [[...head, ...provenanceKeys], ...rows]
    .map((row) => `${row.map(csvField).join(",")}\r\n`)
    .join("");
}

const provenanceKeys = ["version", "revision", "host", "data", "digest"] as const;
