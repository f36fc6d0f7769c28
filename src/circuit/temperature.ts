import { InputError } from "../numerics/errors.ts";
import type { Circuit, NoiseKind } from "./circuit.ts";
import { deviceNamed } from "./devices/registry.ts";
import { deviceName, type CircuitNoise } from "./elements.ts";

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

/** What noise whose power is proportional to the temperature is called; null: it is not. */
const proportional = {
  thermal: "the thermal noise of leaks",
  excess: "the noise of transconductors",
  shot: null,
  flicker: null,
  telegraph: null,
  read: null,
} satisfies Record<NoiseKind, string | null>;
const noiseKinds = Object.keys(proportional) as NoiseKind[];

function warmed<N extends CircuitNoise>(noise: N, times: number): N {
  const entries = Object.entries(noise).map(([kind, strength]: [string, unknown]) => [
    kind,
    proportional[kind as NoiseKind] !== null && typeof strength === "number"
      ? strength * times
      : strength,
  ]);
  return Object.fromEntries(entries) as N;
}

/**
 * What of a circuit the temperature of a trained chip changes: noun phrases, none if nothing does.
 */
export function dependsOnTemperature({ noise, hold, synapse }: Circuit): readonly string[] {
  const power = ageingOf(synapse)?.temperature ?? 0;
  const strengths: { readonly [K in NoiseKind]?: unknown } = noise;
  return [
    ...noiseKinds.flatMap((kind) => {
      const words = proportional[kind];
      const strength = strengths[kind];
      return words !== null && typeof strength === "number" && strength > 0 ? [words] : [];
    }),
    ...(hold ? ["the kT/C noise of the hold"] : []),
    ...(power !== 0 ? [`what ${deviceName(synapse)!} conducts (as T^${-power})`] : []),
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
  ].map((what) => `${what} of ${deviceName(synapse)!}`);
}

function ageingOf(synapse: Circuit["synapse"]) {
  const name = deviceName(synapse);
  return name === undefined ? null : deviceNamed(name).ageing;
}
