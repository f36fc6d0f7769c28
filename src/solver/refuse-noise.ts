import type { Dynamics } from "../dynamics/dynamics.ts";
import { InputError } from "../numerics/errors.ts";

/**
 * For solvers that follow the force alone: those whose steps adapt to the error, and minimisers.
 * @throws InputError when the dynamics are noisy.
 */
export function refuseNoise({ noise }: Pick<Dynamics, "noise">, name: string): void {
  if (!noise) return;
  throw new InputError(
    `${name}: the circuit is noisy, and only fixed steps keep the law of its states: steps ` +
      "that adapt bias it, minimisers know nothing of it; use euler-maruyama or " +
      "stochastic-heun, or a circuit without its noise",
  );
}
