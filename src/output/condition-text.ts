import { format } from "../numerics/units.ts";
import type { Interval } from "../numerics/wilson.ts";
import type { PairScore } from "../learning/score.ts";
import { scoreLabel, scoreText, type Scored } from "./score-text.ts";

/** A run measured under one of many conditions; errors in percent. */
export interface MeasuredCondition {
  /** Which die. */
  readonly die: number;
  /** Kelvin. */
  readonly temperature: number;
  /** Seconds since the weights were programmed; null: as after training. */
  readonly age: number | null;
  /** Test error of the settled chip, percent; null without one, or where it is not a number. */
  readonly testErrorChip: number | null;
  /** 95 % of the error of the chip by the size of the test set (Wilson), percent. */
  readonly interval: Interval | null;
  /** Test error of the copy, percent; null without one. */
  readonly testErrorCopy: number | null;
  /** Of both in full. */
  readonly scores: PairScore;
}

interface PrintedTable {
  readonly runDir: string;
  readonly testSamples: number;
  readonly rows: readonly MeasuredCondition[];
}

/** Conditions and errors in columns, and beneath them what the intervals are. */
export function conditionText({ runDir, testSamples, rows }: PrintedTable): string {
  const cells = rows.map((r) => [
    String(r.die),
    format(r.temperature, "K"),
    r.age === null ? "as trained" : ageText(r.age),
    errorText({ score: r.scores.chip, error: r.testErrorChip }, r.interval),
    errorText({ score: r.scores.copy, error: r.testErrorCopy }, null),
  ]);
  return [
    runDir,
    ...inColumns([
      ["die", "temperature", "age", `${scoreLabel("test", rows[0].scores)}, chip`, "copy"],
      ...cells,
    ]),
    ...(rows.some((r) => r.interval)
      ? [`Brackets: 95 % by the size of the test set, ${testSamples} samples (Wilson).`]
      : []),
  ].join("\n");
}

/** `1 h`, `3 days`, `10 years`. */
export function ageText(seconds: number): string {
  const found = spans.find(([, length]) => seconds >= length);
  if (!found) return seconds === 0 ? "0 s" : format(seconds, "s");
  return `${Number((seconds / found[1]).toPrecision(3))} ${found[0]}`;
}

/** Of Gregorian years of 365.2425 days, rounded down to whole days. */
const spans = [
  ["years", 365 * 86400],
  ["days", 86400],
  ["h", 3600],
] as const;

/** `3.05 % [2.38, 3.90]`, or `R² 0.488 (RMSE 54.7)`; what is not known is a dash. */
export function errorText(scored: Scored, interval: Interval | null): string {
  const ends = interval ? ` [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]` : "";
  const text = scoreText(scored);
  return text === null ? "–" : `${text}${ends}`;
}

/** Rows of cells as lines of equal columns. */
export function inColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  return rows.map((row) =>
    `  ${row.map((cell, c) => cell.padEnd(widths[c])).join("  ")}`.trimEnd(),
  );
}
