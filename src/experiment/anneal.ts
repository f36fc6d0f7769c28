import type { Experiment } from "./schema.ts";
import { power } from "../numerics/power.ts";

/** λ after so many epochs: as given, or on its way from one value to the other in equal ratios. */
export function lambdaAt(lambda: Experiment["learning"]["lambda"], epoch: number): number {
  if (typeof lambda === "number") return lambda;
  const { from, to, epochs } = lambda;
  return from * power(to / from, Math.min(1, epoch / epochs));
}
