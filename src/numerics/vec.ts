/** A flat vector of reals; matrices are row-major. */
export type Vec = Float32Array | Float64Array;

/** Element type of the engine: f32 trains, f64 checks. */
export type Precision = "f32" | "f64";

/** A named array with its shape, row-major: what checkpoints and exports are made of. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Vec;
}

/** Whether no entry is NaN or infinite. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** A zero vector of `length` reals. */
export function vec(precision: Precision, length: number): Vec {
  return precision === "f32" ? new Float32Array(length) : new Float64Array(length);
}
