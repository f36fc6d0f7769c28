import type { Dataset, Targets } from "../data/dataset.ts";
import type { Evaluation } from "../output/metrics.ts";
import type { Experiment } from "../experiment/schema.ts";

/**
 * Training error of the best answer that looks at no sample, percent: always the commonest class,
 * or the mean; and the standard deviation that chance gives it on so many samples.
 */
export interface Chance {
  /** What the errors are of: samples named wrongly, or the variance of reals left unexplained. */
  readonly of: Targets["kind"];
  readonly error: number;
  readonly spread: number;
}

/** The standard deviation that chance gives an error of so many samples, at most. */
export function spreadOf(of: Chance["of"], count: number): number {
  return of === "reals" ? 100 * Math.sqrt(2 / count) : 50 / Math.sqrt(count);
}

/** @param data what the training error is measured on. */
export function chanceOf({ targets, count }: Pick<Dataset, "targets" | "count">): Chance {
  // The variance of so many normal values is known to within √(2/n) of itself.
  const of = targets.kind;
  if (of === "reals") return { of, error: 100, spread: spreadOf(of, count) };
  const counts = new Array<number>(targets.names.length).fill(0);
  for (const label of targets.labels) counts[label]++;
  const right = Math.max(...counts) / count;
  return {
    of,
    error: 100 * (1 - right),
    spread: 100 * Math.sqrt((right * (1 - right)) / count),
  };
}

type Patience = NonNullable<Experiment["train"]["patience"]>;

/**
 * Minibatches, unless `train.patience` says otherwise: some two epochs of MNIST in minibatches of
 * 20. What a network learns follows the number of its updates, not of its epochs.
 */
const usualPatience = 5000;

/** By what a training is judged. */
export interface Judgement {
  readonly chance: Chance;
  readonly patience?: Patience;
  /** The minibatch from which on it is judged: what came before was forgiven. */
  readonly since?: number;
}

/** Why a training counts as diverged. */
export interface Trouble {
  /**
   * Something is not a number; nothing was learned for long; or what was learned was lost again.
   */
  readonly kind: "not-finite" | "stuck" | "lost";
  readonly text: string;
}

type Judged = Pick<
  Evaluation,
  "epoch" | "step" | "finite" | "trainErrorChip" | "trainErrorCopy" | "residual"
>;

/**
 * Why a training counts as diverged after its evaluations so far, or undefined while it does not:
 * something is not finite; the training error was no better than chance for as many minibatches as
 * `patience` says; or it was, and rose again in the last two evaluations, to chance or with a
 * residual ten times that of its best. A training that is merely slow goes on.
 */
export function divergence(
  all: readonly Judged[],
  { chance, patience = usualPatience, since = 0 }: Judgement,
): Trouble | undefined {
  const last = all.at(-1);
  if (!last) return undefined;
  if (!last.finite)
    return {
      kind: "not-finite",
      text: `a weight or a state is not finite after ${round(last.epoch)} epochs`,
    };
  if (patience === "none") return undefined;
  const seen = all.filter((e) => e.step > since && errorOf(e) !== null);
  return stuck(seen, last.step - since, chance, patience) ?? lost(seen, chance);
}

/** Why a run counts as diverged between two evaluations, by its running training error. */
export function breakdown(recentError: number | null): Trouble | undefined {
  return Number.isNaN(recentError)
    ? { kind: "not-finite", text: "the chip's training error is not a number" }
    : undefined;
}

const errorOf = (e: Judged) => e.trainErrorChip ?? e.trainErrorCopy;
const whose = (e: Judged, { of }: Chance) =>
  `the ${e.trainErrorChip === null ? "copy" : "chip"}'s training ` +
  (of === "reals" ? "R²" : "error");
/** As users know it: percent of the samples, or R². */
const told = ({ of }: Chance, error: number) =>
  of === "reals" ? String(round(1 - error / 100)) : `${round(error)} %`;

/** Whether a training error can be had without looking, within two standard deviations. */
export function noBetterThan(chance: Chance, error: number): boolean {
  return error >= chance.error - 2 * chance.spread;
}

function stuck(
  seen: readonly Judged[],
  judged: number,
  chance: Chance,
  patience: number,
): Trouble | undefined {
  const last = seen.at(-1);
  if (!last || judged < patience) return undefined;
  const stretch = seen.filter((e) => e.step > last.step - patience);
  if (!stretch.every((e) => noBetterThan(chance, errorOf(e)!))) return undefined;
  return {
    kind: "stuck",
    text:
      `${whose(last, chance)} is ${told(chance, errorOf(last)!)} after ${round(last.epoch)} ` +
      `epochs, no better than chance (${told(chance, chance.error)}), and has not ` +
      `${chance.of === "reals" ? "risen" : "fallen"} for ${patience} minibatches`,
  };
}

/** How many times its residual at the best evaluation is one that rose. */
const risen = 10;
/** Residuals below it are those of a chip that settles. */
const settled = 0.01;

function lost(seen: readonly Judged[], chance: Chance): Trouble | undefined {
  const [before, last] = seen.slice(-2);
  if (seen.length < 3) return undefined;
  const best = seen.reduce((a, b) => (errorOf(b)! < errorOf(a)! ? b : a));
  const learned = chance.error - errorOf(best)!;
  // What chance may give is not learned.
  if (learned < 5 * chance.spread) return undefined;
  const both = (is: (e: Judged) => boolean) => is(before) && is(last);
  const from =
    `${whose(last, chance)} ${chance.of === "reals" ? "fell" : "rose"} from ` +
    `${told(chance, errorOf(best)!)} after ${round(best.epoch)} epochs to ` +
    `${told(chance, errorOf(last)!)} after ${round(last.epoch)}`;
  if (both((e) => noBetterThan(chance, errorOf(e)!)))
    return { kind: "lost", text: `${from}, no better than chance` };
  const worse = (e: Judged) => errorOf(e)! > errorOf(best)! + learned / 4;
  const unsettled = (e: Judged) =>
    e.residual !== null &&
    best.residual !== null &&
    e.residual > Math.max(settled, risen * best.residual);
  if (both((e) => worse(e) && unsettled(e)))
    return {
      kind: "lost",
      text:
        `${from}, and the residual of its free phase from ${best.residual!.toExponential(1)} to ` +
        `${last.residual!.toExponential(1)}: it no longer settles`,
    };
  return undefined;
}

const round = (x: number) => Number(x.toPrecision(4));
