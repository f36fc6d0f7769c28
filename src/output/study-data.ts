import type { Chart } from "./plot/chart.ts";

/** One claim of a study and what became of it; `open` where the cells it needs are missing. */
export interface ClaimResult {
  readonly sentence: string;
  readonly computed: string;
  readonly expected: string;
  /** What the paper has. */
  readonly paper?: string;
  readonly verdict: "held" | "did not hold" | "open";
  /** The computed value, or why there is none. */
  readonly value: string;
  /** What the value was computed from. */
  readonly evidence: readonly string[];
}

/** Means over seeds by row and column. */
export interface TableResult {
  readonly corner: string;
  readonly value: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly TableCell[] }[];
}

export interface TableCell {
  readonly text: string;
  readonly note: string;
  readonly best: boolean;
}

/** A cell that threw or whose thread died. */
interface FailedCell {
  readonly id: string;
  readonly where: string;
  readonly message: string;
}

/** Everything the report of a study shows, as plain data. */
export interface StudyData {
  readonly name: string;
  readonly description: string | undefined;
  readonly measure: string;
  readonly quick: boolean;
  readonly seeds: readonly number[];
  /** Cells of the grid, and how many ended in each way; `missing` ones did not run. */
  readonly cells: number;
  readonly outcomes: readonly (readonly [outcome: string, count: number])[];
  readonly missing: number;
  /** Summed over cells. */
  readonly seconds: number;
  readonly charts: readonly Chart[];
  readonly table: TableResult | undefined;
  readonly claims: readonly ClaimResult[];
  readonly failed: readonly FailedCell[];
  readonly settings: readonly (readonly [key: string, value: string])[];
  readonly environment: readonly (readonly [key: string, value: string])[];
  readonly command: string;
}
