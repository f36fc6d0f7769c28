/**
 * Threads that run the same program on the same memory, each on its own part of the samples and of
 * the weights. No number depends on how many there are.
 */
export interface Team {
  readonly part: number;
  readonly parts: number;
  /** Returns when every member has called it. */
  barrier(): void;
}

/** A team of one. */
export const solo: Team = {
  part: 0,
  parts: 1,
  barrier() {
    /* nobody to wait for */
  },
};

/** The part of 0 … n−1 that a member works on, beginning at a multiple of `grain`. */
export function partOf(
  n: number,
  { part, parts }: Team,
  grain = 1,
): readonly [first: number, last: number] {
  const grains = Math.ceil(n / grain);
  const from = (k: number) => Math.min(n, Math.floor((k * grains) / parts) * grain);
  return [from(part), from(part + 1)];
}
