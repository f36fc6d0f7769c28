import type { DieParts } from "../parts.ts";
import type { Tied } from "../motion/field.ts";
import type { StepConstants } from "../motion/step-constants.ts";
import type { Held, NodesAlone } from "./source.ts";

export function nodesAlone(
  { at: { size, offset }, units }: Pick<DieParts, "at" | "units">,
  { curvature, tie }: Pick<StepConstants, "curvature" | "tie">,
  tied: Tied,
): NodesAlone {
  const a = new Float64Array(size);
  const output = offset.at(-1)!;
  let ties = tied.now;
  let held: Held = { by: new Float64Array(size) };
  return {
    rates() {
      tie(tied.now);
      for (let i = 0; i < size; i++) a[i] = units.rate.array[i] * curvature.array[i];
      return a;
    },
    held() {
      const { lambda, beta } = tied.now;
      if (lambda === ties.lambda && beta === ties.beta) return held;
      const l = tied.arrays.link.array;
      const n = tied.arrays.stiffness.array;
      const by = Float64Array.from(l, (x, i) => lambda * x + (i < output ? 0 : 2 * beta * n[i]));
      ties = tied.now;
      held = { by };
      return held;
    },
  };
}
