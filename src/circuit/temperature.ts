import { InputError } from "../numerics/errors.ts";
import type { Circuit } from "./circuit.ts";
import { deviceOf } from "./elements.ts";
import { loud, noiseFacts, warmed } from "./noise.ts";

/**
 * The circuit as it is at `kelvin`, while its `temperature` goes on saying where its weights were
 * programmed: what is proportional to T (4 k T G, 4 k T γ|G|, kT/C_s) is multiplied by
 * kelvin/temperature. Devices have their own law, `chip.age`.
 * @throws InputError for a circuit at 0 K, which noise cannot be scaled from.
 */
export function atTemperature(circuit: Circuit, kelvin: number): Circuit {
  const { temperature, noise, hold } = circuit;
  if (kelvin === temperature) return circuit;
  if (temperature === 0)
    throw new InputError(
      `circuit ${circuit.name}: its temperature is 0 K, from where nothing can be scaled; ` +
        "write the temperature that its weights are programmed at",
    );
  const times = kelvin / temperature;
  return {
    ...circuit,
    noise: warmed(noise, times),
    // kT/C_s grows by C_s becoming smaller; the droop I t / C_s stays as the leakage does alike.
    ...(hold && {
      hold: { ...hold, capacitance: hold.capacitance / times, leakage: hold.leakage / times },
    }),
  };
}

/**
 * What of a circuit the temperature of a trained chip changes: noun phrases, none if nothing does.
 */
export function dependsOnTemperature({ noise, hold, synapse }: Circuit): readonly string[] {
  const power = ageingOf(synapse)?.temperature ?? 0;
  return [
    ...loud(noise).flatMap((kind) => noiseFacts[kind].warm ?? []),
    ...(hold ? ["the kT/C noise of the hold"] : []),
    ...(power !== 0 ? [`what ${deviceOf(synapse)!.name} conducts (as T^${-power})`] : []),
  ];
}

/**
 * What of a circuit changes with the time since its weights were programmed: noun phrases, none if
 * nothing does.
 */
export function dependsOnAge({ synapse }: Circuit): readonly string[] {
  const ageing = ageingOf(synapse);
  if (!ageing) return [];
  const { drift, flicker, relaxation, leak } = ageing;
  return [
    ...(drift ? ["drift"] : []),
    ...(flicker ? ["1/f noise"] : []),
    ...(relaxation ? ["relaxation"] : []),
    ...(leak ? ["loss of charge"] : []),
  ].map((what) => `${what} of ${deviceOf(synapse)!.name}`);
}

function ageingOf(synapse: Circuit["synapse"]) {
  return deviceOf(synapse)?.ageing;
}
