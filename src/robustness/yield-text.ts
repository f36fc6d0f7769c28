import { format } from "../numerics/units.ts";
import { ageText, inColumns } from "../output/condition-text.ts";
import { moveText, readMove } from "./moves.ts";
import { shares, type YieldResult } from "./yield.ts";

/** `1.23 %`, of percent; a dash where it is not known. */
export function errorPercent(x: number | null | undefined): string {
  return x === null || x === undefined ? "–" : `${x.toFixed(2)} %`;
}

/** `97.3 % [96.1, 98.1]`, of a share and its interval. */
function shareText({ share, low, high }: NonNullable<YieldResult["yield"]>): string {
  const part = (x: number) => (100 * x).toFixed(1);
  return `${part(share)} % [${part(low)}, ${part(high)}]`;
}

/** What was done to every die, in words. */
export function conditionsText({ asked }: YieldResult): string {
  const { move, temperature, age, without } = asked;
  return [
    moveText(readMove(String(move))),
    `at ${format(Number(temperature), "K")}`,
    ...(age === null ? [] : [`${ageText(Number(age))} later`]),
    ...(without === "" ? [] : [`without ${without}`]),
  ].join(", ");
}

/** The one sentence that matters. */
export function yieldHeadline(result: YieldResult): string {
  const { yield: found, below, dies, errors } = result;
  if (found !== null && below !== null)
    return `${shareText(found)} of ${dies} dies are below ${Number(below.toPrecision(6))} %`;
  return `the errors of ${dies} dies: ${errorPercent(errors?.mean)} in the mean`;
}

/** Sentences about what is not usual. */
export function yieldNotes(result: YieldResult): readonly string[] {
  const { broken, beyond, met, unseen, dies, wanted, outcome } = result;
  return [
    ...(broken > 0
      ? [`On ${broken} dies a state is not a number: they have no error, and are not good.`]
      : []),
    ...(beyond.dies > 0
      ? [
          `${beyond.dies} dies have weights that they cannot hold, at most ${beyond.most} of ` +
            "them on one: they have the nearest that they can.",
        ]
      : []),
    ...(met.length > 0
      ? [
          `The run learned on ${met.length} of them` +
            (unseen === null
              ? "."
              : `: ${errorPercent(unseen.seen)} in the mean there, ` +
                `${errorPercent(unseen.unseen)} on the ${dies - met.length} others.`),
        ]
      : []),
    ...(outcome === "interrupted"
      ? [`${dies} of ${wanted} dies are measured: go on by the same command again.`]
      : dies < wanted
        ? [`${dies} of ${wanted} dies were enough for the half width asked for.`]
        : []),
  ];
}

/** The distribution in rows. */
export function quantileRows({ errors }: YieldResult): readonly (readonly [string, string])[] {
  if (errors === null) return [];
  return [
    ["mean", `${errorPercent(errors.mean)}, sd ${errors.sd.toFixed(2)}`],
    ["least", errorPercent(errors.least)],
    ...errors.quantiles.map((x, i) => [`${100 * shares[i]} %`, errorPercent(x)] as const),
    ["greatest", errorPercent(errors.greatest)],
  ];
}

/** What `yield` prints. */
export function yieldText(result: YieldResult): string {
  const { runDir, outDir, worst, testImages } = result;
  return [
    `${runDir}, ${conditionsText(result)}, on ${testImages} test samples`,
    `  ${yieldHeadline(result)}`,
    ...inColumns([
      ["dies below", "test error, chip"],
      ...quantileRows(result).map(([share, error]) => [share, error]),
    ]),
    ...(worst.length > 0
      ? [
          `  the worst: ${worst
            .slice(0, 3)
            .map(({ die, error }) => `die ${die} ${errorPercent(error)}`)
            .join(", ")}; look at one by --die worst-1@${outDir}`,
        ]
      : []),
    ...yieldNotes(result),
    "Brackets: 95 % by the number of dies (Wilson).",
    `The page: ${outDir}/report.html`,
  ].join("\n");
}
