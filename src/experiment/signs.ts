import type { Random } from "../numerics/random.ts";

export type BetaSign = 1 | -1;

/** The signs that β takes while a chip learns. */
interface Signs {
  /** Those that occur, the one that measurements take first. */
  readonly of: readonly [BetaSign, ...BetaSign[]];
  /** Both in every minibatch, and half the difference of the two contrasts: second order in β. */
  readonly centred: boolean;
}

/** What `learning.sign` of an experiment may be. */
export const signs = {
  random: { of: [1, -1], centred: false },
  positive: { of: [1], centred: false },
  negative: { of: [-1], centred: false },
  centred: { of: [1, -1], centred: true },
} as const satisfies Readonly<Record<string, Signs>>;

export function signsOf({ sign }: { readonly sign: keyof typeof signs }): Signs {
  return signs[sign];
}

/** The sign of the next minibatch; drawn where one of two occurs at a time. */
export function nextSign({ of, centred }: Signs, draw: Random): BetaSign {
  if (centred || of.length === 1) return of[0];
  return of[draw.uniform() < 0.5 ? 1 : 0];
}
