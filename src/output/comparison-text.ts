import type { Interval } from "../numerics/wilson.ts";
import { errorText, inColumns } from "./condition-text.ts";
import { withPrefix } from "./report/format.ts";

/** What is printed of a run; errors in percent. */
interface PrintedRun {
  readonly runDir: string;
  readonly outcome: string;
  readonly testErrorChip: number | null;
  readonly testErrorCopy: number | null;
  readonly chipInterval: Interval | null;
  readonly copyInterval: Interval | null;
  readonly seconds: number | null;
  readonly inferenceEnergy: number | null;
  readonly sampleEnergy: number | null;
}

/** Runs as columns: the settings that differ, then what came of them. */
export function comparisonText({
  runs,
  settings,
}: {
  readonly runs: readonly PrintedRun[];
  readonly settings: readonly (readonly [key: string, values: readonly string[]])[];
}): string {
  const quantity = (value: number | null, unit: string) =>
    value === null ? "–" : withPrefix(value, unit);
  const row = (name: string, of: (run: PrintedRun) => string) => [name, ...runs.map(of)];
  return [
    ...inColumns([
      row("", (r) => r.runDir),
      ...settings.map(([key, values]) => [key, ...values]),
      row("outcome", (r) => r.outcome),
      row("test error, chip", (r) => errorText(r.testErrorChip, r.chipInterval)),
      row("test error, copy", (r) => errorText(r.testErrorCopy, r.copyInterval)),
      row("time", (r) => quantity(r.seconds, "s")),
      row("energy, an inference", (r) => quantity(r.inferenceEnergy, "J")),
      row("energy, a training sample", (r) => quantity(r.sampleEnergy, "J")),
    ]),
    "Brackets: 95 % by the size of the test set (Wilson).",
  ].join("\n");
}
