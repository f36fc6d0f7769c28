import type { Evaluation, Metrics } from "../output/metrics.ts";

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
  /** Percent, over the last minibatches; null before the first. */
  readonly recentError: number | null;
  readonly last: Metrics | undefined;
}

/** One evaluation on one line: `epoch 2/50  test error: copy 4.10 %, chip 3.20 %  …`. */
export function evaluationLine(
  m: Metrics,
  { epochs, secondsLeft }: Pick<Progress, "epochs" | "secondsLeft">,
): string {
  return [
    `epoch ${epochText(m.epoch)}/${epochText(epochs)}`,
    `test error: ${errorsOf(m, "test")}`,
    `train error: ${errorsOf(m, "train")}`,
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
        ? `training error ${percent(p.recentError)}`
        : "",
  ].filter((part) => part !== "");
  const text = parts.join("  ");
  const room = Math.min(30, width - text.length - 2);
  if (room < 5) return text.slice(0, Math.max(0, width));
  const full = Math.round(done * room);
  return `${"█".repeat(full)}${"░".repeat(room - full)}  ${text}`;
}

/** `copy 4.10 %, chip not a number`: of an evaluation, whose error is null where it is none. */
export function errorsOf(e: Evaluation, images: "test" | "train"): string {
  const [copy, chip] =
    images === "test" ? [e.testErrorCopy, e.testErrorChip] : [e.trainErrorCopy, e.trainErrorChip];
  if (e.finite) return errors(copy, chip);
  const said = (who: string, error: number | null) =>
    `${who} ${error === null ? notANumber : percent(error)}`;
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

/** `copy 4.10 %, chip 3.20 %`, or what there is of it. */
export function errors(copy: number | null, chip: number | null): string {
  return [
    ...(copy === null ? [] : [`copy ${percent(copy)}`]),
    ...(chip === null ? [] : [`chip ${percent(chip)}`]),
  ].join(", ");
}

/** `4.10 %`. */
export function percent(x: number): string {
  return `${x.toFixed(2)} %`;
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
