import { nudgingOf, usualSchemes, type Nudging, type Scheme } from "../circuit/nudging.ts";
import type { Random } from "../numerics/random.ts";
import type { SchemeSetting } from "./scheme-schema.ts";

export type BetaSign = 1 | -1;

/** What `learning.sign` may be: the signs that occur, the one that measurements take first. */
export const signs = {
  random: [1, -1],
  positive: [1],
  negative: [-1],
} as const satisfies Readonly<Record<string, readonly [BetaSign, ...BetaSign[]]>>;

/** What `learning` of an experiment says of its nudges. */
interface Asked {
  readonly scheme: SchemeSetting;
  readonly sign: keyof typeof signs;
}

/** The nudged phases of an experiment's lessons, and the signs that their β takes. */
export function nudged({ scheme, sign }: Asked): Nudging & {
  readonly signs: readonly [BetaSign, ...BetaSign[]];
} {
  const nudging = nudgingOf(schemeOf(scheme));
  return { ...nudging, signs: nudging.scheme === "one-sided" ? signs[sign] : signs.positive };
}

/** The scheme that a setting means, with what it leaves out. */
export function schemeOf(setting: SchemeSetting): Scheme {
  if (typeof setting === "string") return usualSchemes[setting];
  return setting.kind === "points"
    ? { ...setting, order: setting.order ?? setting.points }
    : setting;
}

/** The sign of the next minibatch; drawn where one of two occurs at a time. */
export function nextSign(
  { signs: of }: Pick<ReturnType<typeof nudged>, "signs">,
  draw: Random,
): BetaSign {
  if (of.length === 1) return of[0];
  return of[draw.uniform() < 0.5 ? 1 : 0];
}

/** Whether the nudge is negative at any time: a conductance of −2|β|. */
export function nudgesAway(learning: Asked): boolean {
  const { signs: of, phases } = nudged(learning);
  return of.some((sign) => phases.some(({ beta }) => sign * beta < 0));
}
