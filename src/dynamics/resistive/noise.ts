import { shotVariance, thermalVariance, type Circuit } from "../../circuit/circuit.ts";
import type { Slot } from "../../numerics/kernels/arena.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import type { UnitArrays } from "../die.ts";
import type { Layout } from "../layout.ts";
import type { White } from "../white.ts";
import type { Load } from "./crossbar.ts";
import type { Scale } from "./scale.ts";

/**
 * White noise of nodes between resistors, one-sided in A²/Hz:
 *
 *   S_i = 4 k T (G_L,i + Σ_j g_ij) · thermal     (Johnson, Nyquist 1928),     + 2 q |b_i| G₁ V_s · shot,
 *
 * of resistors above an amplifier a share of 1/A². Both ends of a resistor between two nodes feel one current, with opposite
 * signs; here each node has a noise of its own, so that Σ is right and the covariance of neighbours, −g_ij, is left out.
 */
export function resistiveNoise(at: Layout, circuit: Circuit, scale: Scale, load: () => Load, bias: Slot<Vec>, units: UnitArrays): White {
  const square = (circuit.rails.high - circuit.rails.low) ** 2, amplitude = vec("f64", at.size);
  const thermal = thermalVariance(circuit) / square, shot = shotVariance(circuit) / square;
  let seen: Load | null = null;
  return {
    amplitude, any: thermal > 0 || shot > 0,
    renew() {
      const now = load(), { below, above } = now;
      if (now === seen) return false;
      for (let l = 1; l < at.sizes.length; l++) {
        const own = scale.layer[l], up = scale.layer[l + 1] ?? 0;
        for (let i = at.offset[l]; i < at.offset[l] + at.sizes[l]; i++) {
          const variance = thermal * (own ** 2 * (units.leak.array[i] + below[i]) + up ** 2 * above[i]) + shot * own * Math.abs(bias.array[i]);
          amplitude[i] = Math.sqrt(2 * variance) * units.rate.array[i];
        }
      }
      seen = now;
      return true;
    },
    // The load says so.
    adjusted() { seen = null; },
    programmed() { seen = null; },
  };
}
