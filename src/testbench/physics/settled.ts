/**
 * Settled states of the presented images [rows × size], the images themselves [rows × inputs], and
 * where a layer begins in a row.
 */
export interface Settled {
  readonly rows: number;
  readonly size: number;
  readonly offset: readonly number[];
  readonly inputs: Float64Array;
  readonly width: number;
}

/** The values of unit i of a layer in image r at `values[r · stride + first + i]`. */
export interface Side {
  readonly values: Float64Array;
  readonly stride: number;
  readonly first: number;
}

/** A layer's values: the images themselves, or states. */
export function side(
  { inputs, width, size, offset }: Settled,
  state: Float64Array,
  layer: number,
): Side {
  return layer === 0
    ? { values: inputs, stride: width, first: 0 }
    : { values: state, stride: size, first: offset[layer] };
}
