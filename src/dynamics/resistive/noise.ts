import { shotVariance, thermalVariance, type Circuit } from "../../circuit/circuit.ts";
import { blockName } from "../../energy/graph.ts";
import type { Arena, Slot } from "../../numerics/kernels/arena.ts";
import { random } from "../../numerics/random.ts";
import { vec, type Vec } from "../../numerics/vec.ts";
import { view } from "../components.ts";
import type { UnitArrays } from "../die.ts";
import type { Layout } from "../layout.ts";
import type { Route } from "../synapses.ts";
import type { White } from "../white.ts";
import type { Crossbars } from "./crossbar.ts";
import type { Scale } from "./scale.ts";

/**
 * White noise of nodes between resistors, one-sided in A²/Hz:
 *
 *   S_i = 4 k T (G_L,i + Σ_j g_ij) · thermal     (Johnson, Nyquist 1928),     + 2 q |b_i| G₁ V_s · shot,
 *
 * of resistors above an amplifier a share of 1/A². A resistor between two nodes is one source: what it brings to one node it
 * takes from the other, S_ij = −4 k T g_ij · thermal, so that where nothing else acts voltages are independent and each has
 * the variance k T / C (equipartition), whatever the conductances.
 */
export function resistiveNoise(memory: Arena, at: Layout, circuit: Circuit, scale: Scale, { resistors, load }: Pick<Crossbars, "resistors" | "load">, bias: Slot<Vec>, units: UnitArrays, seed: number): White {
  const square = (circuit.rails.high - circuit.rails.low) ** 2, amplitude = vec("f64", at.size), own = vec("f64", at.size);
  const thermal = thermalVariance(circuit) / square, shot = shotVariance(circuit) / square;
  const spread = memory.privateReals(at.size), { bytes, kernels } = memory;
  const between = thermal > 0 ? resistors.filter((r) => r.source > 0).map((r) => sources(memory, at, r, Math.sqrt(2 * thermal) * scale.layer[r.sink], spread, seed)) : [];
  let seen: object | null = null;
  return {
    amplitude, own, any: thermal > 0 || shot > 0,
    ...between.length > 0 && {
      share(to, first, last, moment, tick, k) {
        for (let r = first; r < last; r++) {
          const sums = spread.array.fill(0), rate = units.rate.array;
          for (const { add } of between) add(r, moment, tick);
          for (let i = 0; i < at.size; i++) sums[i] *= rate[i];
          kernels.addScaled(to + r * at.size * bytes, at.size, spread.ptr, at.size, 1, at.size, k);
        }
      },
    },
    renew() {
      const now = load(), { inputs, below, above } = now;
      if (now === seen) return false;
      for (let l = 1; l < at.sizes.length; l++) {
        const here = scale.layer[l], up = scale.layer[l + 1] ?? 0;
        for (let i = at.offset[l]; i < at.offset[l] + at.sizes[l]; i++) {
          const alone = thermal * here ** 2 * (units.leak.array[i] + inputs[i]) + shot * here * Math.abs(bias.array[i]);
          const shared = thermal * (here ** 2 * (below[i] - inputs[i]) + up ** 2 * above[i]);
          own[i] = Math.sqrt(2 * alone) * units.rate.array[i];
          amplitude[i] = Math.sqrt(2 * (alone + shared)) * units.rate.array[i];
        }
      }
      for (const { renew } of between) renew();
      seen = now;
      return true;
    },
    // The load says so.
    adjusted() { seen = null; },
    programmed() { seen = null; },
  };
}

/** A source √g a for each resistor of a block between nodes. */
interface Sources {
  renew(): void;
  /** Adds what they draw for sample r to `spread` [size]. */
  add(r: number, moment: number, tick: number): void;
}

/** @param a of the state, per √τ, of a resistor of weight 1 at a node of rate 1: what amplifiers do to both its ends is alike. */
function sources(memory: Arena, at: Layout, { source, sink, matrix, rows, stride, weights }: Route, a: number, spread: Slot<Vec>, seed: number): Sources {
  const { kernels, bytes } = memory, panel = 128 / bytes, amplitude = memory.privateReals(rows * stride), drawn = memory.privateReals(rows * stride), minus = memory.privateReals(stride);
  const key = random(seed, "noise", "resistors", blockName(weights.block)).below(2 ** 32), upper = spread.ptr + at.offset[sink] * bytes, lower = spread.ptr + at.offset[source] * bytes;
  minus.array.fill(-1);
  return {
    renew() {
      const g = view(memory, matrix, rows * stride), to = amplitude.array;
      for (let c = 0, k = 0; c < stride; c += panel) {
        const width = Math.min(panel, stride - c);
        // Of a block within a layer both halves are one resistor.
        for (let i = 0; i < rows; i++) for (let j = c; j < c + width; j++, k++) to[k] = source === sink && j <= i ? 0 : a * Math.sqrt(g[k]);
      }
    },
    add(r, moment, tick) {
      kernels.gaussianRows(drawn.ptr, 0, r, 1, rows * stride, amplitude.ptr, key, moment, tick);
      for (let c = 0; c < stride; c += panel) {
        const width = Math.min(panel, stride - c);
        kernels.addRowSums(upper + c * bytes, drawn.ptr + rows * c * bytes, width, rows, width);
      }
      kernels.addDots(lower, 0, minus.ptr, 0, 1, drawn.ptr, stride, rows);
    },
  };
}
