import { wilson, type Interval } from "../numerics/wilson.ts";
import type { DieScore } from "../training/other-dies.ts";
import { ascending, quantile } from "./quantiles.ts";
import { square } from "../numerics/power.ts";

/** A die and what the weights do on it. */
export interface DieRow extends DieScore {
  /** Its number. */
  readonly die: number;
}

/** What is asked of every die, and of the number of dies. */
export interface YieldGoal {
  /** A die is good whose error is below it, percent; null: none is asked for. */
  readonly below: number | null;
  /** Dies are enough when the half width of the interval is below it, a part of 1; null: all. */
  readonly until: number | null;
}

/** Shares of the dies that quantiles are told of. */
export const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

/** How the errors of dies are distributed, percent. */
interface Distribution {
  /** Mean of the errors. */
  readonly mean: number;
  /** Sample standard deviation; 0 of one. */
  readonly sd: number;
  /** The least error. */
  readonly least: number;
  /** The greatest error. */
  readonly greatest: number;
  /** The errors that `shares` of the dies are below, in their order. */
  readonly quantiles: readonly number[];
}

/** A share of dies, and Wilson's interval of it, parts of 1. */
interface Share extends Interval {
  /** Dies that are good. */
  readonly good: number;
  /** Their part of all. */
  readonly share: number;
}

/** What so many dies say. */
export interface YieldSummary {
  /** Dies that were measured. */
  readonly dies: number;
  /** Dies on which a state is not a number: none of them is good. */
  readonly broken: number;
  /** Null where no error is asked to be below anything, or nothing was measured. */
  readonly yield: Share | null;
  /** Null where no die has an error. */
  readonly errors: Distribution | null;
  /** Dies with weights that they cannot hold, and the most of them on one die. */
  readonly beyond: {
    /** Dies with such weights. */
    readonly dies: number;
    /** The most of them on one die. */
    readonly most: number;
  };
  /** By error, the worst first; broken dies before all. */
  readonly worst: readonly DieRow[];
  /** The die with the least error; null where none has one. */
  readonly best: DieRow | null;
  /** The die whose error is the median, the lower one of two. */
  readonly median: DieRow | null;
}

/** Fewer dies than these do not stop a measurement: early luck is no reason. */
const fewest = 30;

/** How many of the worst dies are named. */
const named = 10;

/** Whether the good ones among dies are known to within `until`. */
export function areEnough(rows: readonly DieRow[], { below, until }: YieldGoal): boolean {
  if (until === null || below === null || rows.length < fewest) return false;
  const { low, high } = wilson(goodOnes(rows, below), rows.length);
  return (high - low) / 2 <= until;
}

const goodOnes = (rows: readonly DieRow[], below: number) =>
  rows.filter(({ error }) => error !== null && error < below).length;

/** What the dies say, in whatever order they were measured. */
export function yieldOf(
  rows: readonly DieRow[],
  { below }: Pick<YieldGoal, "below">,
): YieldSummary {
  const order = [...rows].sort(
    (a, b) => (b.error ?? Infinity) - (a.error ?? Infinity) || a.die - b.die,
  );
  const sound = order.filter(({ error }) => error !== null).reverse();
  const good = below === null ? 0 : goodOnes(rows, below);
  const lacking = rows.filter(({ beyond }) => beyond > 0);
  return {
    dies: rows.length,
    broken: rows.length - sound.length,
    yield:
      below === null || rows.length === 0
        ? null
        : { good, share: good / rows.length, ...wilson(good, rows.length) },
    errors: distributionOf(sound.map(({ error }) => error!)),
    beyond: { dies: lacking.length, most: Math.max(0, ...lacking.map(({ beyond }) => beyond)) },
    worst: order.slice(0, named),
    best: sound.at(0) ?? null,
    median: sound.at(Math.floor((sound.length - 1) / 2)) ?? null,
  };
}

/** Null of none. */
function distributionOf(errors: readonly number[]): Distribution | null {
  const sorted = ascending(errors);
  const n = sorted.length;
  if (n === 0) return null;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / n;
  const squares = sorted.reduce((sum, x) => sum + square(x - mean), 0);
  return {
    mean,
    sd: n > 1 ? Math.sqrt(squares / (n - 1)) : 0,
    least: sorted[0],
    greatest: sorted[n - 1],
    quantiles: shares.map((p) => quantile(sorted, p)),
  };
}

/** What `yield --json` prints; errors in percent, shares as parts of 1. */
export interface YieldResult extends YieldSummary {
  /** How it ended. */
  readonly outcome: "completed" | "interrupted";
  /** Its name. */
  readonly run: string;
  /** The run folder. */
  readonly runDir: string;
  /** The folder of the results. */
  readonly outDir: string;
  /** What was asked of every die. */
  readonly asked: Readonly<Record<string, string | number | null>>;
  /** A die is good whose error is below it, percent; null: none is asked for. */
  readonly below: number | null;
  /** Dies that were asked for; fewer were enough where a half width was. */
  readonly wanted: number;
  /** Dies among them that the run learned on. */
  readonly met: readonly number[];
  /**
   * Mean errors of the dies that the run learned on and of the others, percent; null where there
   * are not both.
   */
  readonly unseen: {
    /** Of dies that the run learned on. */
    readonly seen: number | null;
    /** Of dies that it never met. */
    readonly unseen: number | null;
  } | null;
  /** Test samples. */
  readonly testImages: number;
  /** Dies by the names that `--die NAME@FOLDER` knows. */
  readonly corners: Readonly<Record<string, number>>;
  /** Names the schematic that the dies are of. */
  readonly schematic: string;
  /** Each die. */
  readonly rows: readonly DieRow[];
}
