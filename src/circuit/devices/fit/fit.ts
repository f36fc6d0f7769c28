import { square } from "../../../numerics/power.ts";
/** A fitted number with its standard error, in the unit named. */
export interface Parameter {
  /** As formulas call it. */
  readonly name: string;
  /** In `unit`. */
  readonly value: number;
  /** Standard error, in `unit`. */
  readonly error: number;
  /** Empty for a pure number. */
  readonly unit: "S" | "A" | "V" | "Ohm" | "%" | "";
}

/** One law that was tried. */
export interface Candidate {
  /** Its name. */
  readonly law: string;
  /** Its constants, as fitted. */
  readonly parameters: readonly Parameter[];
  /** Root mean square of what the law leaves, in siemens or ampere. */
  readonly rms: number;
  /** The same relative: to the range of the conductance, or to the current. */
  readonly rmsRelative: number;
  /** Akaike's criterion n ln(RSS/n) + 2k (Akaike, 1974): less is better. */
  readonly aic: number;
}

/** n ln(RSS/n) + 2k; what is below `floor` a row is not told from zero. */
export function akaike(cost: number, rows: number, parameters: number, floor: number): number {
  return rows * Math.log(Math.max(cost / rows, square(floor))) + 2 * parameters;
}

/**
 * The least of Akaike's criterion, or an earlier (simpler) one within 2 of it, which the data do
 * not tell apart (Burnham & Anderson, 2002).
 */
export function chosen<T extends Pick<Candidate, "aic">>(candidates: readonly T[]): T {
  const least = Math.min(...candidates.map((c) => c.aic));
  return candidates.find((c) => c.aic <= least + 2)!;
}
