import { InputError } from "../../numerics/errors.ts";
import type { Measured, Measurement } from "../measurement.ts";

/** Layers that have others above them, at most. */
const most = 9;
const nameOf = (layer: number) => `alignment${layer}`;

/**
 * What `alignments` gives: `alignment1` is the curve of the first layer above the input.
 * @param against what x counts.
 */
export const alignmentProduces = (against: string): Measurement<unknown>["produces"] => ({
  values: {
    alignmentStart: { meaning: "Mean over layers of the alignment at the start." },
    alignmentEnd: { meaning: "Mean over layers of the alignment at the end." },
    alignmentLowest: {
      meaning: "The lowest alignment of any layer after the first tenth of the way.",
    },
  },
  curves: Object.fromEntries(
    Array.from({ length: most }, (_, i) => [
      nameOf(i + 1),
      {
        meaning: `Cosine between local and distant gradient of layer ${i + 1} (eq. 9).`,
        against,
      },
    ]),
  ),
});

/** @throws InputError when there are more layers than curves. */
export function checkDepth(layers: number, name: string): void {
  if (layers > most + 2)
    throw new InputError(
      `${name}: ${layers} layers of units, expected at most ${most + 2} where alignment is ` +
        "measured",
    );
}

/**
 * Curves of the alignment of every layer against `x`, and values: means over layers of the first
 * and of the last look, and the lowest of any layer after the first tenth of the way.
 * @param looks cosines per layer, at every `x`.
 */
export function alignments(
  x: readonly number[],
  looks: readonly (readonly number[])[],
): Pick<Measured, "values" | "curves"> {
  const mean = (look: readonly number[]) => look.reduce((sum, c) => sum + c, 0) / look.length;
  const late = looks.filter((_, i) => x[i] >= x[0] + 0.1 * (x[x.length - 1] - x[0])).flat();
  return {
    values: {
      alignmentStart: mean(looks[0]),
      alignmentEnd: mean(looks[looks.length - 1]),
      alignmentLowest: Math.min(...late),
    },
    curves: Object.fromEntries(
      looks[0].map((_, l) => [nameOf(l + 1), { x, y: looks.map((look) => look[l]) }]),
    ),
  };
}
