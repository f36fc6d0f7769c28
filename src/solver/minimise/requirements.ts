import type { Dynamics } from "../../dynamics/dynamics.ts";
import { InputError } from "../../numerics/errors.ts";
import { refuseNoise } from "../refuse-noise.ts";

/**
 * @throws InputError unless the dynamics run down an energy without noise, so that there is
 *   something to minimise.
 */
export function requireEnergy(d: Dynamics, name: string): void {
  refuseNoise(d, name);
  if (!d.energy)
    throw new InputError(
      `${name}: these dynamics have no energy to minimise (forward and backward synapses ` +
        "differ, neurons differ in gain, or transconductors saturate); settle them with a flow " +
        "such as euler, or make the synapses of the circuit reciprocal",
    );
}
