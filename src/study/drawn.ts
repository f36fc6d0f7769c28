import type { CellResult } from "./measurement.ts";
import type { Study } from "./read.ts";

/** Enough for any drawing, and for claims, which show four. */
const digits = 6;

/**
 * A result without the curves that neither a figure nor a claim of the study looks at, and with
 * numbers of six digits.
 */
export function drawnOf(
  { figures, claims }: Pick<Study, "figures" | "claims">,
  result: CellResult,
): CellResult {
  const isLookedAt = (curve: string) =>
    figures.some(({ y }) => [y].flat().includes(`curves.${curve}`)) ||
    claims.some(({ computed }) => computed.includes(`"${curve}"`));
  const { id, axes, seed, outcome, seconds, advice } = result;
  return {
    id,
    axes,
    seed,
    outcome,
    seconds,
    ...(advice === undefined ? {} : { advice }),
    values: Object.fromEntries(
      Object.entries(result.values).map(([name, v]) => [
        name,
        typeof v === "number" ? short(v) : v,
      ]),
    ),
    curves: Object.fromEntries(
      Object.entries(result.curves)
        .filter(([name]) => isLookedAt(name))
        .map(([name, { x, y }]) => [name, { x: x.map(short), y: y.map(short) }]),
    ),
  };
}

function short(v: number): number;
function short(v: number | null): number | null;
function short(v: number | null): number | null {
  return v === null || !Number.isFinite(v) ? null : Number(v.toPrecision(digits));
}
