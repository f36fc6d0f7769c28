import { shotVariance, thermalVariance, type ResistorCircuit } from "../../../circuit/circuit.ts";
import { vec } from "../../../numerics/vec.ts";
import type { Held, WhiteNoise } from "../../noise/source.ts";
import type { DieParts } from "../../parts.ts";
import type { ProgrammedResistors } from "./conducted.ts";
import { mixing } from "./mixing.ts";
import { square } from "../../../numerics/power.ts";

/**
 * White noise of nodes between resistors, one-sided in A²/Hz:
 *
 *   S_i = 4 k T (G_L,i + Σ_j g_ij + ties) · thermal     (Johnson, Nyquist 1928)
 *       + 2 q |b_i| G₁ V_s · shot                (bias currents; Schottky 1918),
 *
 * of resistors above an amplifier a share of 1/A². A resistor between two nodes is one source: what
 * it brings to one node it takes from the other, S_ij = −4 k T g_ij · thermal, so that where
 * nothing else acts voltages are independent and each has the variance k T / C (equipartition),
 * whatever the conductances. These are as programmed, not as they are read or switch.
 */
export function resistorNoise(
  die: DieParts<ResistorCircuit>,
  { resistors, load }: Pick<ProgrammedResistors, "resistors" | "load">,
): WhiteNoise {
  const { at, circuit, scale, units, parameters } = die;
  const swingSquare = square(circuit.rails.high - circuit.rails.low);
  const amplitude = vec("f64", at.size);
  const thermal = thermalVariance(circuit) / swingSquare;
  const shot = shotVariance(circuit) / swingSquare;
  const between = thermal > 0 ? resistors.filter((r) => r.source > 0) : [];
  const mixed = between.length > 0 ? mixing(die, between) : null;
  let seen: object | null = null;
  let holding: Held | null = null;
  return {
    amplitude,
    any: thermal > 0 || shot > 0,
    ...(mixed && { mix: mixed.mix }),
    renew(held) {
      const now = load();
      const { below, above } = now;
      if (now === seen && held === holding) return false;
      for (let l = 1; l < at.sizes.length; l++) {
        const own = scale.layer[l];
        const up = scale.layer[l + 1] ?? 0;
        for (let i = at.offset[l]; i < at.offset[l] + at.sizes[l]; i++) {
          const variance =
            thermal *
              (square(own) * Math.max(0, units.leak.array[i] + below[i] + held.by[i]) +
                square(up) * above[i]) +
            shot * own * Math.abs(parameters.bias.array[i]);
          amplitude[i] = Math.sqrt(2 * variance) * units.rate.array[i];
        }
      }
      // What amplifiers do to a resistor's current is the same at both its ends.
      mixed?.renew(
        amplitude,
        (sink, i, j) =>
          -2 * thermal * square(scale.layer[sink]) * units.rate.array[i] * units.rate.array[j],
      );
      seen = now;
      holding = held;
      return true;
    },
    // The load says so.
    adjusted() {
      seen = null;
    },
    programmed() {
      seen = null;
    },
  };
}
