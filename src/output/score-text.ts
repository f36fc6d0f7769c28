import { errorOf, meanR2, type NetworkScore, type PairScore } from "../learning/score.ts";
import type { Evaluation } from "./metrics.ts";

/** How well a network does: a score, or the error alone that earlier versions kept. */
export interface Scored {
  readonly score: NetworkScore | null;
  /** Percent; null where there is none. */
  readonly error: number | null;
}

/** `4.10 %`. */
export function percent(x: number): string {
  return `${x.toFixed(2)} %`;
}

/**
 * `4.10 %` of samples named wrongly; of a real target `R² 0.488 (RMSE 54.7)`, in the user's unit,
 * and of several their mean R². null where nothing was measured.
 */
export function scoreText({ score, error }: Scored): string | null {
  if (score?.kind !== "reals") return error === null ? null : percent(error);
  const { fits } = score;
  const rest = fits.length === 1 ? `RMSE ${short(fits[0].rmse)}` : `mean of ${fits.length}`;
  return `R² ${r2Text(meanR2(score))} (${rest})`;
}

/** `copy 4.10 %, chip 3.20 %`, or what there is of it. */
export function scoresText(copy: Scored, chip: Scored): string {
  return Object.entries({ copy: scoreText(copy), chip: scoreText(chip) })
    .flatMap(([who, text]) => (text === null ? [] : [`${who} ${text}`]))
    .join(", ");
}

/** The same of scores alone. */
export function scorePairText({ copy, chip }: PairScore): string {
  const scored = (score: NetworkScore | null) => ({ score, error: errorOf(score) });
  return scoresText(scored(copy), scored(chip));
}

/** What is said before the scores of a part: `test error`, or `test` of real targets. */
export function scoreLabel(part: "test" | "train", { copy, chip }: PairScore): string {
  return (copy ?? chip)?.kind === "reals" ? part : `${part} error`;
}

/**
 * What there is to say besides: each of several real targets, and the balanced error where it is
 * another one than the error, as [label, text].
 */
export function scoreDetails({ copy, chip }: PairScore): readonly (readonly [string, string])[] {
  const both = Object.entries({ copy, chip });
  const named = both.flatMap(([who, s]) => (s?.kind === "classes" ? [{ who, ...s }] : []));
  if (named.some(({ error, balanced }) => Math.abs(balanced - error) > error / 10))
    return [["balanced", named.map((s) => `${s.who} ${percent(s.balanced)}`).join(", ")]];
  const told = both.flatMap(([who, s]) => (s?.kind === "reals" ? [{ who, fits: s.fits }] : []));
  if (told.length === 0 || told[0].fits.length === 1) return [];
  return told[0].fits.map(({ name }, k) => {
    const texts = told.map(({ who, fits }) => {
      const { r2, rmse } = fits[k];
      return `${who} R² ${r2Text(r2)} (RMSE ${short(rmse)})`;
    });
    return [name, texts.join(", ")];
  });
}

/** The scores of a part with the errors that earlier versions kept alone. */
export function scoredOf(
  { scores, ...e }: Evaluation,
  part: "test" | "train",
): { readonly copy: Scored; readonly chip: Scored } {
  const [copy, chip] =
    part === "test" ? [e.testErrorCopy, e.testErrorChip] : [e.trainErrorCopy, e.trainErrorChip];
  return {
    copy: { score: scores[part].copy, error: copy },
    chip: { score: scores[part].chip, error: chip },
  };
}

/** `0.488`; a dash where the targets are all alike. */
export function r2Text(r2: number | null): string {
  return r2 === null ? "–" : r2.toFixed(3);
}

const short = (x: number) => String(Number(x.toPrecision(3)));
