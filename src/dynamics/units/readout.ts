import { boltzmann } from "../../circuit/circuit.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import type { Vec } from "../../numerics/vec.ts";
import { inStates, quantiser, quantiseStates } from "./converters.ts";
import type { DieParts } from "../parts.ts";

/** One reading of samples first … last−1 of a state. */
export interface Reading {
  readonly first: number;
  readonly last: number;
  /**
   * Of the presentation; with `number`, the readings since, and `held` it says which noise is
   * drawn.
   */
  readonly moment: number;
  readonly number: number;
  /** Whether the state was sampled on the hold capacitor and is read later. */
  readonly held: boolean;
}

type Read = (to: Slot<Vec>, state: Slot<Vec>, reading: Reading) => void;

/**
 * What the world sees of the states, in volt on the schematic and in units of the state here:
 *
 *   held  V − I t / C_s + √(kT / C_s) ξ     (sample-and-hold),
 *   read  ADC(V − droop + σ ξ′)             (noise of one reading, then a quantiser),
 *
 * ξ and ξ′ standard normal, new for every unit and reading. The hold droops, and freezes thermal
 * noise when its switch opens (Sarpeshkar 1993); integrators have formed V, and droop; the
 * quantiser is uniform and clips. Null if a reading is the state itself.
 */
export function readout(
  parts: Pick<DieParts, "memory" | "at" | "circuit" | "seed" | "scale" | "inputs">,
): Read | null {
  const { memory, at, circuit, seed } = parts;
  const scale = parts.scale.layer;
  const { kernels, bytes } = memory;
  const { size } = at;
  const { rails, temperature, converters, hold } = circuit;
  const swing = rails.high - rails.low;
  const range = inStates(converters?.readout, circuit);
  const sigma = (converters?.readout?.noise ?? 0) / swing;
  const lost = (circuit.readout?.droop ?? 0) / swing;
  if (!range && sigma === 0 && !hold && lost === 0) return null;

  const room = memory.reals(parts.inputs.capacity * size);
  const alike = scale.every((unit) => unit === 1);
  const convert =
    range?.bits !== undefined && alike
      ? quantiseStates(parts, { ...range, bits: range.bits })
      : null;
  const level = range && !convert ? quantiser(range) : null;
  const droop = hold ? (hold.leakage * hold.time) / hold.capacitance / swing : 0;
  const normal = (label: string, deviation: number) => {
    if (deviation === 0) return null;
    const amplitude = memory.privateReals(size);
    for (let l = 1; l < at.sizes.length; l++)
      amplitude.array.fill(deviation * scale[l], at.offset[l], at.offset[l] + at.sizes[l]);
    return { amplitude, key: random(seed, label).below(2 ** 32) };
  };
  const kept = hold
    ? normal("hold", Math.sqrt((boltzmann * temperature) / hold.capacitance) / swing)
    : null;
  const read = normal("readout", sigma);
  const add = (noise: typeof read, to: Slot<Vec>, { first, last, moment, number }: Reading) => {
    if (!noise) return;
    const row = first * size * bytes;
    kernels.gaussianRows(
      room.ptr + row,
      size,
      first,
      last - first,
      size,
      noise.amplitude.ptr,
      noise.key,
      moment,
      number,
    );
    kernels.addScaled(to.ptr + row, size, room.ptr + row, size, last - first, size, 1);
  };
  /** The units of these samples, without padding, which stays 0. */
  const each = (
    { array }: Slot<Vec>,
    { first, last }: Reading,
    of: (x: number, scale: number) => number,
  ) => {
    for (let r = first; r < last; r++)
      for (let l = 1; l < at.sizes.length; l++)
        for (let k = r * size + at.offset[l], end = k + at.sizes[l]; k < end; k++)
          array[k] = of(array[k], scale[l]);
  };
  return (to, state, reading) => {
    const row = reading.first * size * bytes;
    kernels.copyReals(to.ptr + row, state.ptr + row, (reading.last - reading.first) * size);
    if (reading.held) {
      add(kept, to, reading);
      if (droop > 0) each(to, reading, (x, unit) => x - droop * unit);
    }
    if (lost !== 0) each(to, reading, (x, unit) => x - lost * unit);
    add(read, to, reading);
    if (level) each(to, reading, (x, unit) => unit * level(x / unit));
    if (!convert) return;
    convert(to, to, reading.first, reading.last);
    const { array } = to;
    for (const i of at.padding)
      for (let r = reading.first; r < reading.last; r++) array[r * size + i] = 0;
  };
}
