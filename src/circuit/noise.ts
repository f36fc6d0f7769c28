import type { NoiseKind } from "./circuit.ts";
import type { CircuitNoise } from "./elements.ts";

/** What follows from the physics of a kind of noise. */
interface NoiseFacts {
  /** What it is called where its power is proportional to the temperature; null: it is not. */
  readonly warm: string | null;
  /** Whether its spectrum is flat, so that 1/f noise has a corner with it. */
  readonly white: boolean;
}

export const noiseFacts: Readonly<Record<NoiseKind, NoiseFacts>> = {
  thermal: { warm: "the thermal noise of leaks", white: true },
  excess: { warm: "the noise of transconductors", white: true },
  shot: { warm: null, white: true },
  flicker: { warm: null, white: false },
  telegraph: { warm: null, white: false },
  read: { warm: null, white: false },
};
const noiseKinds = Object.keys(noiseFacts) as NoiseKind[];

/** The kinds of noise that one number makes strong, and that are on. */
export function loud(noise: CircuitNoise): readonly NoiseKind[] {
  const strengths: { readonly [K in NoiseKind]?: unknown } = noise;
  return noiseKinds.filter((kind) => {
    const strength = strengths[kind];
    return typeof strength === "number" && strength > 0;
  });
}

/** The kinds of noise that keep a state from standing still. */
export function moving(noise: CircuitNoise): readonly NoiseKind[] {
  const { flicker, telegraph } = noise;
  const kinds = new Set(loud(noise));
  if ((flicker?.corner ?? 0) > 0 && [...kinds].some((kind) => noiseFacts[kind].white))
    kinds.add("flicker");
  if ((telegraph?.depth ?? 0) > 0 && (telegraph?.rate ?? 0) > 0) kinds.add("telegraph");
  return [...kinds];
}

/** With so many times the power of what is proportional to the temperature. */
export function warmed<N extends CircuitNoise>(noise: N, times: number): N {
  const entries = Object.entries(noise).map(([kind, strength]: [string, unknown]) => [
    kind,
    noiseFacts[kind as NoiseKind].warm !== null && typeof strength === "number"
      ? strength * times
      : strength,
  ]);
  return Object.fromEntries(entries) as N;
}
