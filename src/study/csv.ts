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
  const values = [
    ...measurement.produces.values.filter((v) => given.has(v)),
    ...[...given].filter((v) => !measurement.produces.values.includes(v)),
  ];
  const rows = results.map((r) => [
    r.id,
    ...names.map((a) => r.axes[a]),
    r.seed,
    r.outcome,
    ...values.map((v) => r.values[v] ?? ""),
    r.seconds,
    r.advice ?? "",
  ]);
  return [["id", ...names, "seed", "outcome", ...values, "seconds", "advice"], ...rows]
    .map((row) => `${row.map(field).join(",")}\r\n`)
    .join("");
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
