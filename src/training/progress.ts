import type { Evaluation, Metrics } from "../output/metrics.ts";
import {
  percent,
  r2Text,
  scoredOf,
  scoreLabel,
  scoresText,
  scoreText,
} from "../output/score-text.ts";
import type { Chance } from "./divergence.ts";

/** How far a run is. */
export interface Progress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Of training alone; 0 before the first minibatch. */
  readonly samplesPerSecond: number;
  /** Until the end, evaluations included; undefined before it can be told. */
  readonly secondsLeft: number | undefined;
  /** Percent, over the last minibatches; null before the first. `chance` says of what. */
  readonly recentError: number | null;
  readonly chance: Chance;
  readonly last: Metrics | undefined;
}

/** One evaluation on one line: `epoch 2/50  test error: copy 4.10 %, chip 3.20 %  …`. */
export function evaluationLine(
  m: Metrics,
  { epochs, secondsLeft }: Pick<Progress, "epochs" | "secondsLeft">,
): string {
  return [
    `epoch ${epochText(m.epoch)}/${epochText(epochs)}`,
    `${scoreLabel("test", m.scores.test)}: ${errorsOf(m, "test")}`,
    `${scoreLabel("train", m.scores.train)}: ${errorsOf(m, "train")}`,
    ...(m.residual === null ? [] : [`residual ${residualText(m.residual)}`]),
    rateText(m.samplesPerSecond),
    ...(secondsLeft === undefined ? [] : [`${durationText(secondsLeft)} left`]),
  ].join("  ");
}

/** The line that a terminal redraws, at most `width` characters. */
export function progressLine(p: Progress, width: number): string {
  const done = p.totalSteps > 0 ? p.step / p.totalSteps : 1;
  const parts = [
    `${Math.floor(100 * done)
      .toString()
      .padStart(3)} %`,
    `epoch ${p.epoch.toFixed(2)}/${epochText(p.epochs)}`,
    rateText(p.samplesPerSecond),
    p.secondsLeft === undefined ? "" : `${durationText(p.secondsLeft)} left`,
    p.last
      ? `test: ${errorsOf(p.last, "test")}`
      : p.recentError !== null
        ? recentText(p.chance, p.recentError)
        : "",
  ].filter((part) => part !== "");
  const text = parts.join("  ");
  const room = Math.min(30, width - text.length - 2);
  if (room < 5) return text.slice(0, Math.max(0, width));
  const full = Math.round(done * room);
  return `${"█".repeat(full)}${"░".repeat(room - full)}  ${text}`;
}

const recentText = ({ of }: Chance, error: number) =>
  of === "reals" ? `training R² ${r2Text(1 - error / 100)}` : `training error ${percent(error)}`;

/** `copy 4.10 %, chip not a number`: of an evaluation, whose score is null where it is none. */
export function errorsOf(e: Evaluation, part: "test" | "train"): string {
  const { copy, chip } = scoredOf(e, part);
  if (e.finite) return scoresText(copy, chip);
  const said = (who: string, scored: typeof copy) => `${who} ${scoreText(scored) ?? notANumber}`;
  return [
    ...(e.copyWeights.length > 0 ? [said("copy", copy)] : []),
    ...(e.chipWeights.length > 0 ? [said("chip", chip)] : []),
  ].join(", ");
}

/** What stands where a network has no error, because its weights or states are NaN or infinite. */
export const notANumber = "not a number";

/** `1.3e-7`. */
export function residualText(residual: number): string {
  return Number.isFinite(residual) ? residual.toExponential(1) : notANumber;
}

/** `45 s`, `12 min`, `3 h 05 min`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${(minutes % 60).toString().padStart(2, "0")} min`;
}

/** `12 300 samples/s`, three digits that mean something. */
export function rateText(samplesPerSecond: number): string {
  return `${Number(samplesPerSecond.toPrecision(3))
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, " ")} samples/s`;
}

/** An epoch without needless decimals: `2`, `0.25`. */
export function epochText(epoch: number): string {
  return Number(epoch.toFixed(2)).toString();
}
