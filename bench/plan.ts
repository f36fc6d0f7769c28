/**
 * One process of a round: ours or the peer's, with a number of threads; ours also with thermal
 * noise.
 */
export interface Turn {
  readonly who: "ours" | "peer";
  readonly threads: number;
  readonly noise: boolean;
}

/**
 * The order in which we and the peer run: neighbours in time have equal threads, so that a slow
 * minute hurts both, and every other round runs backwards, so that nobody is always first.
 */
export function interleave(
  rounds: number,
  threads: readonly number[],
  { peer, noise }: { readonly peer: boolean; readonly noise: boolean },
): readonly (readonly Turn[])[] {
  const round = threads.flatMap((n): Turn[] => [
    { who: "ours", threads: n, noise: false },
    ...(noise ? [{ who: "ours", threads: n, noise: true } as const] : []),
    ...(peer ? [{ who: "peer", threads: n, noise: false } as const] : []),
  ]);
  return Array.from({ length: rounds }, (_, r) => (r % 2 === 0 ? round : round.toReversed()));
}
