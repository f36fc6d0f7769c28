import { inChild } from "./spawn.ts";
import { chips, imperfectSetting, type ChipName, type ImperfectResult } from "./imperfect-task.ts";
import { machine } from "./machine.ts";
import { announce, publish, say, type OutputOptions } from "./output.ts";
import type { DataChoice } from "./setup.ts";
import { median } from "./statistics.ts";
import { times, whole } from "./table.ts";

export interface ImperfectOptions extends OutputOptions {
  readonly data: DataChoice;
  readonly rounds: number;
  readonly seconds: number;
  readonly only: readonly ChipName[];
}

/** One row of the table and one line of `--json`. */
export interface ImperfectRow {
  readonly chip: ChipName;
  /** Median over the rounds. */
  readonly samplesPerSecond: number;
  /**
   * Of the ideal chip's rate: the median over rounds of the ratio within a round, and the least and
   * largest.
   */
  readonly ofIdeal: number;
  readonly least: number;
  readonly most: number;
}

/**
 * `bench imperfect`: whole training steps on mismatched and noisy chips beside the ideal one, by
 * turns in one process. Returns the exit code.
 */
export async function benchImperfect({
  data,
  rounds,
  seconds,
  only,
  json,
  write,
}: ImperfectOptions): Promise<number> {
  const here = machine();
  const timed = chips.filter((chip) => chip === "ideal" || only.includes(chip));
  announce(
    "imperfect",
    `Whole training steps of 784-500-10 on imperfect chips, ${rounds} round(s), ${seconds} s ` +
      "a chip",
    here,
    { json, write },
  );
  const results = await inChild<ImperfectResult>(
    { op: "imperfect", data, chips: timed, setting: imperfectSetting, rounds, seconds },
    ({ chip, round, samplesPerSecond }) => {
      say(`round ${round + 1} of ${rounds}: ${chip}, ${whole(samplesPerSecond)} samples/s`);
    },
  );
  const rows = imperfectRows(results);
  publish(
    {
      name: "imperfect",
      machine: here,
      objects: rows,
      columns: [
        { title: "chip" },
        ...["samples/s", "of the ideal chip's", "least", "most"].map((title) => ({
          title,
          numeric: true,
        })),
      ],
      rows: rows.map((r) => [
        r.chip,
        whole(r.samplesPerSecond),
        ...[r.ofIdeal, r.least, r.most].map(times),
      ]),
      notes: [
        "784-500-10, T⁻ = 20, T⁺ = 4, minibatches of 20, one thread, " +
          `${data === "digits" ? "the built-in digits" : "MNIST"}: medians of ${rounds} ` +
          `round(s) of ${seconds} s; ratios are formed within a round, and *least* and *most* ` +
          "are theirs.",
      ],
    },
    { json, write },
  );
  return 0;
}

/** A row for every chip, in the order in which they were heard of. */
export function imperfectRows(results: readonly ImperfectResult[]): readonly ImperfectRow[] {
  const ideal = new Map(
    results.filter((r) => r.chip === "ideal").map((r) => [r.round, r.samplesPerSecond]),
  );
  return [...new Set(results.map((r) => r.chip))].map((chip) => {
    const own = results.filter((r) => r.chip === chip);
    const ratios = own.map((r) => r.samplesPerSecond / ideal.get(r.round)!);
    return {
      chip,
      samplesPerSecond: Math.round(median(own.map((r) => r.samplesPerSecond))),
      ofIdeal: round(median(ratios)),
      least: round(Math.min(...ratios)),
      most: round(Math.max(...ratios)),
    };
  });
}

const round = (ratio: number) => Number(ratio.toFixed(3));
