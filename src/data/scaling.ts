/** How scalings are fitted, or given. */
export const scalingKinds = ["standard", "minmax", "range", "none"] as const;

/** How a scaling came about. */
export type ScalingKind = (typeof scalingKinds)[number];

/**
 * What a value of a file is between the rails, an affine map for each input,
 *
 *   x = (raw − offset) · factor,     clipped to 0 … 1, the rails, where `clips`.
 *
 * Plain data: it is kept in a run, goes with its exports, and is applied to whatever comes later.
 */
export interface Scaling {
  readonly kind: ScalingKind;
  /** In units of the raw value; one for each input. */
  readonly offset: readonly number[];
  /**
   * Between the rails per unit of the raw value; one for each input, 0 of those that are the same
   * in all training samples.
   */
  readonly factor: readonly number[];
  readonly clips: boolean;
}

/** What is shown for the raw value of input `i`. */
export function scaled({ offset, factor, clips }: Scaling, i: number, raw: number): number {
  const x = (raw - offset[i]) * factor[i];
  return clips ? Math.min(Math.max(x, 0), 1) : x;
}

/** The raw value that is shown as `x`. */
export function unscaled({ offset, factor }: Scaling, i: number, x: number): number {
  return factor[i] === 0 ? offset[i] : x / factor[i] + offset[i];
}
