import type { Interval } from "../numerics/wilson.ts";
import type { PairScore } from "../learning/score.ts";
import { scoreLabel } from "./score-text.ts";
import { errorText, inColumns } from "./condition-text.ts";
import { withPrefix } from "./report/format.ts";

/** What a run came to; errors in percent, null where they are not known. */
export interface ComparedRun {
  /** The run folder. */
  readonly runDir: string;
  /** How it ended, or `unfinished`. */
  readonly outcome: string;
  /** Test error of the settled chip, percent. */
  readonly testErrorChip: number | null;
  /** Test error of the copy, percent. */
  readonly testErrorCopy: number | null;
  /** Of the test set in full. */
  readonly scores: PairScore;
  /** 95 % about the chip's, by the size of the test set (Wilson); null without the samples. */
  readonly chipInterval: Interval | null;
  /** The same of the copy. */
  readonly copyInterval: Interval | null;
  /** Of the whole run, evaluations among them; null of an unfinished one. */
  readonly seconds: number | null;
  /** Joule of the chip for an inference; null where unknown. */
  readonly inferenceEnergy: number | null;
  /** Joule of the chip for a training sample; null where unknown. */
  readonly sampleEnergy: number | null;
}

/** Runs as columns: the settings that differ, then what came of them. */
export function comparisonText({
  runs,
  settings,
}: {
  readonly runs: readonly ComparedRun[];
  readonly settings: readonly (readonly [key: string, values: readonly string[]])[];
}): string {
  const quantity = (value: number | null, unit: string) =>
    value === null ? "–" : withPrefix(value, unit);
  const row = (name: string, of: (run: ComparedRun) => string) => [name, ...runs.map(of)];
  const labels = new Set(runs.map((r) => scoreLabel("test", r.scores)));
  const label = labels.size === 1 ? [...labels][0] : "test";
  return [
    ...inColumns([
      row("", (r) => r.runDir),
      ...settings.map(([key, values]) => [key, ...values]),
      row("outcome", (r) => r.outcome),
      row(`${label}, chip`, (r) =>
        errorText({ score: r.scores.chip, error: r.testErrorChip }, r.chipInterval),
      ),
      row(`${label}, copy`, (r) =>
        errorText({ score: r.scores.copy, error: r.testErrorCopy }, r.copyInterval),
      ),
      row("time", (r) => quantity(r.seconds, "s")),
      row("energy, an inference", (r) => quantity(r.inferenceEnergy, "J")),
      row("energy, a training sample", (r) => quantity(r.sampleEnergy, "J")),
    ]),
    ...(runs.some((r) => r.chipInterval ?? r.copyInterval)
      ? ["Brackets: 95 % by the size of the test set (Wilson)."]
      : []),
  ].join("\n");
}
